import { Known, Trait } from '../conversation/known.ts'
import {
  BYTES,
  CLOSE_TIME,
  FIRST_TIME,
  NUMBER,
  PACKETS,
  RETRANSMISSIONS,
  SENT_TIME,
  STATE,
} from '../conversation/page.ts'
import { type Ends, readEnds } from '../conversation/record.ts'
import type { Segment } from '../conversation/segment.ts'
import { isOver, State, stateName } from '../conversation/state.ts'
import { Side, type Slot } from '../conversation/stream.ts'
import { Tracker, type TrackerEvents } from '../conversation/tracker.ts'
import type { CaptureSink, InterfaceInfo, PacketRecord } from '../file/record.ts'
import { HttpExchanges } from '../http/exchanges.ts'
import type { PerSide, SideName, StateNow } from '../model/lines.ts'
import { Dissector } from '../packet/dissect.ts'
import { Packet } from '../packet/packet.ts'
import type { Bytes, Milliseconds, Nanoseconds } from '../units.ts'
import { type ExchangeNow, ExchangeWatch } from './exchange-watch.ts'

/** Whom a conversation waits for, what for, and how long already. */
export interface Wait {
  readonly for: SideName
  /** `open`: an answer in the handshake; `request`, `response`: the rest or the beginning of an HTTP message; `data`: of
   *  what is no HTTP, whoever did not speak last; `window`: room for data; `close`: the other FIN. */
  readonly why: 'open' | 'request' | 'response' | 'data' | 'window' | 'close'
  readonly ms: Milliseconds
  readonly basis: 'observed' | 'inferred'
}

/** A conversation at one moment. */
export interface TopRow extends Ends {
  /** As in reports. */
  readonly n: number
  readonly states: PerSide<StateNow>
  readonly packets: PerSide<number>
  readonly bytes: PerSide<Bytes>
  /** Payload bytes a second that each side has sent since the round before. */
  readonly rate: PerSide<number>
  readonly retransmissions: number
  /** The HTTP exchange that is under way, or else the last one. */
  readonly exchange: ExchangeNow | null
  /** Null: nobody. */
  readonly waits: Wait | null
}

/** One round of the live table; a line of `top --json`. */
export interface TopRound {
  readonly v: 1
  readonly type: 'top'
  /** RFC 3339. */
  readonly time: string
  /** Packets of all kinds so far, and a second since the round before. */
  readonly packets: number
  readonly packetRate: number
  /** On the wire. */
  readonly byteRate: number
  /** That have not ended, shown or not. */
  readonly conversations: number
  readonly rows: readonly TopRow[]
}

/** What rows are sorted by, the first ones being: the fastest, the longest waiting, those with most retransmissions, the
 *  liveliest states, the oldest, the slowest exchanges. */
export type TopOrder = 'rate' | 'wait' | 'retransmissions' | 'state' | 'number' | 'exchange'

/** The key that asks for each. */
export const topKeys: Readonly<Record<TopOrder, string>> = {
  rate: 'r',
  wait: 'w',
  retransmissions: 't',
  state: 's',
  number: 'n',
  exchange: 'e',
}

const SIDES = [Side.CLIENT, Side.SERVER] as const
/** Conversations that are over stay in the table for so long. */
const QUIET: Nanoseconds = 5e9
/** Numbers kept of a slot, each of both sides: payload bytes when rates were measured last, the rate then, and the times
 *  of its last payload that was new and of when its window closed (time + 1; 0 = none, or open). */
const STRIDE = 8
const RATE = 2
const DATA = 4
const CLOSED = 6

/** Follows the conversations of a live capture, for a table that shows them now and then. Memory is bounded: by `most`
 *  conversations, of which the longest idle ones are ended where there are more. */
export class Top implements CaptureSink, TrackerEvents {
  private readonly dissector = new Dissector()
  private readonly current = new Packet()
  private readonly watch = new ExchangeWatch()
  private readonly http: HttpExchanges
  private readonly tracker: Tracker
  private facts = new Float64Array(256 * STRIDE)
  private packets = 0
  private wireBytes: Bytes = 0
  private packetsBefore = 0
  private bytesBefore: Bytes = 0
  private packetRate = 0
  private byteRate = 0
  /** Unix time when rates were measured last. */
  private measuredMs: Milliseconds

  /** `unixMs`: now. `seed`: any number; makes hash collisions unpredictable. */
  constructor(options: { unixMs: Milliseconds; most: number; seed: number }) {
    this.measuredMs = options.unixMs
    this.http = new HttpExchanges({
      detail: true,
      onExchange: (exchange) => this.watch.finish(exchange),
      events: this.watch,
    })
    this.tracker = new Tracker({ history: true, seed: options.seed, most: options.most }, this, this.http)
  }

  // CaptureSink

  capture(): void {}

  interface(_info: InterfaceInfo): void {}

  packet(record: PacketRecord): void {
    const p = this.current
    this.dissector.dissect(record, p)
    this.packets++
    this.wireBytes += p.wireBytes
    this.tracker.add(p)
  }

  // TrackerEvents

  opened(slot: Slot): void {
    const c = this.tracker.conversations
    const end = (slot + 1) * STRIDE
    if (end > this.facts.length) {
      const grown = new Float64Array(Math.max(end, this.facts.length * 2))
      grown.set(this.facts)
      this.facts = grown
    }
    this.facts.fill(0, slot * STRIDE, end)
    this.http.open(slot, c.serverPort(slot), c.has(slot, Trait.MID_STREAM))
  }

  segment(segment: Segment): void {
    const { packet: p, slot, side } = segment
    const at = slot * STRIDE + side
    if (segment.freshBytes > 0) this.facts[at + DATA] = p.time + 1
    if (p.window !== 0) this.facts[at + CLOSED] = 0
    else if (this.facts[at + CLOSED] === 0) this.facts[at + CLOSED] = p.time + 1
    this.watch.settle(slot)
  }

  ended(slot: Slot): void {
    this.http.release(slot)
    this.watch.forget(slot)
  }

  /** Measures rates, at `unixMs`, since the last time; forgets what has been over for some seconds. */
  measure(unixMs: Milliseconds): void {
    const seconds = Math.max(1, unixMs - this.measuredMs) / 1000
    this.tracker.endQuiet(this.relative(unixMs) - QUIET)
    const { facts } = this
    const e = this.tracker.endpoints
    this.tracker.each((slot) => {
      for (const side of SIDES) {
        const at = slot * STRIDE + side
        const bytes = e.wide(slot * 2 + side, BYTES)
        facts[at + RATE] = (bytes - facts[at]) / seconds
        facts[at] = bytes
      }
    })
    this.packetRate = (this.packets - this.packetsBefore) / seconds
    this.byteRate = (this.wireBytes - this.bytesBefore) / seconds
    this.measuredMs = unixMs
    this.packetsBefore = this.packets
    this.bytesBefore = this.wireBytes
  }

  /** The table at `unixMs`, at most `most` rows of it. */
  table(unixMs: Milliseconds, order: TopOrder, most: number): TopRound {
    const now = this.relative(unixMs)
    const slots: Slot[] = []
    const values = new Map<Slot, number>()
    this.tracker.each((slot) => {
      slots.push(slot)
      values.set(slot, this.valueOf(slot, order, now))
    })
    const c = this.tracker.conversations
    const value = (slot: Slot): number => values.get(slot) ?? 0
    slots.sort((a, b) => value(b) - value(a) || c.word(a, NUMBER) - c.word(b, NUMBER))
    return {
      v: 1,
      type: 'top',
      time: new Date(unixMs).toISOString(),
      packets: this.packets,
      packetRate: this.packetRate,
      byteRate: this.byteRate,
      conversations: slots.length,
      rows: slots.slice(0, most).map((slot) => this.row(slot, now)),
    }
  }

  /** Unix time on the clock of the packets. */
  private relative(unixMs: Milliseconds): Nanoseconds {
    return (unixMs - this.current.baseSeconds * 1000) * 1e6
  }

  /** The higher, the further up. */
  private valueOf(slot: Slot, order: TopOrder, now: Nanoseconds): number {
    switch (order) {
      case 'rate':
        return this.rate(slot, Side.CLIENT) + this.rate(slot, Side.SERVER)
      case 'wait':
        return this.waitOf(slot, now)?.ms ?? -1
      case 'retransmissions':
        return this.retransmissions(slot)
      case 'state':
        return -Math.max(this.rank(slot, Side.CLIENT), this.rank(slot, Side.SERVER))
      case 'number':
        return 0
      case 'exchange':
        return this.watch.now(slot, now)?.ms ?? -1
    }
  }

  private row(slot: Slot, now: Nanoseconds): TopRow {
    const { endpoints: e, conversations: c } = this.tracker
    const perSide = <T>(of: (side: Side) => T): PerSide<T> => ({ client: of(Side.CLIENT), server: of(Side.SERVER) })
    return {
      n: c.word(slot, NUMBER) - 1,
      ...readEnds(this.tracker, slot),
      states: perSide((side) => this.stateOf(slot, side)),
      packets: perSide((side) => e.word(slot * 2 + side, PACKETS)),
      bytes: perSide((side) => e.wide(slot * 2 + side, BYTES)),
      rate: perSide((side) => this.rate(slot, side)),
      retransmissions: this.retransmissions(slot),
      exchange: this.watch.now(slot, now),
      waits: this.waitOf(slot, now),
    }
  }

  private rate(slot: Slot, side: Side): number {
    return this.facts[slot * STRIDE + RATE + side]
  }

  private retransmissions(slot: Slot): number {
    const e = this.tracker.endpoints
    return e.word(slot * 2, RETRANSMISSIONS) + e.word(slot * 2 + 1, RETRANSMISSIONS)
  }

  /** Where the side's state stands in the life of a connection. */
  private rank(slot: Slot, side: Side): number {
    return this.tracker.likelyState(this.rowOf(slot, side))
  }

  private rowOf(slot: Slot, side: Side): number {
    return slot * 2 + (this.tracker.conversations.has(slot, Trait.SELF) ? Side.CLIENT : side)
  }

  private stateOf(slot: Slot, side: Side): StateNow {
    const row = this.rowOf(slot, side)
    const state = this.tracker.likelyState(row)
    const name = stateName(state)
    if (name === null) return null
    const e = this.tracker.endpoints
    return { name, basis: state === e.word(row, STATE) && e.isProven(row) ? 'observed' : 'inferred' }
  }

  private waitOf(slot: Slot, now: Nanoseconds): Wait | null {
    const { conversations: c, endpoints: e } = this.tracker
    const since = (from: Nanoseconds): Milliseconds => Math.max(0, now - from) / 1e6
    const client = this.rank(slot, Side.CLIENT)
    const server = this.rank(slot, Side.SERVER)
    if (c.has(slot, Trait.RESET) || c.has(slot, Trait.SELF) || (isOver(client) && isOver(server))) return null
    if (client === State.SYN_SENT && isOver(server)) return null
    if (client === State.SYN_SENT)
      return { for: 'server', why: 'open', ms: since(c.time(slot, FIRST_TIME)), basis: 'observed' }
    if (server === State.SYN_RCVD && e.has(slot * 2 + 1, Known.SPOKE))
      return { for: 'client', why: 'open', ms: since(e.wide(slot * 2 + 1, SENT_TIME)), basis: 'observed' }
    const closing = client === State.CLOSE_WAIT ? 'client' : server === State.CLOSE_WAIT ? 'server' : null
    if (closing !== null) return { for: closing, why: 'close', ms: since(c.time(slot, CLOSE_TIME)), basis: 'observed' }
    if (c.has(slot, Trait.CLOSING)) return null
    for (const side of SIDES) {
      const closed = this.facts[slot * STRIDE + CLOSED + side]
      if (closed !== 0)
        return {
          for: side === Side.CLIENT ? 'client' : 'server',
          why: 'window',
          ms: since(closed - 1),
          basis: 'observed',
        }
    }
    const fromClient = this.facts[slot * STRIDE + DATA]
    const fromServer = this.facts[slot * STRIDE + DATA + 1]
    const step = this.watch.step(slot)
    const latest = Math.max(fromClient, fromServer, 1) - 1
    if (step !== null) {
      if (step === 'idle') return null
      return { for: step === 'request' ? 'client' : 'server', why: step, ms: since(latest), basis: 'observed' }
    }
    if (latest === 0) return null
    return { for: fromClient > fromServer ? 'server' : 'client', why: 'data', ms: since(latest), basis: 'inferred' }
  }
}
