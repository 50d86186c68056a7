import { describe, expect, it } from 'vitest'
import { describePacket, readText } from '../../../../../tests/support/read-text.ts'

const line = (clock: string, port = 5) => `${clock} IP 10.0.0.1.${port} > 10.0.0.2.6: Flags [S], seq 7, win 9, length 0`
const times = (text: string) => readText(text).packets.map((p) => p.seconds + p.nanos / 1e9)

describe('time stamps', () => {
  it('without a date: seconds since midnight, the stamp as printed, on past midnight', () => {
    const { packets, captures } = readText(
      [line('23:59:59.999999'), line('00:00:00.000001'), line('10:00:00.123456789')].join('\n'),
    )
    expect(captures).toEqual([{ format: 'tcpdump-text', dated: false }])
    expect(packets.map((p) => [p.seconds, p.nanos, p.clock])).toEqual([
      [86_399, 999_999_000, '23:59:59.999999'],
      [86_400, 1000, '00:00:00.000001'],
      [122_400, 123_456_789, '10:00:00.123456789'],
    ])
  })

  it('with a date of an unknown zone: durations are right, the time is not known', () => {
    const { packets, captures } = readText(line('2008-08-10 10:13:01.617505'))
    expect(captures[0].dated).toBe(false)
    expect(packets[0]).toMatchObject({ seconds: 1218363181, nanos: 617_505_000, clock: '2008-08-10 10:13:01.617505' })
    expect(times(line('08/10/2008 10:13:01.617505'))).toEqual([1218363181.617505])
    expect(times(line('1970-01-01 00:00:01.500000'))).toEqual([1.5])
  })

  it('Unix times and zones are dates', () => {
    const { packets, captures } = readText(line('1218334381.617505'))
    expect(captures[0].dated).toBe(true)
    expect(packets[0]).toMatchObject({ seconds: 1218334381, nanos: 617_505_000 })
    expect(times(line('2008-08-10T10:13:01.617505+08:00'))).toEqual([1218334381.617505])
  })

  it('none at all', () => {
    const { packets } = readText(`IP 10.0.0.1.5 > 10.0.0.2.6: Flags [S], seq 7, win 9, length 0
10.0.0.2.6 > 10.0.0.1.5: R 0:0(0) ack 8 win 0`)
    expect(packets.map((p) => [p.clock, p.seconds, p.nanos, describePacket(p)])).toEqual([
      [null, 0, 0, '10.0.0.1.5 > 10.0.0.2.6: S seq 7 ack 0 win 9 len 0'],
      [null, 0, 0, '10.0.0.2.6 > 10.0.0.1.5: R. seq 0 ack 8 win 0 len 0'],
    ])
  })

  it('differences to the previous packet, told apart from those to the first', () => {
    const deltas = ['00:00:00.000000', '00:00:00.000126', '00:00:00.000135', '00:00:00.000012', '00:00:09.954000']
    expect(times(deltas.map((clock) => ` ${line(clock)}`).join('\n'))).toEqual([
      0, 0.000126, 0.000261, 0.000273, 9.954273,
    ])
    const sums = ['00:00:00.000000', '00:00:00.000126', '00:00:00.000135', '00:00:00.000212', '00:00:09.954000']
    expect(times(sums.map((clock) => line(clock)).join('\n'))).toEqual([0, 0.000126, 0.000135, 0.000212, 9.954])
    expect(times(`# tcpdump -ttt\n${sums.map((clock) => line(clock)).join('\n')}`).at(-1)).toBeCloseTo(9.954473, 9)
    expect(times([line('000000'), line('000126'), line('9. 954714')].join('\n'))).toEqual([0, 0.000126, 9.95484])
    expect(times(`# tcpdump -ttt\n${[line('00:00:01.000000'), line('-00:00:00.000003')].join('\n')}`)).toEqual([
      1, 0.999997,
    ])
  })
})

describe('what stands around the packets', () => {
  it('the banner, the filter of the command line, the closing counts', () => {
    const { interfaces, dropped, packets } = readText(`\
some prose
user@host:~$ sudo tcpdump -i eth2 -nn -s 96 'host 10.0.0.1 and (port 80 or port 443)' -c 5 # the server
tcpdump: verbose output suppressed, use -v or -vv for full protocol decode
listening on eth2, link-type EN10MB (Ethernet), capture size 96 bytes
${line('10:00:00.000001')}
1 packet captured
9 packets received by filter
4 packets dropped by kernel
# tcpdump -i any
tcpdump: listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144 bytes
${line('10:00:01.000001')}`)
    expect(interfaces).toEqual([
      {
        index: 0,
        name: 'eth2',
        link: 1,
        snaplen: 96,
        ticksPerSecond: 1e6,
        filter: 'host 10.0.0.1 and (port 80 or port 443)',
      },
      { index: 1, name: 'any', link: 276, snaplen: 262144, ticksPerSecond: 1e6, filter: null },
    ])
    expect(dropped).toEqual([4])
    expect(packets.map((p) => p.interfaceIndex)).toEqual([0, 1])
  })

  it('a command line without a trace after it filters nothing', () => {
    const { interfaces } = readText(
      `${line('10:00:00.000001')}\ntcpdump -i eth1 -n -X tcp\n${'text\n'.repeat(9)}${line('10:00:01.000001')}`,
    )
    expect(interfaces.map((i) => i.filter)).toEqual([null])
  })

  it('a hex dump is used instead of the line, with or without its link header', () => {
    const head =
      '02:13:01.617505 IP 10.1.9.11.58384 > 192.168.64.71.80: Flags [S], seq 3718379515, win 65535, options [mss 1460,nop,nop,sackOK], length 0'
    const ip =
      '45000030 1a014000 7d06cfcb 0a01090b c0a84047 e4100050 dda1f7fb 00000000 7002ffff b5250000 020405b4 01010402'
    const bytes = ip.replaceAll(' ', '')
    const x = readText(`${head}
\t0x0000:  4500 0030 1a01 4000 7d06 cfcb 0a01 090b  E..0..@.}.......
\t0x0010:  c0a8 4047 e410 0050 dda1 f7fb 0000 0000  ..@G...P........
\t0x0020:  7002 ffff b525 0000 0204 05b4 0101 0402  p....%..........`)
    expect(x.packets).toMatchObject([{ hex: bytes, link: 101, wireBytes: 48 }])
    const xx = readText(`${head}
        0x0000:  0200 00c0 a840 0200 000a 0109 0800 4500
        0x0010:  0030 1a01 4000 7d06 cfcb 0a01 090b c0a8
        0x0020:  4047 e410 0050 dda1 f7fb 0000 0000 7002
        0x0030:  ffff b525 0000 0204 05b4 0101 0402`)
    expect(xx.packets).toMatchObject([{ hex: `020000c0a8400200000a01090800${bytes}`, link: 1, wireBytes: 62 }])
    const old = readText(`${head}
\t\t\t 4500 0030 1a01 4000 7d06 cfcb 0a01 090b
\t\t\t c0a8 4047 e410 0050 dda1 f7fb 0000 0000
\t\t\t 7002 ffff b525 0000 0204 05b4 0101 0402`)
    expect(old.packets).toMatchObject([{ hex: bytes }])
    const otherPacket = readText(
      `${head}\n\t0x0000:  4500 0030 1a01 4000 7d06 cfcb 0b01 090b c0a8\n\t0x0010:  c0a8 4047 e410`,
    )
    expect(otherPacket.packets.map((p) => p.tcp?.window)).toEqual([65535])
  })

  it('a dump makes a packet of a line that is not understood otherwise', () => {
    const { packets } = readText(`10:00:00.000001 IP 10.0.0.1 > 224.0.0.1: igmp query v2
\t0x0000:  46c0 0020 0000 4000 0102 4420 0a00 0001
\t0x0010:  e000 0001 9404 0000 1164 ee9b 0000 0000`)
    expect(packets).toMatchObject([{ ip: { protocol: 2, totalBytes: 32 } }])
  })

  const http = (body: string, bytes: number) => `\
10:00:00.000001 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length ${bytes + 40})
    10.0.0.1.5 > 10.0.0.2.80: Flags [P.], cksum 0x1 (correct), seq 7:${7 + bytes}, ack 9, win 9, length ${bytes}: HTTP, length: ${bytes}
${body}
10:00:00.000002 IP (tos 0x0, ttl 64, id 2, offset 0, flags [DF], proto TCP (6), length 40)
    10.0.0.2.80 > 10.0.0.1.5: Flags [.], cksum 0x1 (correct), ack 19, win 9, length 0
`

  it("-v's decoded HTTP is the payload where it accounts for every byte, else the payload stays unknown", () => {
    const request = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n'
    const exact = readText(http('\tGET / HTTP/1.1\n\tHost: a.example\n\t', request.length)).packets
    expect(exact.map((p) => p.tcp?.payload)).toEqual([request, ''])
    const stripped = readText(http('GET / HTTP/1.1\nHost: a.example\n', request.length)).packets
    expect(stripped[0].tcp?.payload).toBe(request)
    for (const bytes of [request.length - 1, request.length + 1, request.length + 100]) {
      const unknown = readText(http('\tGET / HTTP/1.1\n\tHost: a.example\n\t', bytes)).packets
      expect(unknown.map((p) => [p.tcp?.payload, p.tcp?.payloadBytes])).toEqual([
        ['', bytes],
        ['', 0],
      ])
    }
  })

  it('the characters of -A are not taken for bytes: a dot may be anything', () => {
    const { packets, log } = readText(
      `${line('10:00:00.000001')}\nE..(..@.@.....P\nGET / HTTP/1.1\nHost: a.example\n\n${line('10:00:00.000002')}`,
    )
    expect(packets.map((p) => p.hex.length / 2)).toEqual([40, 40])
    expect(log).toEqual([])
  })

  it('the log of a client: the note, curl, wget', () => {
    const short = (text: string) =>
      readText(text).log.map((l) =>
        [l.kind, l.host, l.address, l.name, l.value, l.bytes, l.total, l.status].filter((v) => v !== null).join(' '),
      )
    expect(
      short(`Site found: www.example.com=192.0.2.7
Connecting to 192.0.2.7
Connected to 192.0.2.7
GET http:// www.example.com/
> Host: www.example.com
Request sent. 611 bytes
Data available. 974/974 bytes
Content-Length: 974
200 Request complete
Later: nothing of this is a header`),
    ).toEqual([
      'resolved www.example.com 192.0.2.7',
      'connecting 192.0.2.7',
      'connected 192.0.2.7',
      'request-line GET http://www.example.com/',
      'request-header Host www.example.com',
      'request-sent 611',
      'data 974 974',
      'response-header Content-Length 974',
      'complete 200',
    ])
    expect(
      short(`*   Trying 192.0.2.7:80...
* Connected to www.example.com (192.0.2.7) port 80 (#0)
> GET /a HTTP/1.1
> Host: www.example.com
>
< HTTP/1.1 404 Not Found
< Content-Length: 9`),
    ).toEqual([
      'connecting 192.0.2.7',
      'connected www.example.com 192.0.2.7',
      'request-line GET /a',
      'request-header Host www.example.com',
      'response-header 404',
      'response-header Content-Length 9',
    ])
    expect(
      short(`Resolving www.example.com (www.example.com)... 192.0.2.7
Connecting to www.example.com (www.example.com)|192.0.2.7|:80... connected.
HTTP request sent, awaiting response... 200 OK`),
    ).toEqual(['resolved www.example.com 192.0.2.7', 'connected www.example.com 192.0.2.7', 'request-sent 200'])
    expect(short('Note: this is prose.\nGET / is how a request begins.\nConnecting to the server takes long.')).toEqual(
      [],
    )
  })
})

describe('what is taken for a packet', () => {
  const looks = (text: string | Uint8Array) => readText(text).packets.length > 0

  it.each([
    ['a packet', line('10:00:00.000001')],
    ['a packet after prose', `${'Some prose about TCP.\n'.repeat(200)}${line('10:00:00.000001')}\nmore`],
    ['UTF-16', Buffer.from(line('10:00:00.000001'), 'utf16le')],
    ['the classic form without time stamps', '10.0.0.1.5 > 10.0.0.2.6: S 7:7(0) win 9\n'],
  ])('accepts %s', (_, text) => {
    expect(looks(text)).toBe(true)
  })

  it.each([
    ['nothing', ''],
    ['prose', 'At 10:13:01 the server sent a reply > 5 bytes: Flags [S] means SYN. IP addresses follow.\n'],
    [
      'a log',
      '2024-01-02 10:00:00.123456 INFO app.main > worker.7: started (5)\n10:00:01.5 WARN IP 10.0.0.1 refused: try > 3 times\n',
    ],
    ['a web server log', '10.0.0.1 - - [10/Aug/2008:10:13:01 +0800] "GET / HTTP/1.1" 200 974\n'],
    ['HTML', '<!doctype html><html><body><p>tcpdump prints packets &gt; all</p></body></html>'],
    ['an e-mail quote', '> On Monday 10:00:00.5 you wrote:\n> 1. first: S 5:5(0)\n'],
    ['a shell session', '$ tcpdump -i eth0\nbash: tcpdump: command not found\n'],
    ['source code', 'if (a.b > c.d: e) { return x[1:2](3) }\nmap.get > set.put: P 1\n'],
    ['zero bytes', new Uint8Array(5000)],
  ])('refuses %s', (_, text) => {
    expect(looks(text)).toBe(false)
  })
})
