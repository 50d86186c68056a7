import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readText } from '../../../../../tests/support/read-text.ts'
import { createTextReader } from './reader.ts'

const TRACE = `\
# tcpdump host 10.1.9.11 and port 80 -n
listening on eth2, link-type EN10MB (Ethernet), capture size 96 bytes
10:13:01.617505 IP 10.1.9.11.58384 > 192.168.64.71.80: Syn 3718379515:3718379515(0) win 65535 <mss 1460,nop,nop,sackOK> 客户端发起
10:13:01.617631 IP 192.168.64.71.80 > 10.1.9.11.58384: S 261066897:261066897(0) ack 3718379516
 win 5840 <mss 1460,nop,nop,sackOK>
10:13:01.617766 02:00:00:0a:01:09 > 02:00:00:c0:a8:40, ethertype IPv4 (0x0800), length 60: 10.1.9.11.58384 > 192.168.64.71.80: Flags [.], ack 1, win 65535, length 0
10:13:01.618011 IP (tos 0x0, ttl 125, id 6659, offset 0, flags [DF], proto TCP (6), length 80)
    10.1.9.11.58384 > www.example.com.http: Flags [P.], cksum 0x27e3 (correct), seq 1:41, ack 1, win 65535, options [nop,nop,sack 1 {1:5},TS val 1 ecr 2], length 40: HTTP, length: 40
\tGET / HTTP/1.1
\tHost: a.example
\t
\t0x0000:  4500 0030 1a01 4000 7d06 cfcb 0a01 090b  E..0..@.}.......
10:13:01.618023 IP6 fe80::1%eth0.80 > 2001:db8::2.50000: Flags [.], ack 612, win 6721, length 0
10:13:01.618024 ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28
2 packets dropped by kernel
Site found: www.example.com=10.0.0.1
GET http:// www.example.com/
> Host: www.example.com
200 Request complete
`

describe('hostile text', () => {
  it('any split into chunks gives the same calls, in any encoding', () => {
    for (const bytes of [
      Buffer.from(TRACE),
      Buffer.from(TRACE, 'utf16le'),
      Buffer.from(TRACE.replaceAll('\n', '\r\n')),
    ]) {
      const whole = readText(bytes)
      expect(whole.packets).toHaveLength(6)
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
          expect(
            readText(
              bytes,
              cuts.sort((a, b) => a - b),
            ),
          ).toEqual(whole)
        }),
        { numRuns: 40, seed: 7 },
      )
      expect(
        readText(
          bytes,
          Array.from({ length: bytes.length - 1 }, (_, i) => i + 1),
        ),
      ).toEqual(whole)
    }
  })

  it('neither garbage nor a damaged trace throws, and every packet is consistent', () => {
    const check = (bytes: Uint8Array) => {
      for (const p of readText(bytes).packets) {
        expect(p.wireBytes).toBeGreaterThanOrEqual(p.hex.length / 2)
        expect(p.nanos >= 0 && p.nanos < 1e9 && Number.isSafeInteger(p.seconds)).toBe(true)
      }
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), check), { numRuns: 200, seed: 11 })
    const original = Buffer.from(TRACE)
    const edit = fc.record({
      at: fc.nat(original.length - 1),
      remove: fc.nat(60),
      insert: fc.constantFrom('', '\n', '(', ')', '[', ']', '<', ':', '0', '9999999999', ' > ', '\0', '\ud800', 'IP '),
    })
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
        let text = TRACE
        for (const { at, remove, insert } of edits) text = text.slice(0, at) + insert + text.slice(at + remove)
        check(Buffer.from(text))
      }),
      { numRuns: 600, seed: 13 },
    )
  })

  it('every prefix of a trace gives a prefix of its packets, but for the one that is cut', () => {
    const packets = readText(TRACE).packets
    for (let end = 0; end < TRACE.length; end += 3) {
      const cut = readText(TRACE.slice(0, end)).packets
      expect(cut.slice(0, -1)).toEqual(packets.slice(0, Math.max(0, cut.length - 1)))
    }
  })

  const timed = (make: (n: number) => string): [number, number] => {
    const run = (n: number) => {
      const text = make(n)
      const start = performance.now()
      readText(text)
      return performance.now() - start
    }
    run(300)
    return [run(1500), run(6000)]
  }

  const head = '10:00:00.000001 IP 10.0.0.1.5 > 10.0.0.2.6: '
  it.each<[string, (n: number) => string]>([
    ['open parentheses', (n) => `10:00:00.1 IP (tos 0x0, ttl ${'(1, '.repeat(n * 4)}\n`.repeat(3)],
    ['options', (n) => `${head}Flags [S], seq 1, options [${'nop,'.repeat(n * 4)}\n`],
    ['brackets', (n) => `${head}Flags [S], seq 1, options [${'[|tcp'.repeat(n * 4)}\n`],
    ['blanks', (n) => `${' '.repeat(n * 10)}10:00:00.1${' '.repeat(n * 10)}IP\n${'\t'.repeat(n * 10)}x\n`],
    ['packets that never end', (n) => `${head}Flags [S], seq 1,\n`.repeat(n)],
    ['continuations that never end', (n) => `${head}Flags [S],\n${'seq 1,\n'.repeat(n)}`],
    ['colons', (n) => `10:00:00.1 ${'a:'.repeat(n * 8)} > ${':'.repeat(n * 8)}\n`],
    ['arrows', (n) => `${' > '.repeat(n * 8)}\n10:00:00.1 IP ${'> '.repeat(n * 8)}\n`],
    ['ethertypes', (n) => `10:00:00.1 0:0:0:0:0:0 > 0:0:0:0:0:0, ${'ethertype (0x8100), vlan 1, '.repeat(n)}\n`],
    [
      'flows',
      (n) =>
        Array.from(
          { length: n },
          (_, i) => `10:00:00.1 IP 10.0.${i >> 8}.${i & 255}.5 > 10.0.0.2.6: R 1:1(0) ack 1 win 0\n`,
        ).join(''),
    ],
    ['segments whose number never comes', (n) => `${head}Flags [.], ack 5, win 1, length 0\n`.repeat(n)],
    [
      'names',
      (n) =>
        Array.from(
          { length: n },
          (_, i) => `10:00:00.1 IP host${i}.example.5 > 10.0.0.2.6: R 1:1(0) ack 1 win 0\n`,
        ).join(''),
    ],
    ['commands', (n) => `$ tcpdump ${"'a' -".repeat(n)}\n`],
    ['a log', (n) => `Connecting to 10.0.0.1\n${'GET '.repeat(n)}\n${'X: y\n'.repeat(n)}`],
    [
      'hex rows',
      (n) =>
        `${head}x\n${Array.from({ length: n }, (_, i) => `\t0x${(i * 16).toString(16).padStart(4, '0')}:  4500 0030 1a01 4000 7d06 cfcb 0a01 090b`).join('\n')}`,
    ],
  ])('time is linear: %s', (_, make) => {
    const [small, large] = timed(make)
    // Four times the text; a quadratic step would take sixteen times as long.
    expect(large).toBeLessThan(10 * small + 60)
  })

  it('a line without end is cut, told, and costs no memory', () => {
    const comments: string[] = []
    let packets = 0
    const reader = createTextReader({
      capture() {},
      interface() {},
      packet: () => packets++,
      comment: (text) => comments.push(text),
    })
    const start = Buffer.from('10:00:00.1 IP 10.0.0.1.5 > 10.0.0.2.6: R 1:1(0) win 0 ')
    reader.read(start, 0, start.length)
    const filler = new Uint8Array(1 << 20).fill(0x61)
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 200; i++) reader.read(filler, 0, filler.length)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20)
    reader.finish(new Uint8Array(0), 0, 0)
    expect(packets).toBe(1)
    expect(comments).toEqual(['text: 1 line longer than 65536 bytes, read only so far'])
  })
})
