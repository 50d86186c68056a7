import { expect, it } from 'vitest'
import { randomNumbers } from '../../../../tests/support/analysis.ts'
import { LingerQueue } from './linger-queue.ts'

it('LingerQueue gives back what was put in, in order, round its end', () => {
  const queue = new LingerQueue(7)
  const random = randomNumbers(5)
  const expected: [number, number][] = []
  for (let step = 0; step < 1000; step++) {
    if (queue.length < 7 && (queue.length === 0 || random() < 0.55)) {
      const entry: [number, number] = [step % 13, step]
      queue.push(...entry)
      expected.push(entry)
    } else {
      expect([queue.slot, queue.number]).toEqual(expected.shift())
      queue.shift()
    }
    expect(queue.length).toBe(expected.length)
  }
})
