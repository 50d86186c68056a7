import type { Nanoseconds, PacketNumber, SequenceNumber } from '../units.ts'
import { State } from './state.ts'

/** Typed columns that grow together: rows are indexes, a record is the same index in every column.
 *  Fresh rows are zero. Growing copies, so callers read a column through its owner each time. */
abstract class Columns {
  capacity: number

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** Makes room for `rows` rows. */
  reserve(rows: number): void {
    if (rows <= this.capacity) return
    const capacity = Math.max(rows, this.capacity + (this.capacity >> 1))
    for (const key of Object.keys(this)) {
      const column = this[key as keyof this]
      if (!ArrayBuffer.isView(column)) continue
      const old = column as unknown as Uint32Array
      // Divided first: a column may be empty, or hold several cells a row.
      const grown = new (old.constructor as Uint32ArrayConstructor)((old.length / this.capacity) * capacity)
      grown.set(old)
      this[key as keyof this] = grown as unknown as this[keyof this]
    }
    this.capacity = capacity
  }
}

/** Facts about an endpoint, as bits of Endpoints.flags. */
export const Known = {
  /** `isn` is known: from its SYN, or from the peer's acknowledgement of it. */
  ISN: 1,
  /** `next` and `edge` are known: it has been seen sending. */
  SEQUENCE: 2,
  /** Its FIN has been seen; `fin` is its sequence number. */
  FIN: 4,
  /** It sent payload that had not been seen before. */
  DATA: 8,
  /** Its SYN carried a window scale option. */
  SCALE: 16,
  /** Its SYN has been seen. */
  SYN: 32,
  /** It sent sequence numbers, or the peer acknowledged some, that the capture does not hold: a FIN may be among them. */
  UNSEEN: 64,
  /** Its own FIN was seen, but whether it entered FIN_WAIT_1 or LAST_ACK cannot be told yet. */
  FIN_AMBIGUOUS: 128,
  /** The first FIN waiting to be delivered to it covers its own FIN; the same for the last. */
  FIRST_COVERS: 256,
  LAST_COVERS: 512,
  /** It sent a RST. */
  RESET: 1024,
  /** Its last segment was a keep-alive or a zero-window probe. */
  PROBED: 2048,
  /** `acked` is known: the peer has acknowledged something. */
  ACKED: 4096,
  /** Its SYN carried payload (RFC 7413). */
  FAST_OPEN: 8192,
  /** It asked for, or was granted, selective acknowledgements. */
  SACK: 16384,
  /** Its stream has been ended towards the sink. */
  ENDED: 32768,
  /** Its last segment carried payload. */
  DATA_LAST: 65536,
  /** The SYN-ACK that waits for it was sent again, or its own SYN was: the first did not arrive. */
  SYN_ACK_LOST: 131072,
  /** Its SYN offered timestamps. */
  TIMESTAMPS: 262144,
} as const

/** Longest chain an endpoint can pass (SYN_SENT … CLOSED), with room to spare. */
export const TIMELINE = 8

/** One row an endpoint: row = slot * 2 + side. Sequence numbers are absolute and 32 bits wide. */
export class Endpoints extends Columns {
  readonly history: boolean
  state: Uint8Array
  flags: Uint32Array
  isn: Uint32Array
  /** One past the highest sequence number sent (SND.NXT as captured). */
  next: Uint32Array
  /** One past the last sequence number that came in order (what the peer can have acknowledged). */
  edge: Uint32Array
  /** Highest acknowledgement that the peer sent (SND.UNA as captured). */
  acked: Uint32Array
  fin: Uint32Array
  /** Acknowledgement number of its own last segment (RCV.NXT). */
  ack: Uint32Array
  window: Uint16Array
  scale: Uint8Array
  mss: Uint16Array
  packets: Uint32Array
  retransmissions: Uint16Array
  duplicateAcks: Uint8Array
  /** Payload bytes seen, each once. */
  bytes: Float64Array
  /** Stream offset of `edge`. */
  delivered: Float64Array
  lastTime: Float64Array
  /** Shortest time from the peer's data to this endpoint's acknowledgement of it; 0 = none seen. */
  ackDelay: Float32Array

  /** Packet of its first FIN or RST seen; 0 = none. */
  finPacket: Uint32Array

  // What the peer sent and this endpoint is not yet known to have received; 0 = nothing waits.
  waitingSyn: Uint32Array
  waitingSynAck: Uint32Array
  waitingFin: Uint32Array
  waitingFinLast: Uint32Array
  waitingFinTime: Float64Array
  waitingAckOfFin: Uint32Array
  waitingRst: Uint32Array
  waitingRstTime: Float64Array
  /** Capture time of the packet that caused the newest transition. */
  enteredTime: Float64Array

  /** Number of states on the timeline. */
  depth: Uint8Array
  timelineState: Uint8Array
  /** One bit a state of the timeline: a segment of the endpoint proved it. */
  proven: Uint8Array
  /** Packet that caused the state (with `history` only). */
  timelinePacket: Uint32Array
  /** Packet that proved it: = timelinePacket when observed on entry; 0 = inferred only (with `history` only). */
  timelineProof: Uint32Array

  /** Without `history` the timeline keeps states only, no packet numbers. */
  constructor(rows: number, history: boolean) {
    super(rows)
    this.history = history
    this.state = new Uint8Array(rows)
    this.flags = new Uint32Array(rows)
    this.isn = new Uint32Array(rows)
    this.next = new Uint32Array(rows)
    this.edge = new Uint32Array(rows)
    this.acked = new Uint32Array(rows)
    this.fin = new Uint32Array(rows)
    this.ack = new Uint32Array(rows)
    this.window = new Uint16Array(rows)
    this.scale = new Uint8Array(rows)
    this.mss = new Uint16Array(rows)
    this.packets = new Uint32Array(rows)
    this.retransmissions = new Uint16Array(rows)
    this.duplicateAcks = new Uint8Array(rows)
    this.bytes = new Float64Array(rows)
    this.delivered = new Float64Array(rows)
    this.lastTime = new Float64Array(rows)
    this.ackDelay = new Float32Array(rows)
    this.finPacket = new Uint32Array(rows)
    this.waitingSyn = new Uint32Array(rows)
    this.waitingSynAck = new Uint32Array(rows)
    this.waitingFin = new Uint32Array(rows)
    this.waitingFinLast = new Uint32Array(rows)
    this.waitingFinTime = new Float64Array(rows)
    this.waitingAckOfFin = new Uint32Array(rows)
    this.waitingRst = new Uint32Array(rows)
    this.waitingRstTime = new Float64Array(rows)
    this.enteredTime = new Float64Array(rows)
    this.depth = new Uint8Array(rows)
    this.timelineState = new Uint8Array(rows * TIMELINE)
    this.proven = new Uint8Array(rows)
    this.timelinePacket = new Uint32Array(history ? rows * TIMELINE : 0)
    this.timelineProof = new Uint32Array(history ? rows * TIMELINE : 0)
  }

  clear(row: number): void {
    this.state[row] = 0
    this.flags[row] = 0
    this.isn[row] = 0
    this.next[row] = 0
    this.edge[row] = 0
    this.acked[row] = 0
    this.fin[row] = 0
    this.ack[row] = 0
    this.window[row] = 0
    this.scale[row] = 0
    this.mss[row] = 0
    this.packets[row] = 0
    this.retransmissions[row] = 0
    this.duplicateAcks[row] = 0
    this.bytes[row] = 0
    this.delivered[row] = 0
    this.lastTime[row] = 0
    this.ackDelay[row] = 0
    this.finPacket[row] = 0
    this.waitingSyn[row] = 0
    this.waitingSynAck[row] = 0
    this.waitingFin[row] = 0
    this.waitingFinLast[row] = 0
    this.waitingFinTime[row] = 0
    this.waitingAckOfFin[row] = 0
    this.waitingRst[row] = 0
    this.waitingRstTime[row] = 0
    this.enteredTime[row] = 0
    this.depth[row] = 0
    this.proven[row] = 0
  }

  /** Enters `state`, caused by `packet`. `observed`: the endpoint sent that packet itself. */
  enter(row: number, state: number, packet: PacketNumber, observed: boolean, time: Nanoseconds): void {
    const depth = this.depth[row]
    if (depth === TIMELINE) return
    const at = row * TIMELINE + depth
    this.timelineState[at] = state
    if (observed) this.proven[row] |= 1 << depth
    else this.proven[row] &= ~(1 << depth)
    if (this.history) {
      this.timelinePacket[at] = packet
      this.timelineProof[at] = observed ? packet : 0
    }
    this.depth[row] = depth + 1
    this.state[row] = state
    this.enteredTime[row] = time
  }

  /** Takes the newest state back: the packet that was thought to cause it did not arrive. */
  revoke(row: number): void {
    const depth = this.depth[row] - 1
    this.depth[row] = depth
    this.state[row] = depth === 0 ? State.UNKNOWN : this.timelineState[row * TIMELINE + depth - 1]
  }

  /** `packet`, sent by the endpoint, shows that it is in its newest state. */
  prove(row: number, packet: PacketNumber): void {
    const top = this.depth[row] - 1
    if (top < 0 || (this.proven[row] & (1 << top)) !== 0) return
    this.proven[row] |= 1 << top
    if (this.history) this.timelineProof[row * TIMELINE + top] = packet
  }

  /** Whether a segment of the endpoint has shown its newest state. */
  isProven(row: number): boolean {
    return this.depth[row] > 0 && (this.proven[row] & (1 << (this.depth[row] - 1))) !== 0
  }

  has(row: number, known: number): boolean {
    return (this.flags[row] & known) !== 0
  }
}

/** Facts about a conversation, as bits of Conversations.flags. */
export const Trait = {
  /** Client and server are known from a SYN or SYN-ACK. */
  ROLES_OBSERVED: 1,
  /** The first packet seen was neither SYN nor SYN-ACK. */
  MID_STREAM: 2,
  /** Both ends have the same address and port: one endpoint. */
  SELF: 4,
  /** The capture holds a SYN, its SYN-ACK and the acknowledgement. */
  HANDSHAKE: 8,
  SIMULTANEOUS_OPEN: 16,
  /** A reset answered the SYN. */
  REFUSED: 32,
  /** A reset ended the connection. */
  RESET: 64,
  /** The side that sent the first FIN or RST is the server (else the client), if CLOSING is set. */
  CLOSED_BY_SERVER: 128,
  CLOSING: 256,
  /** Each FIN left before the other had arrived. */
  SIMULTANEOUS_CLOSE: 512,
  /** Who closed first cannot be told. */
  CLOSER_UNKNOWN: 1024,
  /** The conversation is over and waits for stragglers. */
  LINGERING: 2048,
  /** Newer packets of the 4-tuple belong to another conversation. */
  SUPERSEDED: 4096,
  /** Held out-of-order bytes were given up for the cap on memory. */
  HELD_OVERFLOW: 8192,
} as const

/** What the usual segments of a conversation need (Tracker.takeUsual). */
export const Usual = {
  /** There are none: every segment is looked at from all sides. */
  NO: 0,
  /** Counting. */
  YES: 1,
  /** Counting; and payload proves that its sender is established. */
  UNPROVEN: 2,
} as const

/** One row a live conversation: row = slot. */
export class Conversations extends Columns {
  flags: Uint16Array
  /** Address words and ports, client first (see FlowTable). */
  key: Uint32Array
  number: Uint32Array
  firstPacket: Uint32Array
  lastPacket: Uint32Array
  firstTime: Float64Array
  lastTime: Float64Array
  /** Times of the SYN that was answered, of its SYN-ACK, and of the acknowledgement that completed the handshake; 0 = not seen, else time + 1. */
  synTime: Float64Array
  synAckTime: Float64Array
  openTime: Float64Array
  /** Time of the first FIN or RST. */
  closeTime: Float64Array
  /** Slot + 1 of the older conversation on the same 4-tuple (of a superseded one: of the newer); 0 = none. */
  other: Uint32Array
  hash: Uint32Array
  ipVersion: Uint8Array
  /** Usual: whether the connection's usual segments need no more than counting (Tracker.takeUsual). */
  usual: Uint8Array

  constructor(rows: number) {
    super(rows)
    this.flags = new Uint16Array(rows)
    this.key = new Uint32Array(rows * KEY_WORDS)
    this.number = new Uint32Array(rows)
    this.firstPacket = new Uint32Array(rows)
    this.lastPacket = new Uint32Array(rows)
    this.firstTime = new Float64Array(rows)
    this.lastTime = new Float64Array(rows)
    this.synTime = new Float64Array(rows)
    this.synAckTime = new Float64Array(rows)
    this.openTime = new Float64Array(rows)
    this.closeTime = new Float64Array(rows)
    this.other = new Uint32Array(rows)
    this.hash = new Uint32Array(rows)
    this.ipVersion = new Uint8Array(rows)
    this.usual = new Uint8Array(rows)
  }

  clear(row: number): void {
    this.flags[row] = 0
    this.number[row] = 0
    this.firstPacket[row] = 0
    this.lastPacket[row] = 0
    this.firstTime[row] = 0
    this.lastTime[row] = 0
    this.synTime[row] = 0
    this.synAckTime[row] = 0
    this.openTime[row] = 0
    this.closeTime[row] = 0
    this.other[row] = 0
    this.hash[row] = 0
    this.ipVersion[row] = 0
    this.usual[row] = 0
  }

  has(slot: number, trait: number): boolean {
    return (this.flags[slot] & trait) !== 0
  }
}

/** Client address (4 words), server address (4 words), client port << 16 | server port. */
export const KEY_WORDS = 9

/** a - b as a signed distance on the sequence number circle (RFC 9293 §3.4). */
export function distance(a: SequenceNumber, b: SequenceNumber): number {
  return (a - b) | 0
}
