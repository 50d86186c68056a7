import type { ProcessSide } from '@wiretale/core'
import { describe, expect, it } from 'vitest'
import type { End, SocketFact } from './protocol.ts'
import { SocketFacts } from './socket-facts.ts'

const end: End = ['192.0.2.1', 40_000, '192.0.2.2', 80]

let id = 0
function fact(name: string, by: ProcessSide['by'], times: Partial<SocketFact>): SocketFact {
  const side: ProcessSide = { basis: 'observed', by, processes: [{ pid: 1, name, program: null }] }
  return { id: ++id, end, seenMs: null, openedMs: null, endedMs: null, side, ...times }
}

function find(facts: readonly SocketFact[], startMs: number): string | null {
  const known = new SocketFacts()
  for (const one of facts) known.add(one)
  return known.find(end, startMs)?.processes[0].name ?? null
}

describe('who holds an end', () => {
  it('is whoever held it at that time, however often its port is used', () => {
    const first = fact('first', 'connect', { openedMs: 1000, endedMs: 1010 })
    const second = fact('second', 'connect', { openedMs: 1030, endedMs: 1500 })
    const third = fact('third', 'connect', { openedMs: 9000 })
    const all = [first, second, third]
    expect([1000, 1001, 1030, 1031, 1200, 9001, 20_000].map((ms) => find(all, ms))).toEqual([
      'first',
      'first',
      'second',
      'second',
      'second',
      'third',
      'third',
    ])
    // Between two of them the port was somebody else's: another machine's behind this one, perhaps.
    expect([500, 5000].map((ms) => find(all, ms))).toEqual([null, null])
  })

  it('is unknown where two seem to hold it at once, or in the same instant', () => {
    const one = fact('one', 'connect', { openedMs: 1000, endedMs: 3000 })
    expect(find([one, fact('other', 'connect', { openedMs: 2000, endedMs: 2500 })], 2001)).toBeNull()
    expect(find([one, fact('one', 'connect', { openedMs: 2000, endedMs: 2500 })], 2001)).toBe('one')
    const brief = fact('brief', 'connect', { openedMs: 1000, endedMs: 1001 })
    expect(find([brief, fact('next', 'connect', { openedMs: 1002 })], 1001)).toBeNull()
  })

  it('is known best by who called connect()', () => {
    const facts = [
      fact('listener', 'listener', { seenMs: 1000 }),
      fact('closer', 'close', { openedMs: 999 }),
      fact('holder', 'socket', { seenMs: 1000 }),
      fact('opener', 'connect', { openedMs: 999 }),
    ]
    expect(facts.map((_, i) => find(facts.slice(0, i + 1), 1000))).toEqual(['listener', 'closer', 'holder', 'opener'])
    // What was found for one connection says nothing of the next on the same ports.
    expect(find([facts[0], facts[2]], 1001)).toBeNull()
  })

  it('ends where the kernel lost count', () => {
    const facts = new SocketFacts()
    facts.add(fact('client', 'connect', { openedMs: 1000 }))
    facts.endOpen(5000)
    expect(facts.find(end, 4000)?.processes[0].name).toBe('client')
    expect(facts.find(end, 6000)).toBeNull()
  })

  it('is replaced by a later account of the same socket', () => {
    const open = fact('client', 'connect', { openedMs: 1000 })
    expect(find([open, { ...open, endedMs: 2000 }], 3000)).toBeNull()
  })
})
