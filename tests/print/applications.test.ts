import { expect, test } from 'vitest'
import { noNames, PacketPrinter } from '../../packages/core/src/index.ts'
import { ipv4, join, recordOf } from '../support/frames.ts'
import { hex, seeded } from '../support/packet-bytes.ts'
import { printOptions } from '../support/print.ts'

/** What tcpdump prints behind the addresses of one packet from port `source` to port `destination`. */
interface Row {
  readonly name: string
  readonly transport: 'udp' | 'tcp'
  readonly source: number
  readonly destination: number
  /** Hex of the payload. */
  readonly payload: string
  readonly options: string
  readonly text: string
}

const RAW_IP = 101

const rows: readonly Row[] = [
  {
    name: 'EDNS options',
    transport: 'udp',
    source: 1111,
    destination: 53,
    payload:
      '00050120000100000000000103777777076578616d706c6503636f6d000001000100002904d00000800000220008000700011800010203000a00083132333435363738000b00020064006300017a',
    options: '-vv',
    text: '[no cksum] 5+ [1au] A? www.example.com. ar: . OPT UDPsize=1232 DO [ECS 1.2.3.0/24/0,COOKIE 3132333435363738,KEEPALIVE 10.0 sec,Opt99 7a] (78)',
  },
  {
    name: 'an extended response code',
    transport: 'udp',
    source: 53,
    destination: 1111,
    payload: '00058003000100000000000103777777076578616d706c6503636f6d000001000100002904d0010000000000',
    options: '',
    text: '5 Resp19- 0/0/1 (44)',
  },
  {
    name: 'SOA and TXT',
    transport: 'udp',
    source: 53,
    destination: 1111,
    payload:
      '00018180000100020000000003777777076578616d706c6503636f6d0000060001c00c000600010000012c0026026e73076578616d706c6503636f6d00c00c0000000100000002000000030000000400000005c00c001000010000012c000a0568656c6c6f03612262',
    options: '-v',
    text: '1 2/0/0 www.example.com. SOA ns.example.com. www.example.com. 1 2 3 4 5, www.example.com. TXT "hello" "a"b" (105)',
  },
  {
    name: 'SRV, A6 and URI',
    transport: 'udp',
    source: 53,
    destination: 1111,
    payload:
      '00018180000100030000000003777777076578616d706c6503636f6d0000210001c00c002100010000012c0008000100020050c00cc00c002600010000012c000b400000000000000000c00cc00c010000010000012c000d00010002687474703a2f2f782f',
    options: '',
    text: '1 3/0/0 SRV www.example.com.:80 1 2, A6 64 :: www.example.com., URI 1 2 http://x/ (101)',
  },
  {
    name: 'a TSIG record',
    transport: 'udp',
    source: 53,
    destination: 1111,
    payload:
      '00018180000100010000000003777777076578616d706c6503636f6d0000060001c00c00fa00ff0000012c002208686d61632d6d64350373696700000060000001003c000461626364000100000000',
    options: '-v',
    text: '1 1/0/0 www.example.com. ANY TSIG hmac-md5.sig. fudge=60 maclen=4 origid=1 error=0 otherlen=0 (79)',
  },
  {
    name: 'a pointer that points at itself',
    transport: 'udp',
    source: 53,
    destination: 1111,
    payload: '000581800001000100000000c00c00010001c00c000100010000012c000401020304',
    options: '-vv',
    text: '[no cksum] 5 q: A? <BAD PTR> [|domain]',
  },
  {
    name: 'a bit label',
    transport: 'udp',
    source: 1111,
    destination: 53,
    payload: '000501000001000000000000410ca8ff0000010001',
    options: '',
    text: '5+ A? \\[xa8f/12]. (21)',
  },
  {
    name: 'a label of no known kind',
    transport: 'udp',
    source: 1111,
    destination: 53,
    payload: '00050100000100000000000003616263850000010001',
    options: '',
    text: '5+ [|domain]',
  },
  {
    name: 'control characters in a name',
    transport: 'udp',
    source: 1111,
    destination: 53,
    payload: '0005010000010000000000000561011b5b6d0000010001',
    options: '',
    text: '5+ A? a^A^[[m. (23)',
  },
  {
    name: 'an mDNS answer',
    transport: 'udp',
    source: 5353,
    destination: 5353,
    payload: '0000840000000001000000000161056c6f63616c00000180010000012c000401020304',
    options: '-vvv',
    text: '[no cksum] 0*- [0q] 1/0/0 a.local. (Cache flush) [5m] A 1.2.3.4 (35)',
  },
  {
    name: 'an mDNS question',
    transport: 'udp',
    source: 5353,
    destination: 5353,
    payload: '000000000002000000000000055f68747470045f746370056c6f63616c00000c80010162056c6f63616c00001c0001',
    options: '',
    text: '0 [2q] PTR (QU)? _http._tcp.local. AAAA (QM)? b.local. (47)',
  },
  {
    name: 'DNS over TCP',
    transport: 'tcp',
    source: 1111,
    destination: 53,
    payload: '002100050100000100000000000003777777076578616d706c6503636f6d0000010001',
    options: '',
    text: 'Flags [P.], seq 1000:1035, ack 2000, win 500, length 35 5+ A? www.example.com. (33)',
  },
  {
    name: 'half of a DNS message over TCP',
    transport: 'tcp',
    source: 1111,
    destination: 53,
    payload: '002a00050100000100000000000003777777076578616d706c6503636f6d0000010001',
    options: '',
    text: 'Flags [P.], seq 1000:1035, ack 2000, win 500, length 35 [prefix length(42) != length(33)] (invalid)',
  },
  {
    name: 'a request',
    transport: 'tcp',
    source: 40000,
    destination: 80,
    payload: '474554202f20485454502f312e310d0a486f73743a20610d0a0d0a',
    options: '',
    text: 'Flags [P.], seq 1000:1027, ack 2000, win 500, length 27: HTTP: GET / HTTP/1.1',
  },
  {
    name: 'a response with its headers',
    transport: 'tcp',
    source: 80,
    destination: 40000,
    payload: '485454502f312e3120323030204f4b0d0a413a20620d0a0d0a0102',
    options: '-v',
    text: 'Flags [P.], cksum 0x0000 (incorrect -> 0x7f30), seq 1000:1027, ack 2000, win 500, length 27: HTTP, length: 27\n\tHTTP/1.1 200 OK\n\tA: b\n\t',
  },
  {
    name: 'a body',
    transport: 'tcp',
    source: 80,
    destination: 40000,
    payload: '6e6f20726571756573740d0a',
    options: '',
    text: 'Flags [P.], seq 1000:1012, ack 2000, win 500, length 12: HTTP',
  },
  {
    name: 'an SSH banner',
    transport: 'tcp',
    source: 22,
    destination: 40000,
    payload: '5353482d322e302d780d0a',
    options: '',
    text: 'Flags [P.], seq 1000:1011, ack 2000, win 500, length 11: SSH: SSH-2.0-x',
  },
  {
    name: 'RESP values',
    transport: 'tcp',
    source: 6379,
    destination: 40000,
    payload: '2a330d0a24330d0a5345540d0a24310d0a610d0a242d310d0a2b4f4b0d0a3a31320d0a2a300d0a50494e470d0a',
    options: '',
    text: 'Flags [P.], seq 1000:1045, ack 2000, win 500, length 45: RESP "SET" "a" null "OK" "12" empty "PING"',
  },
  {
    name: 'a RESP length that is none',
    transport: 'tcp',
    source: 6379,
    destination: 40000,
    payload: '242d320d0a2439393939393939393939390d0a24780d0a',
    options: '',
    text: 'Flags [P.], seq 1000:1023, ack 2000, win 500, length 23: RESP length negative and not -1 length too large invalid [|resp]',
  },
  {
    name: 'Telnet negotiation',
    transport: 'tcp',
    source: 23,
    destination: 40000,
    payload: 'fffb01fffa18005654fff06c6f67696e',
    options: '',
    text: 'Flags [P.], seq 1000:1016, ack 2000, win 500, length 16 [telnet WILL ECHO, SB TERMINAL TYPE IS 0x56 0x54 SE]',
  },
  {
    name: 'a syslog message',
    transport: 'udp',
    source: 514,
    destination: 514,
    payload: '3c33343e4f637420313120686f737420781b5b6d',
    options: '-v',
    text: 'SYSLOG, length: 20\n\tFacility auth (4), Severity critical (2)\n\tMsg: Oct 11 host x^[[m',
  },
  {
    name: 'an NTP control message',
    transport: 'udp',
    source: 123,
    destination: 123,
    payload: '16c20001061800050000000461626364',
    options: '-v',
    text: 'NTPv2, Control Message, length 16\n\tLeap indicator:  (0), Response, Error, Last, OpCode=2\n\tSequence=1, Status=0x618, Assoc.=5, Offset=0, Count=4\n\tTO-BE-DONE: data not interpreted',
  },
  {
    name: 'TFTP with options',
    transport: 'udp',
    source: 1000,
    destination: 69,
    payload: '000166696c65006f6374657400626c6b73697a65003130323400',
    options: '',
    text: 'TFTP, length 26, RRQ "file" octet blksize 1024',
  },
  {
    name: 'a TFTP error',
    transport: 'udp',
    source: 1000,
    destination: 69,
    payload: '0005000146696c65206e6f7420666f756e6400',
    options: '',
    text: 'TFTP, length 19, ERROR ENOTFOUND "File not found"',
  },
  {
    name: 'an SNMP request',
    transport: 'udp',
    source: 1000,
    destination: 161,
    payload: '3028020101040770726976617465a01a020204d2020100020100300e300c06082b060102010101000500',
    options: '-v',
    text: ' { SNMPv2c C="private" { GetRequest(26) R=1234  .1.3.6.1.2.1.1.1.0 } } ',
  },
  {
    name: 'an SNMP response',
    transport: 'udp',
    source: 161,
    destination: 1000,
    payload:
      '306102010004067075626c6963a254020204d20201020201013048301006082b06010201010100040474657874301006082b06010201010100400401020304301406082b060102010101004608ffffffffffffffff300c06082b060102010101008000',
    options: '',
    text: ' GetResponse(84)  noSuchName@1 .1.3.6.1.2.1.1.1.0="text" .1.3.6.1.2.1.1.1.0=1.2.3.4 .1.3.6.1.2.1.1.1.0=18446744073709551615 .1.3.6.1.2.1.1.1.0=[noSuchObject]',
  },
  {
    name: 'an SNMP trap',
    transport: 'udp',
    source: 1000,
    destination: 162,
    payload:
      '303602010004067075626c6963a42906062b060104010940040102030402010602010343020100300f300d06082b060102010101000201fb',
    options: '',
    text: ' Trap(41)  .1.3.6.1.4.1.9 1.2.3.4 enterpriseSpecific s=3 256 .1.3.6.1.2.1.1.1.0=-5',
  },
  {
    name: 'SNMP version 3',
    transport: 'udp',
    source: 1000,
    destination: 161,
    payload:
      '3052020103300d020101020205dc040105020103041730150403800001020103020163040475736572040004003025040280000403637478a01a020204d2020100020100300e300c06082b060102010101000500',
    options: '-v',
    text: ' { SNMPv3 { F=ar } { USM B=3 T=99 U="user" } { ScopedPDU E=_80_00 C="ctx" { GetRequest(26) R=1234  .1.3.6.1.2.1.1.1.0 } } } ',
  },
  {
    name: 'VXLAN',
    transport: 'udp',
    source: 1000,
    destination: 4789,
    payload:
      '080000000000050000010203040500060708090a08004500001f00010000401166cb0a0000010a00000200010002000b0000616263',
    options: '',
    text: 'VXLAN, flags [I] (0x08), vni 5\nIP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 3',
  },
  {
    name: 'Geneve with options',
    transport: 'udp',
    source: 1000,
    destination: 6081,
    payload:
      '0280655800000a00010280016162636400010203040500060708090a08004500001f00010000401166cb0a0000010a00000200010002000b0000616263',
    options: '-vv',
    text: '[no cksum] Geneve, Flags [O], vni 0xa, options [class Open Virtual Networking (OVN) (0x102) type 0x80(C) len 8 data 61626364]\n\tIP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 31)\n    10.0.0.1.1 > 10.0.0.2.2: [no cksum] UDP, length 3',
  },
  {
    name: 'RTP',
    transport: 'udp',
    source: 5000,
    destination: 5000,
    payload: '909f00010000000200000003000000016162636465666768',
    options: '-v -T rtp',
    text: 'udp/rtp 12 c31 +* 1 2 3 0x6566',
  },
  {
    name: 'RTCP',
    transport: 'udp',
    source: 5000,
    destination: 5000,
    payload:
      '81c8000c000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f81ca000161626364',
    options: '-v -T rtcp',
    text: ' sr 66051 @67438087.03 202182159 269554195p 336926231b 404298267 1908255l 539042339s 606414375j @10281.16+11309.18 sdes 8 1633837924',
  },
  {
    name: 'RIP',
    transport: 'udp',
    source: 520,
    destination: 520,
    payload: '02020000000200070a010200fffff0000102030400000010ffff000273656372657400007878787878787878',
    options: '-v',
    text: '\n\tRIPv2, Response, length: 44, routes: 2 or less\n\t  AFI IPv4,        10.1.2.0/20, tag 0x0007, metric: 16, next-hop: 1.2.3.4\n\t  Simple Text Authentication data: secret',
  },
  {
    name: 'HSRP',
    transport: 'udp',
    source: 1985,
    destination: 1985,
    payload: '000110030a640100636973636f00000001020304',
    options: '-v',
    text: 'HSRPv0-coup 20: state=active group=1 addr=1.2.3.4 hellotime=3s holdtime=10s priority=100 auth="cisco"',
  },
  {
    name: 'DHCP options',
    transport: 'udp',
    source: 68,
    destination: 67,
    payload:
      '0101060000001234000580000102030400000000000000000000000001020304050600000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000638253633501013d07010102030405063704010306fa5209010361626309020102790d180a00010102030400050607085109050000686f73742e78c8020102ff',
    options: '-v',
    text: 'BOOTP/DHCP, Request from 01:02:03:04:05:06, length 300, xid 0x1234, secs 5, Flags [Broadcast]\n\t  Client-IP 1.2.3.4\n\t  Client-Ethernet-Address 01:02:03:04:05:06\n\t  Vendor-rfc1048 Extensions\n\t    Magic Cookie 0x63825363\n\t    DHCP-Message (53), length 1: Discover\n\t    Client-ID (61), length 7: ether 01:02:03:04:05:06\n\t    Parameter-Request (55), length 4: \n\t      Subnet-Mask (1), Default-Gateway (3), Domain-Name-Server (6), Unknown (250)\n\t    Agent-Information (82), length 9: \n\t      Circuit-ID SubOption 1, length 3: abc\n\t      Unknown SubOption 9, length 2: \n\t\t0x0000:  0102\n\t    Classless-Static-Route (121), length 13: (10.0.1.0/24:1.2.3.4),(default:5.6.7.8)\n\t    FQDN (81), length 9: [SE] "host.x"\n\t    Unknown (200), length 2: 258',
  },
  {
    name: 'DHCPv6 options',
    transport: 'udp',
    source: 546,
    destination: 547,
    payload:
      '010102030001000a000300016162636465660003002c0000000100000002000000030005001820010db80000000000000000000000010000000000000000000d0063001800070161016200c000000800020007',
    options: '-v',
    text: 'dhcp6 solicit (xid=10203 (client-ID hwaddr type 1 616263646566) (IA_NA IAID:1 T1:2 T2:3 (IA_ADDR 2001:db8::1 pltime:0 vltime:0) [|dhcp6]) (DNS-search-list a.b. ) (elapsed-time 7))',
  },
  {
    name: 'a DHCPv6 relay',
    transport: 'udp',
    source: 547,
    destination: 547,
    payload:
      '0c0120010db800000000000000000000000120010db80000000000000000000000010009000a010102030008000200070012000465746830',
    options: '-v',
    text: 'dhcp6 relay-fwd (linkaddr=2001:db8::1 peeraddr=2001:db8::1 (relay-message (dhcp6 solicit (xid=10203 (elapsed-time 7))) (interface-ID 65746830...))',
  },
]

function u16(value: number): number[] {
  return [value >> 8, value & 0xff]
}

function packetOf(row: Row): Uint8Array {
  const payload = hex(row.payload)
  const ports = [...u16(row.source), ...u16(row.destination)]
  const header =
    row.transport === 'udp'
      ? [...ports, ...u16(8 + payload.length), 0, 0]
      : [...ports, 0, 0, 3, 0xe8, 0, 0, 7, 0xd0, 0x50, 0x18, 1, 0xf4, 0, 0, 0, 0]
  return ipv4(join(Uint8Array.from(header), payload), { protocol: row.transport === 'udp' ? 17 : 6 })
}

type Print = (packet: Uint8Array, captured?: number) => string

/** Prints packets one by one with these options. */
function printerOf(options: string): Print {
  const parts: Uint8Array[] = []
  const printer = new PacketPrinter(printOptions(`-n -t ${options}`).options, noNames, (bytes, at, end) => {
    parts.push(bytes.slice(at, end))
  })
  return (packet, captured = packet.length) => {
    printer.print(recordOf(packet, RAW_IP, captured))
    printer.flush()
    return Buffer.concat(parts.splice(0)).toString('latin1')
  }
}

test.each(rows)('$name', (row) => {
  const printed = printerOf(row.options)(packetOf(row))
  const addresses = `10.0.0.1.${row.source} > 10.0.0.2.${row.destination}: `
  expect(printed.slice(printed.indexOf(addresses) + addresses.length)).toBe(`${row.text}\n`)
})

test('a packet that ends anywhere is printed up to there', () => {
  for (const row of rows) {
    const packet = packetOf(row)
    const print = printerOf(`${row.options} -vvv`)
    for (let captured = 1; captured < packet.length; captured++) expect(print(packet, captured)).toMatch(/^[\n\t -~]+$/)
  }
})

test('no byte that is wrong leads out of the text', () => {
  const random = seeded(1)
  for (const row of rows) {
    const packet = packetOf(row)
    const print = printerOf(`${row.options} -vvv`)
    const first = packet.length - row.payload.length / 2
    for (let i = 0; i < 300; i++) {
      const broken = packet.slice()
      for (let n = random(4); n >= 0; n--) broken[first + random(broken.length - first)] = random(256)
      expect(print(broken)).toMatch(/^[\n\t -~]+$/)
    }
  }
})

test('what nests without end ends', () => {
  const arrays = Buffer.from('*1\r\n'.repeat(16_000)).toString('hex')
  const relays = '0c01'.padEnd(68, '0').concat('0009fff0').repeat(1_500)
  const options = '002dfff0'.repeat(15_000)
  const deep: Row = { ...rows[0], transport: 'tcp', source: 6379, destination: 40000, payload: arrays }
  expect(printerOf('')(packetOf(deep))).toContain('[|resp]')
  for (const payload of [relays, `01000000${options}`]) {
    const row: Row = { ...rows[0], source: 547, destination: 547, payload: payload.slice(0, 2 * 65_000) }
    expect(printerOf('-v')(packetOf(row))).toContain('[|dhcp6]')
  }
})
