import { describe, expect, it } from 'vitest'
import { readText } from '../../../../../tests/support/read-text.ts'

/** `c` and `s` lines of one flow → [side, seq, ack, bytes] of every packet. */
function numbers(script: string): (string | number)[][] {
  const text = script
    .trim()
    .split('\n')
    .map((line, i) => {
      const [side, ...rest] = line.trim().split(' ')
      const ends = side === 'c' ? '10.0.0.1.5000 > 10.0.0.2.80' : '10.0.0.2.80 > 10.0.0.1.5000'
      return `10:00:00.0000${String(i).padStart(2, '0')} IP ${ends}: ${rest.join(' ')}`
    })
  return readText(text.join('\n')).packets.map(({ ip, tcp }) => [
    ip?.sourcePort === 80 ? 's' : 'c',
    tcp!.seq,
    tcp!.ack,
    tcp!.payloadBytes,
  ])
}

describe('relative sequence numbers', () => {
  it('are undone from the SYN+ACK on, past the wrap at 2^32', () => {
    expect(
      numbers(`
        c Flags [S], seq 4294967290, win 1, length 0
        s Flags [S.], seq 100, ack 4294967291, win 1, length 0
        c Flags [.], ack 1, win 1, length 0
        c Flags [P.], seq 1:11, ack 1, win 1, length 10
        s Flags [.], ack 11, win 1, options [nop,nop,sack 1 {21:31}], length 0
        c Flags [P.], seq 21:31, ack 1, win 1, length 10`),
    ).toEqual([
      ['c', 4294967290, 0, 0],
      ['s', 100, 4294967291, 0],
      ['c', 4294967291, 101, 0],
      ['c', 4294967291, 101, 10],
      ['s', 101, 5, 0],
      ['c', 15, 101, 10],
    ])
  })

  it('undo SACK edges with the other direction', () => {
    const { packets } = readText(`\
10:00:00.000001 IP 10.0.0.1.5 > 10.0.0.2.6: Flags [S], seq 1000000, win 1, length 0
10:00:00.000002 IP 10.0.0.2.6 > 10.0.0.1.5: Flags [S.], seq 2000000, ack 1000001, win 1, length 0
10:00:00.000003 IP 10.0.0.2.6 > 10.0.0.1.5: Flags [.], ack 1, win 1, options [nop,nop,sack 1 {11:21}], length 0`)
    // 1000011 = 0f424b, 1000021 = 0f4255
    expect(packets[2].tcp?.options).toBe('0101050a000f424b000f4255')
  })

  it('are recognised as absolute (-S), whether or not the command line says so', () => {
    const trace = `
        c Flags [S], seq 3718379515, win 1, length 0
        s Flags [S.], seq 261066897, ack 3718379516, win 1, length 0
        c Flags [.], ack 261066898, win 1, length 0
        c Flags [P.], seq 3718379516:3718380127, ack 261066898, win 1, length 611
        s Flags [.], ack 3718380127, win 1, length 0`
    expect(numbers(trace)).toEqual([
      ['c', 3718379515, 0, 0],
      ['s', 261066897, 3718379516, 0],
      ['c', 3718379516, 261066898, 0],
      ['c', 3718379516, 261066898, 611],
      ['s', 261066898, 3718380127, 0],
    ])
    expect(
      readText(`# tcpdump -nS\n10:00:00.1 IP 10.0.0.1.5 > 10.0.0.2.6: Flags [.], ack 9, win 1, length 0`).packets,
    ).toHaveLength(1)
  })

  it('in a capture that began in the middle: the first segment is the base', () => {
    expect(
      numbers(`
        c Flags [P.], seq 3718379516:3718380127, ack 261066898, win 1, length 611
        s Flags [P.], seq 1:329, ack 611, win 1, length 328
        c Flags [.], ack 329, win 1, length 0`),
    ).toEqual([
      ['c', 3718379516, 261066898, 611],
      ['s', 261066898, 3718380127, 328],
      ['c', 3718380127, 261067226, 0],
    ])
  })

  it('in a capture that began in the middle with a pure ACK, whose own number is never printed', () => {
    expect(
      numbers(`
        c Flags [.], ack 261066898, win 1, length 0
        s Flags [P.], seq 1:329, ack 0, win 1, length 328
        c Flags [P.], seq 0:10, ack 329, win 1, length 10`),
    ).toEqual([
      ['c', 0, 261066898, 0],
      ['s', 261066898, 0, 328],
      ['c', 0, 261067226, 10],
    ])
  })

  it('in text cut in the middle: as printed, which is consistent', () => {
    expect(
      numbers(`
        c Flags [P.], seq 1:612, ack 1, win 1, length 611
        s Flags [.], ack 612, win 1, length 0
        s Flags [P.], seq 1:329, ack 612, win 1, length 328
        c Flags [.], ack 329, win 1, length 0`),
    ).toEqual([
      ['c', 1, 1, 611],
      ['s', 1, 612, 0],
      ['s', 1, 612, 328],
      ['c', 612, 329, 0],
    ])
  })

  it('in text cut in the middle that begins with a pure ACK: no gap is made up', () => {
    expect(
      numbers(`
        s Flags [.], ack 612, win 1, length 0
        s Flags [P.], seq 1303:2000, ack 612, win 1, length 697
        c Flags [.], ack 2000, win 1, length 0`),
    ).toEqual([
      ['s', 1303, 612, 0],
      ['s', 1303, 612, 697],
      ['c', 612, 2000, 0],
    ])
  })

  it('when the line of the SYN+ACK is missing', () => {
    expect(
      numbers(`
        c Flags [S], seq 3718379515, win 1, length 0
        c Flags [.], ack 1, win 1, length 0
        c Flags [P.], seq 1:612, ack 1, win 1, length 611
        s Flags [P.], seq 1:329, ack 612, win 1, length 328`),
    ).toEqual([
      ['c', 3718379515, 0, 0],
      ['c', 3718379516, 1, 0],
      ['c', 3718379516, 1, 611],
      ['s', 1, 3718380127, 328],
    ])
  })

  it('of a refused connection that is tried again from the same port', () => {
    expect(
      numbers(`
        c Flags [S], seq 1000000000, win 1, length 0
        s Flags [R.], seq 0, ack 1000000001, win 0, length 0
        c Flags [S], seq 1000500000, win 1, length 0
        s Flags [R.], seq 0, ack 500001, win 0, length 0`),
    ).toEqual([
      ['c', 1000000000, 0, 0],
      ['s', 0, 1000000001, 0],
      ['c', 1000500000, 0, 0],
      ['s', 0, 1000500001, 0],
    ])
  })

  it('of a reused address pair: a new SYN+ACK begins anew', () => {
    const rows = numbers(`
        c Flags [S], seq 1000000000, win 1, length 0
        s Flags [S.], seq 2000000000, ack 1000000001, win 1, length 0
        c Flags [F.], seq 1, ack 1, win 1, length 0
        c Flags [S], seq 3000000000, win 1, length 0
        s Flags [S.], seq 4000000000, ack 3000000001, win 1, length 0
        c Flags [P.], seq 1:5, ack 1, win 1, length 4
        c Flags [R], seq 3000000005, win 0, length 0`)
    expect(rows.slice(5)).toEqual([
      ['c', 3000000001, 4000000001, 4],
      ['c', 3000000005, 0, 0],
    ])
  })
})
