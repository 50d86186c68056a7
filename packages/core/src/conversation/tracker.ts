import { Arena, type MemoryRoom } from '../bytes/arena.ts'
import { Decode, Packet, Protocol } from '../packet/packet.ts'
import type { Nanoseconds, Offset } from '../units.ts'
import { Flag } from '../wire/tcp.ts'
import { readOptions, TcpOptions } from '../wire/tcp-options.ts'
import { hasWaiting, likelyState, settle, vanish } from './arrival.ts'
import { fits, startsAnew } from './belonging.ts'
import { Conversations, Endpoints } from './conversations.ts'
import { noteClosing, noteOpening, noteSynOptions, resolveCloser } from './course.ts'
import { FlowTable } from './flow-table.ts'
import { quoteTcp, refuses } from './icmp-quote.ts'
import { distance, Known, Phase, Trait } from './known.ts'
import { Label } from './labels.ts'
import { Lane } from './lane.ts'
import { BOX_WORDS, Box } from './lane-box.ts'
import { LingerQueue } from './linger-queue.ts'
import { Machine } from './machine.ts'
import {
  CLIENT,
  CLIENT_ADDRESS,
  CLOSE_TIME,
  FIN_PACKET,
  FIRST_TIME,
  FLAGS,
  has,
  ISN,
  LAST_PACKET,
  LAST_TIME,
  NUMBER,
  OPEN_TIME,
  OTHER,
  PACKETS,
  type Page,
  PORTS,
  peerOf,
  SERVER,
  SLOT_BITS,
  STATE,
  WAITING_RST,
  WAITING_SYN,
  WAITING_SYN_ACK,
} from './page.ts'
import { Reassembly } from './reassembly.ts'
import { Resets } from './resets.ts'
import { guessServerIsSender } from './roles.ts'
import { Segment } from './segment.ts'
import { SequenceAnalysis } from './sequence.ts'
import { isOver, State } from './state.ts'
import { Side, type Slot, type StreamSink } from './stream.ts'
import { judgePhase, phaseOf, takeSyn, takeUsual } from './usual.ts'

/** So many conversations that are over keep their slots for stragglers. Counted, not timed: the result must not depend on
 *  how the packets of different conversations interleave. */
const LINGERING = 4096
/** Live conversations before the longest idle ones are ended by force. */
const LIVE = 1 << 22
/** About so many of them are looked at to find out how long is longest. */
const SAMPLE = 1024
/** More than there can be slots. */
const SLOTS = 1 << SLOT_BITS

/** Told about conversations; the record of the slot is valid during every call. */
export interface TrackerEvents {
  opened(slot: Slot): void
  /** After the segment has been worked into both machines and both streams; only with `history`. */
  segment(segment: Segment): void
  /** The slot is reused after this call. */
  ended(slot: Slot): void
}

export interface TrackerOptions {
  /** Keep what reports on single packets and states need: labels, relative numbers, packet numbers of every state. */
  history: boolean
  /** Any number; makes hash collisions unpredictable. */
  seed: number
  /** For a lane; only without history. */
  room?: MemoryRoom
  /** Live conversations before the longest idle ones are ended by force; four million unless told. */
  most?: number
}

/** Packets → TCP conversations (RFC 9293): flow table, sequence analysis, two state machines each, ordered streams. */
export class Tracker {
  readonly endpoints: Endpoints
  readonly conversations: Conversations
  readonly reassembly: Reassembly
  /** Takes usual segments out of files itself; null without room for it. */
  readonly lane: Lane | null
  /** Conversations that were ended by force to bound memory. */
  evicted = 0
  /** Slot whose attempt to connect the last packet, an ICMP error, ended; else -1. */
  endedByIcmp: Slot = -1
  /** Slot of whose segment the last packet, an ICMP error, speaks, and who sent that; else -1. */
  quotedByIcmp: Slot = -1
  quotedSide: Side = Side.CLIENT

  private readonly machine = new Machine()
  private readonly resets = new Resets()
  private readonly flows: FlowTable
  private readonly sequence: SequenceAnalysis
  private readonly events: TrackerEvents
  private readonly segment = new Segment()
  private readonly options = new TcpOptions()
  private readonly quoted = new Packet()
  private readonly lingering = new LingerQueue(LINGERING)
  /** Where slots and conversations are counted (lane-box.ts). */
  private readonly box: Uint32Array
  private lastTime: Nanoseconds = 0

  constructor(options: TrackerOptions, events: TrackerEvents, sink: StreamSink | null) {
    let arena = options.room === undefined || options.history || !isLittleEndian() ? null : new Arena(options.room)
    const boxAt = arena?.allocate(4 * BOX_WORDS) ?? 0
    if (boxAt === 0) arena = null
    const box = new Uint32Array(arena?.buffer ?? new ArrayBuffer(4 * BOX_WORDS), boxAt, BOX_WORDS)
    box[Box.MOST] = options.most ?? LIVE
    this.box = box
    this.conversations = new Conversations(options.history, arena, box)
    this.endpoints = new Endpoints(this.conversations)
    this.reassembly = new Reassembly(sink)
    this.sequence = new SequenceAnalysis(this.reassembly)
    this.flows = new FlowTable(this.conversations, options.seed, arena, box)
    this.events = events
    this.lane = arena === null ? null : this.createLane(arena, boxAt)
  }

  /** Conversations begun so far. */
  get count(): number {
    return this.box[Box.COUNT]
  }

  /** Takes the next packet of the capture. Returns the conversation's slot, or -1 for what is not TCP. */
  add(p: Packet): Slot {
    this.lastTime = p.time
    this.endedByIcmp = this.quotedByIcmp = -1
    if (p.protocol !== Protocol.TCP || p.status !== Decode.OK) {
      if (p.protocol === Protocol.ICMP || p.protocol === Protocol.ICMPV6) this.icmp(p)
      return -1
    }
    const found = this.flows.find(p)
    if (found < 0) return this.begin(p, -1)
    const page = this.conversations.pageOf(found)
    const c = this.conversations.recordAt(found)
    const { fromClient } = this.flows
    const side = fromClient ? Side.CLIENT : Side.SERVER
    const phase = phaseOf(page.words, c)
    if (phase !== Phase.OTHER && takeUsual(page, c, phase, found, side, p, this.reassembly, this.machine)) {
      if (phase === Phase.BOTH_FINS) this.linger(page, c, found)
      return found
    }
    if (startsAnew(page, c, fromClient, p)) return this.begin(p, found)
    const older = page.words[c + OTHER] - 1
    if (older >= 0) {
      if (!fits(page, c, fromClient, p) && this.takeOlder(older, p)) return older
    } else if (has(page.words, c, Trait.LINGERING) && !fits(page, c, fromClient, p)) {
      // Nothing of the finished connection: its ports are in use again, and the new SYN was not captured.
      return this.begin(p, found)
    }
    this.take(page, c, found, side, p, false)
    return found
  }

  /** The capture is over: every conversation that is still there ends, oldest first. */
  finish(): void {
    // Slots in the order of their conversations' numbers: both in one number, since sorting those needs no memory.
    const live = new Float64Array(this.box[Box.LIVE])
    let count = 0
    this.each((slot) => {
      live[count++] = this.conversations.word(slot, NUMBER) * SLOTS + slot
    })
    live.sort()
    // As an integer: V8 would give the remainder as a boxed number, for which all that ends a conversation is compiled anew.
    for (let i = 0; i < count; i++) this.end((live[i] % SLOTS) | 0)
  }

  /** Ends the conversations that are over and of which nothing has come since `time`: in a capture that goes on for days
   *  they are told of in time. One that still gets stragglers holds up those behind it. */
  endQuiet(time: Nanoseconds): void {
    const { conversations, lingering } = this
    while (lingering.length > 0) {
      const { slot } = lingering
      const isCurrent = conversations.word(slot, NUMBER) === lingering.number
      if (isCurrent && conversations.time(slot, LAST_TIME) > time) return
      this.endOldest()
    }
  }

  /** Calls `visit` with the slot of every conversation that has not ended. */
  each(visit: (slot: Slot) => void): void {
    for (let slot = 0; slot < this.box[Box.SLOTS]; slot++) if (this.conversations.word(slot, NUMBER) !== 0) visit(slot)
  }

  /** The state that an endpoint (row: 2 · slot + side) is in if everything that waits for it arrives. */
  likelyState(row: number): number {
    return likelyState(this.conversations.pageOf(row >> 1), this.endpoints.at(row))
  }

  /** Begins a conversation with the packet; `old` is the slot that used the 4-tuple before, or -1. */
  private begin(p: Packet, old: Slot): Slot {
    const slot = this.open(p, old)
    const page = this.conversations.pageOf(slot)
    const c = this.conversations.recordAt(slot)
    if (!takeSyn(page, c, p)) this.take(page, c, slot, this.flows.fromClient ? Side.CLIENT : Side.SERVER, p, true)
    return slot
  }

  /** Gives the packet to a conversation whose 4-tuple another one uses now, if it belongs there. */
  private takeOlder(older: Slot, p: Packet): boolean {
    const page = this.conversations.pageOf(older)
    const c = this.conversations.recordAt(older)
    const fromClient = this.isClient(page, c, p)
    if (!fits(page, c, fromClient, p)) return false
    this.take(page, c, older, fromClient ? Side.CLIENT : Side.SERVER, p, false)
    return true
  }

  private take(page: Page, c: number, slot: Slot, side: Side, p: Packet, opens: boolean): void {
    const { words: w, times: t } = page
    const self = has(w, c, Trait.SELF)
    const i = c + (self || side === Side.CLIENT ? CLIENT : SERVER)
    const j = self ? i : peerOf(c, i)
    const segment = this.segment
    segment.packet = p
    segment.slot = slot
    segment.side = self ? Side.CLIENT : side
    segment.opens = opens
    segment.isReuse = opens && w[c + OTHER] !== 0
    if ((p.flags & Flag.SYN) !== 0) noteSynOptions(page, i, p)
    t[(c + LAST_TIME) >> 1] = p.time
    w[c + LAST_PACKET] = p.number
    const { sequence, machine, resets } = this
    sequence.take(page, c, segment, i, j)
    w[i + FLAGS] |= Known.SPOKE
    if (page.history) w[i + PACKETS]++
    if ((p.flags & Flag.RST) !== 0) this.reset(page, c, slot, side, i, j, p)
    else if (!sequence.plain) {
      if (w[i + WAITING_RST] !== 0) resets.outlive(page, c, i, p.time)
      if (has(w, c, Trait.RESET) && segment.exact && resets.survive(page, c, i, p.time)) {
        w[c + FLAGS] &= ~(Trait.RESET | Trait.CLOSING | Trait.CLOSED_BY_SERVER)
        w[i + FIN_PACKET] = 0
      }
      if (p.payloadBytes === 0 && (segment.labels & Label.PREVIOUS_NOT_CAPTURED) !== 0)
        machine.noteBeyond(page, c, i, p, this.reportsDuplicate(p))
      machine.segment(page, c, i, j, p, segment.freshFin, sequence.finInOrder, segment.exact)
      if (t[(c + OPEN_TIME) >> 1] === 0) noteOpening(page, c, side, i, j, p)
      if (segment.freshFin) noteClosing(page, c, side, i, j, p)
      else if (has(w, c, Trait.CLOSER_UNKNOWN)) resolveCloser(page, c, side, i, j, p)
    }
    sequence.remember(page, segment, i)
    if (sequence.finInOrder) this.reassembly.end(page, i, slot, segment.side, 'fin', p.number, p.time)
    if (page.history) this.events.segment(segment)
    const mayBeOver = (w[i + FLAGS] & w[j + FLAGS] & Known.FIN) !== 0 || has(w, c, Trait.RESET)
    if (mayBeOver && this.isFinished(page, i, j)) this.linger(page, c, slot)
    if (!page.history) judgePhase(page, c, i, j)
  }

  /** Whether both ends are done after a reset or both FINs. Where a state is not known (a refused attempt, a capture from
   *  the middle), those alone tell. */
  private isFinished(page: Page, i: number, j: number): boolean {
    const own = likelyState(page, i)
    const other = likelyState(page, j)
    return own === State.UNKNOWN || other === State.UNKNOWN || (isOver(own) && isOver(other))
  }

  private reset(page: Page, c: number, slot: Slot, side: Side, i: number, j: number, p: Packet): void {
    const { words: w, times: t } = page
    const { resets } = this
    const wasOpening = w[j + STATE] === State.SYN_SENT && w[j + WAITING_SYN_ACK] === 0
    const wasLive = !isOver(likelyState(page, i)) || !isOver(likelyState(page, j))
    if (!resets.reset(page, c, i, j, p)) return
    if (wasOpening && (p.flags & Flag.ACK) !== 0 && i !== j) w[c + FLAGS] |= Trait.REFUSED
    if (!wasLive) return
    if (w[i + FIN_PACKET] === 0) w[i + FIN_PACKET] = p.number
    if (!has(w, c, Trait.RESET)) {
      w[c + FLAGS] |= Trait.RESET
      this.reassembly.end(page, c + CLIENT, slot, Side.CLIENT, 'reset', p.number, p.time)
      this.reassembly.end(page, c + SERVER, slot, Side.SERVER, 'reset', p.number, p.time)
    }
    if (!has(w, c, Trait.CLOSING)) {
      w[c + FLAGS] |= Trait.CLOSING
      t[(c + CLOSE_TIME) >> 1] = p.time
      if (side === Side.SERVER) w[c + FLAGS] |= Trait.CLOSED_BY_SERVER
    }
  }

  /** A DSACK: its first block lies below the acknowledgement (RFC 2883 §4). */
  private reportsDuplicate(p: Packet): boolean {
    const options = this.options
    readOptions(p.bytes, p.transportAt, Math.min(p.payloadAt, p.end), options)
    return options.sackCount > 0 && distance(options.sackLeft[0], p.ack) < 0
  }

  /** Whether the packet's sender is the client of an older conversation on its 4-tuple. */
  private isClient(page: Page, c: number, p: Packet): boolean {
    const ports = page.words[c + PORTS]
    if (ports >>> 16 !== (ports & 0xffff)) return ports >>> 16 === p.sourcePort
    // Equal ports: the newer conversation of the same flow found the direction by addresses; its roles may be swapped.
    const newest = this.flows.find(p)
    const same = page.words[c + CLIENT_ADDRESS] === this.conversations.word(newest, CLIENT_ADDRESS)
    return this.flows.fromClient === same
  }

  private createLane(arena: Arena, boxAt: Offset): Lane {
    const { box, conversations, flows, reassembly, machine } = this
    return new Lane(arena, {
      box,
      boxAt,
      conversations,
      flows,
      reassembly,
      machine,
      passed: (time) => {
        this.lastTime = time
      },
      begun: (slot) => this.events.opened(slot),
      over: (slot, time) => {
        this.lastTime = time
        this.linger(conversations.pageOf(slot), conversations.recordAt(slot), slot)
      },
    })
  }

  private open(p: Packet, old: Slot): Slot {
    this.lane?.begin(p.baseSeconds)
    if (this.box[Box.LIVE] > this.box[Box.MOST]) this.evict()
    const { conversations } = this
    const slot = this.takeSlot()
    const page = conversations.pageOf(slot)
    const { words: w } = page
    const c = conversations.recordAt(slot)
    const syn = p.flags & (Flag.SYN | Flag.ACK)
    const opening = (p.flags & Flag.SYN) !== 0 && (p.flags & Flag.RST) === 0
    const senderIsClient = opening ? syn === Flag.SYN : !guessServerIsSender(p)
    w[c + NUMBER] = ++this.box[Box.COUNT]
    w[c + FLAGS] = opening ? Trait.ROLES_OBSERVED : Trait.MID_STREAM
    if (page.history) page.times[(c + FIRST_TIME) >> 1] = p.time
    // Making room may just have ended the old one.
    if (old >= 0 && conversations.word(old, NUMBER) !== 0) this.supersede(old, slot, p, senderIsClient)
    else this.flows.insert(slot, p, senderIsClient)
    if (conversations.isSelf(slot)) w[c + FLAGS] |= Trait.SELF
    this.flows.fromClient = senderIsClient
    this.events.opened(slot)
    return slot
  }

  /** A free slot, its record all zero. */
  private takeSlot(): Slot {
    const { conversations, box } = this
    box[Box.LIVE]++
    if (box[Box.FREE] === 0) {
      conversations.reserve(box[Box.SLOTS])
      return box[Box.SLOTS]++
    }
    const slot = box[Box.FREE] - 1
    box[Box.FREE] = conversations.word(slot, OTHER)
    conversations.clear(slot)
    return slot
  }

  /** The 4-tuple of `old` belongs to `slot` from now on; the sender of the new SYN has lost its old socket. */
  private supersede(old: Slot, slot: Slot, p: Packet, senderIsClient: boolean): void {
    const { conversations } = this
    const { fromClient } = this.flows
    this.flows.writeKey(slot, p, senderIsClient)
    this.flows.replace(old, slot)
    const page = conversations.pageOf(old)
    const c = conversations.recordAt(old)
    const older = page.words[c + OTHER] - 1
    if (older >= 0) this.end(older)
    conversations.pageOf(slot).words[conversations.recordAt(slot) + OTHER] = old + 1
    page.words[c + OTHER] = slot + 1
    page.words[c + FLAGS] |= Trait.SUPERSEDED
    vanish(page, c, c + (fromClient ? CLIENT : SERVER), p.number, p.time)
    this.linger(page, c, old)
  }

  /** Notes of which conversation an ICMP error speaks. One that quotes the SYN of a connection that is being opened ends the attempt (RFC 5461 §4.2). */
  private icmp(p: Packet): void {
    if (!quoteTcp(p, this.quoted)) return
    const slot = this.flows.find(this.quoted)
    if (slot < 0) return
    this.quotedByIcmp = slot
    this.quotedSide = this.flows.fromClient ? Side.CLIENT : Side.SERVER
    if (!refuses(p)) return
    const page = this.conversations.pageOf(slot)
    const { words: w } = page
    const c = this.conversations.recordAt(slot)
    const i = c + (this.flows.fromClient ? CLIENT : SERVER)
    if (w[i + STATE] !== State.SYN_SENT || w[i + WAITING_SYN_ACK] !== 0 || this.quoted.seq !== w[i + ISN]) return
    this.endedByIcmp = slot
    vanish(page, c, i, p.number, p.time)
    // It did not get there.
    w[c + (this.flows.fromClient ? SERVER : CLIENT) + WAITING_SYN] = 0
    page.times[(c + LAST_TIME) >> 1] = p.time
    this.linger(page, c, slot)
  }

  private linger(page: Page, c: number, slot: Slot): void {
    const { words: w } = page
    if (has(w, c, Trait.LINGERING)) return
    if (this.lingering.length === LINGERING) this.endOldest()
    w[c + FLAGS] = (w[c + FLAGS] & ~Trait.PHASE) | Trait.LINGERING
    this.lingering.push(slot, w[c + NUMBER])
  }

  /** Ends the conversation that has been lingering longest, unless it ended otherwise. */
  private endOldest(): void {
    const slot = this.lingering.slot
    const isCurrent = this.conversations.word(slot, NUMBER) === this.lingering.number
    this.lingering.shift()
    if (isCurrent) this.end(slot)
  }

  /** Too many live conversations: about the tenth that has been idle longest goes. The border is taken from a sample,
   *  so that the cost of a flood stays linear. */
  private evict(): void {
    const { conversations } = this
    const sample: number[] = []
    const step = Math.max(1, Math.floor(this.box[Box.SLOTS] / SAMPLE))
    for (let slot = 0; slot < this.box[Box.SLOTS]; slot += step)
      if (conversations.word(slot, NUMBER) !== 0) sample.push(conversations.time(slot, LAST_TIME))
    sample.sort((a, b) => a - b)
    const border = sample[Math.floor(sample.length / 10)]
    for (let slot = 0; slot < this.box[Box.SLOTS]; slot++) {
      if (conversations.word(slot, NUMBER) === 0 || conversations.time(slot, LAST_TIME) > border) continue
      this.evicted++
      this.end(slot)
    }
  }

  private end(slot: Slot): void {
    const { conversations, reassembly } = this
    const page = conversations.pageOf(slot)
    const { words: w } = page
    const c = conversations.recordAt(slot)
    if (w[c + NUMBER] === 0) return
    const lastTime = page.times[(c + LAST_TIME) >> 1]
    const lastPacket = w[c + LAST_PACKET]
    const client = c + CLIENT
    const server = c + SERVER
    if (hasWaiting(page, client)) settle(page, c, client, lastTime)
    reassembly.end(page, client, slot, Side.CLIENT, 'capture-end', lastPacket, this.lastTime)
    if (hasWaiting(page, server)) settle(page, c, server, lastTime)
    reassembly.end(page, server, slot, Side.SERVER, 'capture-end', lastPacket, this.lastTime)
    this.events.ended(slot)
    this.forget(page, client)
    this.forget(page, server)
    const other = w[c + OTHER] - 1
    if (has(w, c, Trait.SUPERSEDED)) {
      conversations.pageOf(other).words[conversations.recordAt(other) + OTHER] = 0
    } else {
      if (other >= 0) this.end(other)
      this.flows.delete(slot)
    }
    w[c + NUMBER] = 0
    w[c + OTHER] = this.box[Box.FREE]
    this.box[Box.FREE] = slot + 1
    this.box[Box.LIVE]--
  }

  /** Drops what is kept of an endpoint beside its record. */
  private forget(page: Page, i: number): void {
    this.machine.forget(page, i)
    this.resets.forget(page, i)
    this.reassembly.release(page, i)
  }
}

/** WebAssembly's memory is, whatever the machine; the records are read as the machine's own words. */
function isLittleEndian(): boolean {
  return new Uint8Array(Uint32Array.of(1).buffer)[0] === 1
}
