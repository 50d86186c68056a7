import { PORTS } from '../../conversation/page.ts'
import { Side, type Slot } from '../../conversation/stream.ts'
import type { Tracker } from '../../conversation/tracker.ts'
import type { Note, PerSide, ProcessSide, SideName } from '../../model/lines.ts'
import { formatWords } from '../../packet/address.ts'
import { type Lang, writeNote } from '../../story/note.ts'
import type { Milliseconds } from '../../units.ts'

/** Which programs of this machine hold the ends of a connection, as far as that is known at the moment of the call; null:
 *  nothing is. `startMs`: Unix time of the connection's first packet, which tells it from others on the same ports. */
export type FindProcess = (
  clientAddress: string,
  clientPort: number,
  serverAddress: string,
  serverPort: number,
  startMs: Milliseconds,
) => PerSide<ProcessSide | null> | null

/** An answer that has not come by then is waited for only until the connection ends. */
const SEGMENTS = 32
/** Of many processes that share a socket the first are named. */
const NAMED = 6
const SIDES: readonly SideName[] = ['client', 'server']

interface Watched {
  readonly startMs: Milliseconds
  segments: number
  readonly isTold: PerSide<boolean>
}

/** The programs of each live conversation. */
export class ConversationProcesses {
  private readonly tracker: Tracker
  private readonly find: FindProcess
  private readonly lang: Lang
  private readonly watched = new Map<Slot, Watched>()

  constructor(tracker: Tracker, find: FindProcess, lang: Lang) {
    this.tracker = tracker
    this.find = find
    this.lang = lang
  }

  open(slot: Slot, startMs: Milliseconds): void {
    this.watched.set(slot, { startMs, segments: 0, isTold: { client: false, server: false } })
  }

  /** What has become known since the last segment. */
  tell(slot: Slot): Note[] {
    const watched = this.watched.get(slot)
    if (watched === undefined || watched.segments++ >= SEGMENTS) return []
    const sides = this.ask(slot, watched)
    const notes: Note[] = []
    for (const from of SIDES) {
      const side = sides?.[from] ?? null
      if (side === null || watched.isTold[from]) continue
      watched.isTold[from] = true
      notes.push(writeNote('process.known', { from, by: side.by, names: processNames(side) }, this.lang))
    }
    if (watched.isTold.client && watched.isTold.server) watched.segments = SEGMENTS
    return notes
  }

  /** What is known when the conversation's line is written. */
  take(slot: Slot): PerSide<ProcessSide | null> {
    const watched = this.watched.get(slot)
    return (watched === undefined ? null : this.ask(slot, watched)) ?? { client: null, server: null }
  }

  forget(slot: Slot): void {
    this.watched.delete(slot)
  }

  private ask(slot: Slot, { startMs }: Watched): PerSide<ProcessSide | null> | null {
    const c = this.tracker.conversations
    const ports = c.word(slot, PORTS)
    const client = formatWords(c.address(slot, Side.CLIENT), 0)
    const server = formatWords(c.address(slot, Side.SERVER), 0)
    return this.find(client, ports >>> 16, server, ports & 0xffff, startMs)
  }
}

/** `curl (pid 1234)`; `nginx`: which of its processes is not known. */
export function processNames({ processes }: ProcessSide): string {
  const names = processes.slice(0, NAMED).map(({ name, pid }) => (pid === null ? name : `${name} (pid ${pid})`))
  return [...names, ...(processes.length > NAMED ? ['...'] : [])].join(', ')
}
