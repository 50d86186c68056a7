import { Decode, Packet, Protocol } from '../packet/packet.ts'
import type { Nanoseconds, PacketNumber } from '../units.ts'
import { Flag } from '../wire/tcp.ts'
import { readOptions, TcpOptions } from '../wire/tcp-options.ts'
import { Conversations, distance, Endpoints, Known, Trait, Usual } from './columns.ts'
import { FlowTable } from './flow-table.ts'
import { quoteTcp } from './icmp-quote.ts'
import { Label } from './labels.ts'
import { LingerQueue } from './linger-queue.ts'
import { Machine } from './machine.ts'
import { Reassembly } from './reassembly.ts'
import { guessServerIsSender } from './roles.ts'
import { Segment } from './segment.ts'
import { SequenceAnalysis } from './sequence.ts'
import { isOver, State } from './state.ts'
import { Side, type Slot, type StreamSink } from './stream.ts'

/** So many conversations that are over keep their slots for stragglers. Counted, not timed: the result must not depend on
 *  how the packets of different conversations interleave. */
const LINGERING = 4096
/** A segment further from a connection's numbers belongs to another connection on the same ports. */
const STRAY = 1 << 20
/** Live conversations before the longest idle ones are ended by force. */
const LIVE = 1 << 22

/** Told about conversations; columns of the slot are valid during every call. */
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
}

/** Packets → TCP conversations (RFC 9293): flow table, sequence analysis, two state machines each, ordered streams. */
export class Tracker {
  readonly endpoints: Endpoints
  readonly conversations: Conversations
  readonly machine: Machine
  readonly reassembly: Reassembly
  /** Conversations begun so far, and those that were ended by force to bound memory. */
  count = 0
  evicted = 0
  /** Slot whose attempt to connect the last packet, an ICMP error, ended; else -1. */
  endedByIcmp: Slot = -1

  private readonly flows: FlowTable
  private readonly sequence: SequenceAnalysis
  private readonly events: TrackerEvents
  private readonly segment = new Segment()
  private readonly options = new TcpOptions()
  private readonly quoted = new Packet()
  private readonly lingering = new LingerQueue(LINGERING)
  private free: Slot[] = []
  private rows = 0
  private lastTime: Nanoseconds = 0

  constructor(options: TrackerOptions, events: TrackerEvents, sink: StreamSink | null) {
    this.endpoints = new Endpoints(256, options.history)
    this.conversations = new Conversations(128)
    this.machine = new Machine(this.endpoints, this.conversations)
    this.reassembly = new Reassembly(this.endpoints, sink)
    this.sequence = new SequenceAnalysis(this.endpoints, this.conversations, this.reassembly)
    this.flows = new FlowTable(this.conversations, options.seed)
    this.events = events
  }

  /** Takes the next packet of the capture. Returns the conversation's slot, or -1 for what is not TCP. */
  add(p: Packet): Slot {
    this.lastTime = p.time
    this.endedByIcmp = -1
    if (p.protocol !== Protocol.TCP || p.status !== Decode.OK) {
      if (p.protocol === Protocol.ICMP || p.protocol === Protocol.ICMPV6) this.icmp(p)
      return -1
    }
    let slot = this.flows.find(p)
    let fromClient = this.flows.fromClient
    let opens = false
    if (slot >= 0) {
      const usual = this.conversations.usual[slot]
      if (usual !== Usual.NO && this.takeUsual(slot, fromClient ? Side.CLIENT : Side.SERVER, p, usual)) return slot
      const older = this.conversations.other[slot] - 1
      if (this.startsAnew(slot, fromClient, p)) {
        slot = this.open(p, slot)
        fromClient = this.flows.fromClient
        opens = true
      } else if (older >= 0) {
        const olderFromClient = this.isClient(older, p)
        if (!this.fits(slot, fromClient, p) && this.fits(older, olderFromClient, p)) {
          slot = older
          fromClient = olderFromClient
        }
      } else if (this.conversations.has(slot, Trait.LINGERING) && !this.fits(slot, fromClient, p)) {
        // Nothing of the finished connection: its ports are in use again, and the new SYN was not captured.
        slot = this.open(p, slot)
        fromClient = this.flows.fromClient
        opens = true
      }
    } else {
      slot = this.open(p, -1)
      fromClient = this.flows.fromClient
      opens = true
    }
    this.take(slot, fromClient ? Side.CLIENT : Side.SERVER, p, opens)
    return slot
  }

  /** The capture is over: every conversation that is still there ends, oldest first. */
  finish(): void {
    const live: Slot[] = []
    for (let slot = 0; slot < this.rows; slot++) if (this.conversations.number[slot] !== 0) live.push(slot)
    const { number } = this.conversations
    live.sort((a, b) => number[a] - number[b])
    for (const slot of live) this.end(slot)
  }

  /** Most segments: in sequence, of an established connection, with no flag but ACK and PSH, nothing unseen, nothing held.
   *  They move counters only. Only where no report on single packets is wanted: labels and delays are not kept. */
  private takeUsual(slot: Slot, side: Side, p: Packet, usual: number): boolean {
    const e = this.endpoints
    const i = slot * 2 + side
    const j = i ^ 1
    const { ack, payloadBytes: bytes } = p
    if (
      (p.flags & ~Flag.PSH) !== Flag.ACK ||
      p.seq !== e.next[i] ||
      distance(ack, e.edge[j]) > 0 ||
      distance(ack, e.acked[j]) < 0
    )
      return false
    if (bytes > 0) {
      if (e.edge[i] !== p.seq) return false
      this.reassembly.takeNext(slot, side, i, p, bytes)
      e.next[i] = e.edge[i]
      e.bytes[i] += bytes
      if (usual === Usual.UNPROVEN) {
        e.flags[i] |= Known.DATA
        e.prove(i, p.number)
        this.conversations.usual[slot] = this.judgeUsual(slot, i, j)
      }
    }
    e.acked[j] = ack
    e.ack[i] = ack
    e.window[i] = p.window
    e.packets[i]++
    const c = this.conversations
    c.lastTime[slot] = p.time
    c.lastPacket[slot] = p.number
    return true
  }

  /** Whether the next segments of the slot may be taken by takeUsual(). */
  private judgeUsual(slot: Slot, i: number, j: number): number {
    const e = this.endpoints
    const isUsual =
      e.state[i] === State.ESTABLISHED &&
      e.state[j] === State.ESTABLISHED &&
      ((e.flags[i] | e.flags[j]) & (Known.FIN | Known.UNSEEN | Known.FAST_OPEN)) === 0 &&
      (e.flags[i] & e.flags[j] & Known.ACKED) !== 0 &&
      e.waitingRst[i] === 0 &&
      e.waitingRst[j] === 0 &&
      this.conversations.other[slot] === 0 &&
      (this.conversations.flags[slot] & (Trait.SELF | Trait.LINGERING | Trait.RESET)) === 0 &&
      this.conversations.openTime[slot] !== 0
    if (!isUsual) return Usual.NO
    const hasAllSpoken = (e.flags[i] & e.flags[j] & Known.DATA) !== 0
    return hasAllSpoken && e.isProven(i) && e.isProven(j) ? Usual.YES : Usual.UNPROVEN
  }

  private take(slot: Slot, side: Side, p: Packet, opens: boolean): void {
    const e = this.endpoints
    const c = this.conversations
    const self = c.has(slot, Trait.SELF)
    const i = slot * 2 + (self ? 0 : side)
    const j = self ? i : i ^ 1
    const segment = this.segment
    segment.packet = p
    segment.slot = slot
    segment.side = self ? Side.CLIENT : side
    segment.opens = opens
    segment.isReuse = opens && c.other[slot] !== 0
    if ((p.flags & Flag.SYN) !== 0) this.readSyn(i, p)
    c.lastTime[slot] = p.time
    c.lastPacket[slot] = p.number
    const sequence = this.sequence
    sequence.take(segment, i, j)
    e.packets[i]++
    if ((p.flags & Flag.RST) !== 0) this.reset(slot, side, i, j, p)
    else if (!sequence.plain) {
      if (e.waitingRst[i] !== 0) this.machine.outlive(slot, i, p.time)
      if (c.has(slot, Trait.RESET) && segment.exact && this.machine.survive(slot, i, p.time)) {
        c.flags[slot] &= ~(Trait.RESET | Trait.CLOSING | Trait.CLOSED_BY_SERVER)
        e.finPacket[i] = 0
      }
      if (p.payloadBytes === 0 && (segment.labels & Label.PREVIOUS_NOT_CAPTURED) !== 0)
        this.machine.noteBeyond(i, p, this.reportsDuplicate(p))
      this.machine.segment(slot, i, j, p, segment.freshFin, sequence.finInOrder, segment.exact)
      if (c.openTime[slot] === 0) this.noteOpening(slot, side, i, j, p)
      if (segment.freshFin) this.noteClosing(slot, side, i, j, p)
      else if (c.has(slot, Trait.CLOSER_UNKNOWN)) this.resolveCloser(slot, side, i, j, p)
    }
    sequence.remember(segment, i)
    if (sequence.finInOrder) this.reassembly.end(slot, segment.side, i, 'fin', p.number, p.time)
    if (e.history) this.events.segment(segment)
    const mayBeOver = (e.flags[i] & e.flags[j] & Known.FIN) !== 0 || c.has(slot, Trait.RESET)
    if (mayBeOver && this.isFinished(i, j)) this.linger(slot)
    if (!e.history) c.usual[slot] = this.judgeUsual(slot, i, j)
  }

  /** Whether both ends are done after a reset or both FINs. Where a state is not known (a refused attempt, a capture from
   *  the middle), those alone tell. */
  private isFinished(i: number, j: number): boolean {
    const own = this.machine.likelyState(i)
    const other = this.machine.likelyState(j)
    return own === State.UNKNOWN || other === State.UNKNOWN || (isOver(own) && isOver(other))
  }

  private reset(slot: Slot, side: Side, i: number, j: number, p: Packet): void {
    const e = this.endpoints
    const c = this.conversations
    const wasOpening = e.state[j] === State.SYN_SENT && e.waitingSynAck[j] === 0
    const wasLive = !isOver(this.machine.likelyState(i)) || !isOver(this.machine.likelyState(j))
    if (!this.machine.reset(slot, i, j, p)) return
    if (wasOpening && (p.flags & Flag.ACK) !== 0 && i !== j) c.flags[slot] |= Trait.REFUSED
    if (!wasLive) return
    if (e.finPacket[i] === 0) e.finPacket[i] = p.number
    if (!c.has(slot, Trait.RESET)) {
      c.flags[slot] |= Trait.RESET
      for (const end of [Side.CLIENT, Side.SERVER] as const) {
        this.reassembly.end(slot, end, slot * 2 + end, 'reset', p.number, p.time)
      }
    }
    if (!c.has(slot, Trait.CLOSING)) {
      c.flags[slot] |= Trait.CLOSING
      c.closeTime[slot] = p.time
      if (side === Side.SERVER) c.flags[slot] |= Trait.CLOSED_BY_SERVER
    }
  }

  /** Times of the handshake, for round trip and vantage. */
  private noteOpening(slot: Slot, side: Side, i: number, j: number, p: Packet): void {
    const e = this.endpoints
    const c = this.conversations
    const syn = p.flags & (Flag.SYN | Flag.ACK)
    if (syn === Flag.SYN) {
      if (side === Side.CLIENT && c.synAckTime[slot] === 0) c.synTime[slot] = p.time + 1
    } else if (syn === (Flag.SYN | Flag.ACK)) {
      if (side === Side.SERVER && c.synTime[slot] !== 0) c.synAckTime[slot] = p.time + 1
    } else if (
      side === Side.CLIENT &&
      c.synAckTime[slot] !== 0 &&
      e.has(j, Known.ISN) &&
      distance(p.ack, e.isn[j]) > 0 &&
      e.has(i, Known.SYN)
    ) {
      c.openTime[slot] = p.time + 1
      c.flags[slot] |= Trait.HANDSHAKE
      this.sequence.noteDelay(j, c.synAckTime[slot] - c.synTime[slot])
      this.sequence.noteDelay(i, c.openTime[slot] - c.synAckTime[slot])
    }
  }

  /** Who sent the first FIN: decided once, and whether the other's FIN left before it had arrived. */
  private noteClosing(slot: Slot, side: Side, i: number, j: number, p: Packet): void {
    const e = this.endpoints
    const c = this.conversations
    e.finPacket[i] = p.number
    const beyond = distance(p.ack, e.next[j])
    if (!c.has(slot, Trait.CLOSING)) {
      c.flags[slot] |= Trait.CLOSING
      c.closeTime[slot] = p.time
      let bySide: Side = side
      if (e.has(i, Known.FIN_AMBIGUOUS) || (beyond > 0 && i !== j)) {
        // It acknowledges what was not captured. One number beyond all that its side acknowledged before is the
        // peer's FIN; more may be data, a FIN, or both.
        if (beyond === 1 || distance(p.ack, e.ack[i]) === 1) bySide = (side ^ 1) as Side
        else c.flags[slot] |= Trait.CLOSER_UNKNOWN
      } else if (c.has(slot, Trait.MID_STREAM) && !e.has(j, Known.DATA) && i !== j) {
        // The peer may have closed before the capture began: it was not seen to send anything since.
        c.flags[slot] |= Trait.CLOSER_UNKNOWN
      }
      if (bySide === Side.SERVER) c.flags[slot] |= Trait.CLOSED_BY_SERVER
    } else if (i !== j && e.has(j, Known.FIN) && (p.flags & Flag.ACK) !== 0) {
      if (distance(p.ack, e.fin[j]) <= 0) c.flags[slot] |= Trait.SIMULTANEOUS_CLOSE
      // What the first one had acknowledged until now leaves this FIN out: it left later.
      if (distance(e.ack[j], e.fin[i]) <= 0) c.flags[slot] &= ~Trait.CLOSER_UNKNOWN
    }
  }

  /** Payload from the other side, beyond all that the first FIN's sender had acknowledged: no FIN came before it. Or that
   *  direction is not captured, but after its own FIN this side acknowledges exactly one number more: that is the peer's
   *  FIN, which came second. */
  private resolveCloser(slot: Slot, side: Side, i: number, j: number, p: Packet): void {
    const e = this.endpoints
    const c = this.conversations
    const bySide = c.has(slot, Trait.CLOSED_BY_SERVER) ? Side.SERVER : Side.CLIENT
    const isSecondFin = side === bySide && !e.has(j, Known.FIN) && distance(p.ack, e.ack[i]) === 1
    const isStillSending = side !== bySide && p.payloadBytes > 0 && distance(p.seq, e.ack[j]) >= 0
    if (isSecondFin || isStillSending) c.flags[slot] &= ~Trait.CLOSER_UNKNOWN
  }

  /** A DSACK: its first block lies below the acknowledgement (RFC 2883 §4). */
  private reportsDuplicate(p: Packet): boolean {
    const options = this.options
    readOptions(p.bytes, p.transportAt, Math.min(p.payloadAt, p.end), options)
    return options.sackCount > 0 && distance(options.sackLeft[0], p.ack) < 0
  }

  private readSyn(i: number, p: Packet): void {
    const e = this.endpoints
    const options = this.options
    const headerEnd = Math.min(p.payloadAt, p.end)
    readOptions(p.bytes, p.transportAt, headerEnd, options)
    if (options.mss >= 0) e.mss[i] = options.mss
    if (options.windowScale >= 0) {
      e.scale[i] = Math.min(options.windowScale, 14)
      e.flags[i] |= Known.SCALE
    } else e.flags[i] &= ~Known.SCALE
    if (options.sackPermitted) e.flags[i] |= Known.SACK
    if (options.hasTimestamps) e.flags[i] |= Known.TIMESTAMPS
  }

  /** A SYN on a known 4-tuple: does it begin another connection? */
  private startsAnew(slot: Slot, fromClient: boolean, p: Packet): boolean {
    if ((p.flags & (Flag.SYN | Flag.RST)) !== Flag.SYN) return false
    const e = this.endpoints
    const c = this.conversations
    const i = slot * 2 + (fromClient ? 0 : 1)
    const j = i ^ 1
    if ((p.flags & Flag.ACK) !== 0) {
      // A SYN-ACK to a SYN that nobody saw, on a 4-tuple whose conversation is over.
      return (
        e.has(i, Known.ISN) &&
        p.seq !== e.isn[i] &&
        isOver(this.machine.likelyState(i)) &&
        isOver(this.machine.likelyState(j))
      )
    }
    if (e.has(i, Known.ISN)) return e.isn[i] !== p.seq
    // The other side's first SYN crosses this one (simultaneous open), or the old connection was never seen to open.
    return c.has(slot, Trait.MID_STREAM) || e.state[j] !== State.SYN_SENT
  }

  /** Whether a segment's numbers belong to the conversation: between its first and its last one, or not far beyond. A
   *  connection that is over sends nothing new, unless some of it was not captured. */
  private fits(slot: Slot, fromClient: boolean, p: Packet): boolean {
    const e = this.endpoints
    const i = slot * 2 + (fromClient ? 0 : 1)
    const j = i ^ 1
    const isWhole = !e.has(i, Known.UNSEEN) && !e.has(j, Known.UNSEEN)
    const isFinished = this.conversations.has(slot, Trait.LINGERING)
    const beyond = !isFinished ? STRAY : isWhole ? 1 : 0xffff
    if (e.has(i, Known.ISN) && (distance(p.seq, e.isn[i]) < 0 || distance(p.seq, e.next[i]) > beyond)) return false
    const isAck = (p.flags & Flag.ACK) !== 0
    if (isAck && e.has(j, Known.ISN) && (distance(p.ack, e.isn[j]) < 0 || distance(p.ack, e.next[j]) > beyond))
      return false
    return e.has(i, Known.SEQUENCE) || e.has(j, Known.SEQUENCE)
  }

  private isClient(slot: Slot, p: Packet): boolean {
    const ports = this.conversations.key[slot * 9 + 8]
    if (ports >>> 16 !== (ports & 0xffff)) return ports >>> 16 === p.sourcePort
    // Equal ports: the newer conversation of the same flow found the direction by addresses; its roles may be swapped.
    const newest = this.flows.find(p)
    const same = this.conversations.key[slot * 9 + 3] === this.conversations.key[newest * 9 + 3]
    return this.flows.fromClient === same
  }

  /** Begins a conversation with its first packet; `old` is the slot that used the 4-tuple before, or -1. */
  private open(p: Packet, old: Slot): Slot {
    if (this.rows - this.free.length > LIVE) this.evict()
    const slot = this.free.pop() ?? this.rows++
    if (this.rows > this.conversations.capacity) {
      this.conversations.reserve(this.rows)
      this.endpoints.reserve(this.rows * 2)
    }
    const c = this.conversations
    const e = this.endpoints
    c.clear(slot)
    e.clear(slot * 2)
    e.clear(slot * 2 + 1)
    const syn = p.flags & (Flag.SYN | Flag.ACK)
    const opening = (p.flags & Flag.SYN) !== 0 && (p.flags & Flag.RST) === 0
    const senderIsClient = opening ? syn === Flag.SYN : !guessServerIsSender(p)
    c.number[slot] = ++this.count
    c.flags[slot] = opening ? Trait.ROLES_OBSERVED : Trait.MID_STREAM
    c.firstPacket[slot] = p.number
    c.firstTime[slot] = p.time
    if (old >= 0) {
      this.supersede(old, slot, p, senderIsClient)
    } else this.flows.insert(slot, p, senderIsClient)
    if (this.isSelf(slot)) c.flags[slot] |= Trait.SELF
    this.flows.fromClient = senderIsClient
    this.events.opened(slot)
    return slot
  }

  /** The 4-tuple of `old` belongs to `slot` from now on; the sender of the new SYN has lost its old socket. */
  private supersede(old: Slot, slot: Slot, p: Packet, senderIsClient: boolean): void {
    const c = this.conversations
    const oldFromClient = this.flows.fromClient
    this.flows.writeKey(slot, p, senderIsClient)
    this.flows.replace(old, slot)
    const older = c.other[old] - 1
    if (older >= 0) this.end(older)
    c.other[slot] = old + 1
    c.other[old] = slot + 1
    c.flags[old] |= Trait.SUPERSEDED
    const sender = old * 2 + (oldFromClient ? 0 : 1)
    this.machine.vanish(sender, p.number, p.time)
    this.linger(old)
  }

  private isSelf(slot: Slot): boolean {
    const { key } = this.conversations
    const ports = key[slot * 9 + 8]
    if (ports >>> 16 !== (ports & 0xffff)) return false
    for (let i = 0; i < 4; i++) if (key[slot * 9 + i] !== key[slot * 9 + 4 + i]) return false
    return true
  }

  /** An ICMP error that quotes the SYN of a connection that is being opened ends the attempt (RFC 5461 §4.2). */
  private icmp(p: Packet): void {
    if (!quoteTcp(p, this.quoted)) return
    const slot = this.flows.find(this.quoted)
    if (slot < 0) return
    const i = slot * 2 + (this.flows.fromClient ? 0 : 1)
    const e = this.endpoints
    if (e.state[i] !== State.SYN_SENT || e.waitingSynAck[i] !== 0 || this.quoted.seq !== e.isn[i]) return
    this.endedByIcmp = slot
    this.machine.vanish(i, p.number, p.time)
    this.conversations.lastTime[slot] = p.time
    this.linger(slot)
  }

  private linger(slot: Slot): void {
    const c = this.conversations
    if (c.has(slot, Trait.LINGERING)) return
    if (this.lingering.length === LINGERING) this.endOldest()
    c.flags[slot] |= Trait.LINGERING
    this.lingering.push(slot, c.number[slot])
  }

  /** Ends the conversation that has been lingering longest, unless it ended otherwise. */
  private endOldest(): void {
    const slot = this.lingering.slot
    const isCurrent = this.conversations.number[slot] === this.lingering.number
    this.lingering.shift()
    if (isCurrent) this.end(slot)
  }

  /** Too many live conversations: about the tenth that has been idle longest goes. The border is taken from a sample,
   *  so that the cost of a flood stays linear. */
  private evict(): void {
    const { number, lastTime } = this.conversations
    const sample: number[] = []
    for (let slot = 0; slot < this.rows; slot += 4099) if (number[slot] !== 0) sample.push(lastTime[slot])
    sample.sort((a, b) => a - b)
    const border = sample[Math.floor(sample.length / 10)]
    for (let slot = 0; slot < this.rows; slot++) {
      if (number[slot] === 0 || lastTime[slot] > border) continue
      this.evicted++
      this.end(slot)
    }
  }

  private end(slot: Slot): void {
    const c = this.conversations
    if (c.number[slot] === 0) return
    const packet: PacketNumber = c.lastPacket[slot]
    this.endSide(slot, Side.CLIENT, packet)
    this.endSide(slot, Side.SERVER, packet)
    this.events.ended(slot)
    this.forget(slot * 2)
    this.forget(slot * 2 + 1)
    const other = c.other[slot] - 1
    if (c.has(slot, Trait.SUPERSEDED)) c.other[other] = 0
    else {
      if (other >= 0) this.end(other)
      this.flows.delete(slot)
    }
    c.number[slot] = 0
    this.free.push(slot)
  }

  private endSide(slot: Slot, side: Side, packet: PacketNumber): void {
    const row = slot * 2 + side
    this.machine.settle(row, this.conversations.lastTime[slot])
    this.reassembly.end(slot, side, row, 'capture-end', packet, this.lastTime)
  }

  private forget(row: number): void {
    this.machine.forget(row)
    this.reassembly.release(row)
  }
}
