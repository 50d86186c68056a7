import type { ProcessSide } from '@wiretale/core'
import { type End, endKey, type SocketFact } from './protocol.ts'

/** Ends that are remembered; of more the oldest are forgotten. */
const ENDS = 65_536
/** Sockets that had one end after another. */
const SOCKETS = 6
/** A packet's time and the event's may be so far apart: they are read from two clocks, one of which may be set meanwhile. */
const SLACK_MS = 50
/** As far as they are apart on a quiet day. */
const CLOCK_MS = 3
/** Best first: who called connect(), who holds the socket, who closed it, who accepts for that port. */
const RANKS: readonly ProcessSide['by'][] = ['connect', 'socket', 'close', 'listener']

/** Who holds which end of a connection, and when. An end is used again: a fact serves only connections of its time. */
export class SocketFacts {
  private readonly facts = new Map<string, SocketFact[]>()

  add(fact: SocketFact): void {
    const key = endKey(fact.end)
    const others = (this.facts.get(key) ?? []).filter(({ id }) => id !== fact.id)
    this.facts.delete(key)
    if (this.facts.size >= ENDS) {
      const oldest = this.facts.keys().next()
      if (!oldest.done) this.facts.delete(oldest.value)
    }
    this.facts.set(key, [...others.slice(1 - SOCKETS), fact])
  }

  /** Of the connection whose first packet was seen at `startMs`; null: unknown, or more than one may be meant. */
  find(end: End, startMs: number): ProcessSide | null {
    const serving = (this.facts.get(endKey(end)) ?? []).filter((fact) => serves(fact, startMs))
    const best = Math.min(...serving.map(rank))
    const facts = serving.filter((fact) => rank(fact) === best).sort((a, b) => opened(a) - opened(b))
    if (facts.length === 0) return null
    // Of two that followed each other closely the one that was there already sent the packet.
    const before = facts.filter((fact) => opened(fact) <= startMs + CLOCK_MS)
    const chosen = before.at(-1) ?? facts[0]
    return facts.some((other) => other !== chosen && isDoubtful(chosen, other)) ? null : chosen.side
  }

  /** Events were lost: sockets that seemed to be open may have been closed. */
  endOpen(ms: number): void {
    for (const [key, facts] of this.facts) {
      const ended = facts.map((fact) =>
        fact.endedMs === null && fact.seenMs === null ? { ...fact, endedMs: ms } : fact,
      )
      this.facts.set(key, ended)
    }
  }
}

function serves({ seenMs, openedMs, endedMs }: SocketFact, startMs: number): boolean {
  if (seenMs !== null) return seenMs === startMs
  return (openedMs ?? 0) <= startMs + SLACK_MS && (endedMs === null || endedMs >= startMs - SLACK_MS)
}

/** In one network namespace no two sockets have one end at once: if they seem to, one of them is of another. */
function isDoubtful(a: SocketFact, b: SocketFact): boolean {
  if (a.seenMs !== null || b.seenMs !== null || JSON.stringify(a.side) === JSON.stringify(b.side)) return false
  const isAtOnce = opened(a) < (b.endedMs ?? Number.MAX_VALUE) && opened(b) < (a.endedMs ?? Number.MAX_VALUE)
  return isAtOnce || Math.abs(opened(a) - opened(b)) <= 2 * CLOCK_MS
}

function rank({ side }: SocketFact): number {
  return RANKS.indexOf(side.by)
}

function opened({ openedMs }: SocketFact): number {
  return openedMs ?? 0
}
