import { describe, expect, it } from 'vitest'
import { describePacket, readText } from '../../../../../tests/support/read-text.ts'

/** One line per packet, for comparing forms. */
function lines(text: string | Uint8Array): string[] {
  return readText(text).packets.map(describePacket)
}

const MODERN = `\
10:13:01.617505 IP 10.1.9.11.58384 > 192.168.64.71.80: Flags [S], seq 3718379515, win 65535, options [mss 1460,nop,nop,sackOK], length 0
10:13:01.617631 IP 192.168.64.71.80 > 10.1.9.11.58384: Flags [S.], seq 261066897, ack 3718379516, win 5840, options [mss 1460,nop,nop,sackOK], length 0
10:13:01.617766 IP 10.1.9.11.58384 > 192.168.64.71.80: Flags [.], ack 1, win 65535, length 0
10:13:01.618011 IP 10.1.9.11.58384 > 192.168.64.71.80: Flags [P.], seq 1:612, ack 1, win 65535, length 611: HTTP: GET / HTTP/1.1
10:13:01.618023 IP 192.168.64.71.80 > 10.1.9.11.58384: Flags [.], ack 612, win 6721, length 0
10:13:01.618486 IP 192.168.64.71.80 > 10.1.9.11.58384: Flags [P.], seq 1:329, ack 612, win 6721, length 328: HTTP: HTTP/1.1 200 OK
10:13:11.574352 IP 10.1.9.11.58384 > 192.168.64.71.80: Flags [F.], seq 612, ack 329, win 64233, length 0
`

const C = '10.1.9.11.58384 > 192.168.64.71.80'
const S = '192.168.64.71.80 > 10.1.9.11.58384'
const EXPECTED = [
  `${C}: S seq 3718379515 ack 0 win 65535 len 0 opt 020405b401010402`,
  `${S}: S. seq 261066897 ack 3718379516 win 5840 len 0 opt 020405b401010402`,
  `${C}: . seq 3718379516 ack 261066898 win 65535 len 0`,
  `${C}: P. seq 3718379516 ack 261066898 win 65535 len 611`,
  `${S}: . seq 261066898 ack 3718380127 win 6721 len 0`,
  `${S}: P. seq 261066898 ack 3718380127 win 6721 len 328`,
  `${C}: F. seq 3718380127 ack 261067226 win 64233 len 0`,
]

const CLASSIC = `\
10:13:01.617505 IP 10.1.9.11.58384 > 192.168.64.71.80: S 3718379515:3718379515(0) win 65535 <mss 1460,nop,nop,sackOK>
10:13:01.617631 IP 192.168.64.71.80 > 10.1.9.11.58384: S 261066897:261066897(0) ack 3718379516 win 5840 <mss 1460,nop,nop,sackOK> (DF)
10:13:01.617766 IP 10.1.9.11.58384 > 192.168.64.71.80: . ack 1 win 65535 (DF) [tos 0x10] (ttl 125, id 6658, len 40)
10:13:01.618011 IP 10.1.9.11.58384 > 192.168.64.71.80: P 1:612(611) ack 1 win 65535
10:13:01.618023 IP 192.168.64.71.80 > 10.1.9.11.58384: . ack 612 win 6721
10:13:01.618486 IP 192.168.64.71.80 > 10.1.9.11.58384: P [tcp sum ok] 1:329(328) ack 612 win 6721
10:13:11.574352 IP 10.1.9.11.58384 > 192.168.64.71.80: F 612:612(0) ack 329 win 64233
`

describe('the forms of a packet line', () => {
  it('reads the modern form', () => {
    expect(lines(MODERN)).toEqual(EXPECTED)
  })

  it('reads the classic form, with and without the protocol word', () => {
    expect(lines(CLASSIC)).toEqual(EXPECTED)
    expect(lines(CLASSIC.replaceAll(' IP ', ' '))).toEqual(EXPECTED)
  })

  it('reads flags written out and remarks glued to the fields, in any language', () => {
    const spelled = CLASSIC.replace(/: S /g, ': Syn ')
      .replace(/: P /g, ': Push ')
      .replace(/: F /g, ': Fin ')
      .replace('win 5840 <mss 1460,nop,nop,sackOK> (DF)', 'win 5840 <mss 1460,nop,nop,sackOK>服务端响应连接请求')
      .replace('ack 612 win 6721\n', 'ack 612 win 6721服务端确认\n')
      .replace('ack 1 win 65535\n', 'ack 1 win 65535 here comes the request (GET)\n')
    expect(lines(spelled)).toEqual(EXPECTED)
    const words = lines('10:00:00.000001 IP 10.0.0.1.5 > 10.0.0.2.6: Fin Push Ack 5:8(3) ack 9 win 7')
    expect(words).toEqual(['10.0.0.1.5 > 10.0.0.2.6: FP. seq 5 ack 9 win 7 len 3'])
  })

  it('reads 3.9 with -v: the IP header first, checksum before the numbers', () => {
    const [packet] = readText(
      '15:44:09.947213 IP (tos 0x10, ttl 63, id 42696, offset 0, flags [DF], proto: TCP (6), length: 60) 192.168.1.11.57469 > 209.87.249.18.8053: S, cksum 0x1734 (incorrect (-> 0x667c), 3802885148:3802885148(0) win 64240 <mss 1460,sackOK,timestamp 2931281549 0,nop,wscale 7>',
    ).packets
    expect(describePacket(packet)).toBe(
      '192.168.1.11.57469 > 209.87.249.18.8053: S seq 3802885148 ack 0 win 64240 len 0 opt 020405b40402080aaeb7ce8d0000000001030307',
    )
    expect(packet.ip).toMatchObject({ tos: 0x10, ttl: 63, id: 42696, fragment: 0x4000, totalBytes: 60 })
  })

  it('reads 4.x with -v on two lines, and the last segment without -S', () => {
    const { packets, comments } = readText(`\
02:13:01.617505 IP (tos 0x0, ttl 125, id 6657, offset 0, flags [DF], proto TCP (6), length 48)
    10.1.9.11.58384 > 192.168.64.71.80: Flags [S], cksum 0xb525 (correct), seq 3718379515, win 65535, options [mss 1460,nop,nop,sackOK], length 0
02:13:01.617631 IP (tos 0x0, ttl 64, id 23568, offset 0, flags [none], proto TCP (6), length 48)
    192.168.64.71.80 > 10.1.9.11.58384: Flags [S.], cksum 0xfe23 (incorrect -> 0x1234), seq 261066897, ack 3718379516, win 5840, options [mss 1460,nop,nop,sackOK], length 0
02:13:01.617766 IP (tos 0x2,ECT(0), ttl 125, id 6658, offset 0, flags [DF], proto TCP (6), length 40, bad cksum 0 (->cfcb)!)
    10.1.9.11.58384 > 192.168.64.71.80: Flags [.], cksum 0x41b8 (correct), seq 1, ack 1, win 65535, length 0
`)
    expect(packets.map(describePacket)).toEqual(EXPECTED.slice(0, 3))
    expect(packets.map((p) => [p.ip?.tos, p.ip?.ttl, p.ip?.id, p.ip?.fragment])).toEqual([
      [0, 125, 6657, 0x4000],
      [0, 64, 23568, 0],
      [2, 125, 6658, 0x4000],
    ])
    expect(comments).toEqual([])
  })

  it('reads every flag and option', () => {
    const text = (flags: string, options: string) =>
      `10:00:00.000001 IP 10.0.0.1.5 > 10.0.0.2.6: Flags [${flags}], seq 7:10, ack 9, win 7, urg 3, options [${options}], length 3`
    const [all] = readText(text('FSRP.UEW', 'nop,nop,TS val 4294967295 ecr 2')).packets
    expect(all.tcp).toMatchObject({ flags: 'FSRP.UEW', urgent: 3, options: '0101080affffffff00000002' })
    const options = (printed: string) => readText(text('P.', printed)).packets[0].tcp
    expect(options('nop,nop,sack 2 {1:5}{7:9}')?.options).toMatch(/^01010512/)
    expect(options('wscale 7,eol')?.options).toBe('03030700')
    expect(options('tfo  cookie 0123456789abcdef,nop,nop')?.options).toBe('220a0123456789abcdef0101')
    expect(options('tfo  cookiereq,nop,nop')?.options).toBe('22020101')
    expect(options('unknown-76 0x0102,nop')?.options).toBe('4c04010201000000')
    expect(options('mptcp 4 capable v1 {0x1},mss 1460')?.options).toBe('020405b4')
    expect(options('nop,nop,[|tcp]')).toMatchObject({ options: '01010000', payloadBytes: 3 })
    expect(readText(text('none', 'nop')).packets[0].tcp?.flags).toBe('.')
    const classic = '10:00:00.000001 10.0.0.1.5 > 10.0.0.2.6: SWE 7:7(0) win 1 <nop,nop,sack sack 1 {1:5} >'
    expect(readText(classic).packets[0].tcp).toMatchObject({ flags: 'SEW', options: '0101050a0000000100000005' })
  })

  it('pads a header whose options are not told by what -v proves', () => {
    const [packet] = readText(`\
10:00:00.000001 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 64)
    10.0.0.1.5 > 10.0.0.2.6: Flags [S], seq 7, win 9, options [mss 1460,mptcp 12 capable v0 {0x1}], length 0`).packets
    expect(packet.tcp).toMatchObject({ payloadBytes: 0, options: `020405b4${'00'.repeat(20)}` })
    expect(packet.wireBytes).toBe(64)
  })

  it('takes the wire length from the line, and captures the headers and the first line that it shows', () => {
    const packet = readText(MODERN).packets[3]
    expect(packet).toMatchObject({ link: 101, wireBytes: 651 })
    expect(packet.hex.length / 2).toBe(40 + 'GET / HTTP/1.1'.length)
  })

  it('reads the link header of -e: addresses, tags, lengths', () => {
    const { packets, interfaces } = readText(`\
10:00:00.000001 02:00:00:0a:01:09 > 02:00:00:c0:a8:40, ethertype 802.1Q (0x8100), length 66: vlan 10, p 3, ethertype IPv4 (0x0800), 10.0.0.1.5 > 10.0.0.2.6: Flags [S], seq 7, win 9, length 0
10:00:00.000002 02:00:00:0a:01:09 (oui Unknown) > Broadcast, ethertype IPv4 (0x0800), length 60: (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40)
    10.0.0.1.5 > 10.0.0.2.6: Flags [R], seq 7, win 0, length 0
10:00:00.000003 0:1:2:3:4:5 6:7:8:9:a:b ip 62: 10.0.0.1.5 > 10.0.0.2.6: R 7:7(0) win 0 (DF)
10:00:00.000004 0:1:2:3:4:5 6:7:8:9:a:b 0800 62: 10.0.0.1.5 > 10.0.0.2.6: R 7:7(0) win 0 (DF)`)
    expect(packets.map((p) => p.wireBytes)).toEqual([66, 60, 62, 62])
    expect(packets.map((p) => p.hex.slice(0, 36))).toEqual([
      '020000c0a8400200000a01098100600a0800',
      'ffffffffffff0200000a0109080045000028',
      '060708090a0b000102030405080045000028',
      '060708090a0b000102030405080045000028',
    ])
    expect(interfaces).toMatchObject([{ link: 1 }])
  })

  it('reads cooked and loopback headers of -e, and the interface of -i any', () => {
    const { packets, interfaces } = readText(`\
10:00:00.000001 eth0  In  IP 10.0.0.1.5 > 10.0.0.2.6: Flags [S], seq 7, win 9, length 0
10:00:00.000002 lo    Out IP6 ::1.5 > ::1.6: Flags [S], seq 7, win 9, length 0
10:00:00.000003 eth0  In  ifindex 2 02:00:00:0a:01:09 ethertype IPv4 (0x0800), length 60: 10.0.0.1.5 > 10.0.0.2.6: Flags [R], seq 8, win 0, length 0
10:00:00.000004  In 02:00:00:0a:01:09 ethertype IPv4 (0x0800), length 60: 10.0.0.1.5 > 10.0.0.2.6: Flags [R], seq 8, win 0, length 0
10:00:00.000005 AF IPv4 (2), length 44: 10.0.0.1.5 > 10.0.0.2.6: Flags [R], seq 8, win 0, length 0
10:00:00.000006 eth0 < 10.0.0.1.5 > 10.0.0.2.6: R 8:8(0) win 0`)
    expect(packets.map((p) => [p.tcp?.flags, p.interfaceIndex])).toEqual([
      ['S', 0],
      ['S', 1],
      ['R', 0],
      ['R', 2],
      ['R', 2],
      ['R', 0],
    ])
    expect(interfaces.map((i) => i.name)).toEqual(['eth0', 'lo', null])
  })

  it('reads IPv6, zones and mapped addresses included', () => {
    expect(
      lines(`\
10:00:00.000001 IP6 2001:db8::1.443 > fe80::1%eth0.50000: Flags [S.], seq 7, ack 9, win 9, length 0
10:00:00.000002 IP6 (class 0x20, flowlabel 0xabcde, hlim 63, next-header TCP (6) payload length: 20) ::ffff:10.0.0.1.80 > 2001:db8::2.81: Flags [R], seq 8, win 0, length 0
10:00:00.000003 2001:db8::1.443 > 2001:db8::2.50000: . ack 8 win 7
10:00:00.000004 IP6 2001:db8::1 > ff02::1: ICMP6, neighbor solicitation, who has 2001:db8::2, length 32`),
    ).toEqual([
      '2001:db8:0:0:0:0:0:1.443 > fe80:0:0:0:0:0:0:1.50000: S. seq 7 ack 9 win 9 len 0',
      '0:0:0:0:0:ffff:a00:1.80 > 2001:db8:0:0:0:0:0:2.81: R seq 8 ack 0 win 0 len 0',
      '2001:db8:0:0:0:0:0:1.443 > 2001:db8:0:0:0:0:0:2.50000: . seq 0 ack 8 win 7 len 0',
      '2001:db8:0:0:0:0:0:1.0 > ff02:0:0:0:0:0:0:1.0: proto 58 total 72',
    ])
  })

  it('reads UDP, ICMP and ARP; leaves out what it does not understand and says how much', () => {
    const { packets, comments } = readText(`\
10:00:00.000001 IP 10.0.0.1.5353 > 224.0.0.251.5353: UDP, length 120
10:00:00.000002 IP 10.0.0.1.40000 > 8.8.8.8.53: 12345+ [1au] A? www.example.com. (44)
10:00:00.000003 10.0.0.1.5000 > 10.0.0.2.6000: udp 33 (DF)
10:00:00.000004 IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 258, seq 3, length 64
10:00:00.000005 IP 10.0.0.2 > 10.0.0.1: ICMP 10.0.0.2 udp port 9 unreachable, length 36
10:00:00.000006 ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28
10:00:00.000007 arp reply 10.0.0.2 is-at 2:0:0:c0:a8:40
10:00:00.000008 IP 10.0.0.1.5 > 10.0.0.2.6: tcp 611
10:00:00.000009 IP 10.0.0.1 > 224.0.0.1: igmp query v2
10:00:00.000010 IP (tos 0x0, ttl 1, id 9, offset 0, flags [none], proto IGMP (2), length 32)
    10.0.0.1 > 224.0.0.1: igmp query v2`)
    expect(packets.map((p) => (p.ip === null ? p.hex : describePacket(p)))).toEqual([
      '10.0.0.1.5353 > 224.0.0.251.5353: proto 17 total 148',
      '10.0.0.1.40000 > 8.8.8.8.53: proto 17 total 72',
      '10.0.0.1.5000 > 10.0.0.2.6000: proto 17 total 61',
      '10.0.0.1.0 > 10.0.0.2.0: proto 1 total 84',
      '10.0.0.2.0 > 10.0.0.1.0: proto 1 total 56',
      `0000000100000000000000000000080600010800060400010000000000000a000001${'00'.repeat(6)}0a000002`,
      `0000000100000000000000000000080600010800060400020200 00c0a8400a000002${'00'.repeat(10)}`.replace(' ', ''),
      '10.0.0.1.0 > 224.0.0.1.0: proto 2 total 32',
    ])
    expect(packets[3].hex.slice(40)).toBe('0800000001020003')
    expect(packets[4].hex.slice(40)).toBe('0303000000000000')
    expect(comments).toEqual(['text: 2 lines looked like packets but could not be read'])
  })

  it('reads fragments by what -v tells', () => {
    const { packets } = readText(`\
10:00:00.000001 IP (tos 0x0, ttl 64, id 9, offset 0, flags [+], proto UDP (17), length 1500)
    10.0.0.1.5 > 10.0.0.2.6: UDP, length 2000
10:00:00.000002 IP (tos 0x0, ttl 64, id 9, offset 1480, flags [none], proto UDP (17), length 548)
    10.0.0.1 > 10.0.0.2: udp`)
    expect(packets.map((p) => [p.ip?.fragment, p.ip?.totalBytes, p.wireBytes])).toEqual([
      [0x2000, 1500, 1500],
      [185, 548, 548],
    ])
  })

  it('gives names stand-in addresses, always the same, and announces them', () => {
    const { packets, names, comments } = readText(`\
10:00:00.000001 IP client.example.54321 > www.example.com.http: Flags [S], seq 7, win 9, length 0
10:00:00.000002 IP www.example.com.http > client.example.54321: Flags [S.], seq 70, ack 8, win 9, length 0
10:00:00.000003 IP 192.0.2.1.5 > 192.0.2.9.https: Flags [S], seq 7, win 9, length 0
10:00:00.000004 IP6 six.example.ssh > 2001:db8::2.5: Flags [S], seq 7, win 9, length 0
10:00:00.000005 IP client.example > www.example.com: ICMP echo reply, id 1, seq 1, length 64
10:00:00.000006 IP client.example.5 > 10.0.0.1.strange: Flags [S], seq 7, win 9, length 0`)
    expect(packets.map((p) => describePacket(p).split(':').slice(0, -1).join(':'))).toEqual([
      '192.0.2.1.54321 > 192.0.2.2.80',
      '192.0.2.2.80 > 192.0.2.1.54321',
      // Printed as a number, but given to a name already: it gets another one.
      '192.0.2.3.5 > 192.0.2.9.443',
      '2001:db8:0:0:0:0:0:1.22 > 2001:db8:0:0:0:0:0:2.5',
      '192.0.2.1.0 > 192.0.2.2.0',
      '192.0.2.1.5 > 10.0.0.1.65535',
    ])
    expect(names).toEqual([
      ['192.0.2.1', 'client.example'],
      ['192.0.2.2', 'www.example.com'],
      ['192.0.2.3', '192.0.2.1'],
      ['2001:db8::1', 'six.example'],
    ])
    expect(comments).toEqual(['text: the port of service "strange" is not known; 65535 stands for it'])
  })
})

describe('what happens to text before it is pasted', () => {
  const inForm = (change: (line: string, index: number) => string) =>
    lines(MODERN.trimEnd().split('\n').map(change).join('\n'))

  it('bullets, quotes, numbers, fences, indents', () => {
    expect(inForm((line) => `> ${line}`)).toEqual(EXPECTED)
    expect(inForm((line) => `│ ${line} │`)).toEqual(EXPECTED)
    expect(inForm((line) => `- ${line}`)).toEqual(EXPECTED)
    expect(inForm((line, i) => `${i + 1}. ${line}`)).toEqual(EXPECTED)
    expect(inForm((line, i) => `${String(i + 1).padStart(5)}  ${line}`)).toEqual(EXPECTED)
    expect(inForm((line) => `\t    ${line}`)).toEqual(EXPECTED)
    expect(lines(`Look:\n\`\`\`\n${MODERN}\`\`\`\nThe end.`)).toEqual(EXPECTED)
  })

  it('hard spaces, HTML entities, colours, comma decimals, blank lines between', () => {
    expect(inForm((line) => line.replaceAll(' ', '\u00a0'))).toEqual(EXPECTED)
    expect(inForm((line) => line.replace('>', '&gt;'))).toEqual(EXPECTED)
    expect(inForm((line) => `\u001b[32m${line}\u001b[0m`)).toEqual(EXPECTED)
    expect(inForm((line) => line.replace(/(:\d\d)\./, '$1,'))).toEqual(EXPECTED)
    expect(inForm((line) => `${line}\n`)).toEqual(EXPECTED)
  })

  it('line ends and encodings', () => {
    const text = `说明：下面是抓包\n${MODERN.replace('GET /', '请求 GET /')}完了\n`
    const expected = EXPECTED
    expect(lines(text.replaceAll('\n', '\r\n'))).toEqual(expected)
    expect(lines(text.replaceAll('\n', '\r'))).toEqual(expected)
    expect(lines(Buffer.from(`\ufeff${text}`))).toEqual(expected)
    const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le')
    expect(lines(utf16)).toEqual(expected)
    expect(lines(Buffer.from(utf16).swap16())).toEqual(expected)
    expect(lines(utf16.subarray(2))).toEqual(expected)
    // GBK: 说明 is CBB5 C3F7.
    const gbk = Buffer.concat([Buffer.from([0xcb, 0xb5, 0xc3, 0xf7, 0x0a]), Buffer.from(MODERN)])
    expect(lines(gbk)).toEqual(expected)
  })

  it('reads a name in GBK where it is handed on', () => {
    const head = Buffer.from('Connecting to 10.0.0.1\nGET http://a.example/\nX-Note: ')
    const { log } = readText(Buffer.concat([head, Buffer.from([0xcb, 0xb5, 0xc3, 0xf7]), Buffer.from('\n')]))
    expect(log.at(-1)).toMatchObject({ kind: 'request-header', name: 'X-Note', value: '说明' })
  })

  const wrapWords = (line: string, width: number): string => {
    const out: string[] = []
    let row = ''
    for (const word of line.split(' ')) {
      if (row !== '' && row.length + 1 + word.length > width) {
        out.push(row)
        row = word
      } else row = row === '' ? word : `${row} ${word}`
    }
    return [...out, row].join('\n')
  }
  const wrapHard = (line: string, width: number): string => line.match(new RegExp(`.{1,${width}}`, 'g'))!.join('\n')

  it.each([72, 76, 80, 90, 100])('wrapped between words at %i columns', (width) => {
    expect(inForm((line) => wrapWords(line, width))).toEqual(EXPECTED)
    expect(inForm((line) => `> ${wrapWords(line, width).replaceAll('\n', '\n> ')}`)).toEqual(EXPECTED)
    expect(
      lines(
        CLASSIC.trimEnd()
          .split('\n')
          .map((line) => wrapWords(line, width))
          .join('\n'),
      ),
    ).toEqual(EXPECTED)
  })

  it.each([72, 76, 80, 90, 100])('broken hard at %i columns', (width) => {
    expect(inForm((line) => wrapHard(line, width))).toEqual(EXPECTED)
  })

  it('does not take prose after a line for its continuation', () => {
    const [packet] = readText(
      '10:00:00.000001 IP 10.0.0.1.5 > 10.0.0.2.6: S 7:7(0) win 67\n1. The first line (a SYN) opens.\n',
    ).packets
    expect(packet.tcp?.window).toBe(67)
  })
})
