import { expect, it } from 'vitest'
import { TcpSequences } from './tcp-sequences.ts'

const CLIENT = [10, 0, 0, 1]
const SERVER = [10, 0, 0, 2]

/** Relates one segment; true ports and addresses, numbers as sent. */
function relate(sequences: TcpSequences, fromClient: boolean, port: number, seq: number, ack: number, syn = false) {
  const b = Uint8Array.from(fromClient ? [...CLIENT, ...SERVER] : [...SERVER, ...CLIENT])
  sequences.relate(b, 0, 4, 4, fromClient ? port : 80, fromClient ? 80 : port, seq, ack, syn)
  return [sequences.seq, sequences.ack]
}

it('counts from the first segment with ACK on, in both directions', () => {
  const sequences = new TcpSequences(7)
  expect(relate(sequences, false, 1025, 1000, 501, true)).toEqual([1000, 501])
  expect(relate(sequences, true, 1025, 501, 1001)).toEqual([1, 1])
  expect(relate(sequences, false, 1025, 1001, 601)).toEqual([1, 101])
  expect(relate(sequences, false, 1025, 0xffff_fff0, 3, true)).toEqual([0xffff_fff0, 3])
  expect(relate(sequences, true, 1025, 3, 0xffff_fff1)).toEqual([1, 1])
})

it('tells the same whatever the seed, of more connections than one table holds', () => {
  const seeds = [0, 1, 0x7fff_ffff].map((seed) => new TcpSequences(seed))
  for (let port = 1; port <= 20_000; port++) for (const each of seeds) relate(each, false, port, port, 2 * port, true)
  for (let port = 1; port <= 20_000; port++) {
    for (const each of seeds) expect(relate(each, true, port, 2 * port, port + 1)).toEqual([1, 1])
  }
})
