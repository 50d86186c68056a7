import type { Packet } from '../packet/packet.ts'
import type { Nanoseconds } from '../units.ts'
import { Flag } from '../wire/tcp.ts'
import { type Conversations, distance, type Endpoints, Known } from './columns.ts'
import { Label } from './labels.ts'
import type { Reassembly } from './reassembly.ts'
import type { Segment } from './segment.ts'
import { State } from './state.ts'
import type { Side, Slot } from './stream.ts'

/** A hole that is filled within this time (or the round trip, if longer) was reordering, not loss. */
const REORDERING: Nanoseconds = 3e6

/** Sequence numbers, windows and labels of one segment after the other; moves the streams' in-order edges. */
export class SequenceAnalysis {
  private readonly endpoints: Endpoints
  private readonly conversations: Conversations
  private readonly reassembly: Reassembly

  // Results of the last take().
  /** Nothing about the segment can move a state machine. */
  plain = false
  /** The in-order edge has just passed its sender's FIN. */
  finInOrder = false

  constructor(endpoints: Endpoints, conversations: Conversations, reassembly: Reassembly) {
    this.endpoints = endpoints
    this.conversations = conversations
    this.reassembly = reassembly
  }

  /** Works the segment (row i → row j) into the columns, and fills its labels and relative numbers. */
  take(segment: Segment, i: number, j: number): void {
    const p = segment.packet
    this.finInOrder = false
    this.plain = false
    segment.labels = segment.isReuse ? Label.PORT_REUSED : 0
    segment.freshBytes = 0
    segment.freshAck = 0
    segment.unseenAck = 0
    segment.freshFin = false
    if ((p.flags & Flag.RST) !== 0) {
      segment.exact = true
      this.setRelative(segment, i, j)
      return
    }
    if ((p.flags & Flag.SYN) !== 0) {
      this.takeSyn(segment, i, j)
      return
    }
    const e = this.endpoints
    if ((e.flags[i] & Known.SEQUENCE) === 0) {
      // Mid-stream: the first segment is the origin.
      e.isn[i] = (p.seq - 1) >>> 0
      e.next[i] = p.seq
      e.edge[i] = p.seq
      e.flags[i] |= Known.SEQUENCE
    }
    const ahead = distance(p.seq, e.next[i])
    segment.exact = ahead === 0
    if ((p.flags & Flag.ACK) !== 0) this.takeAck(segment, i, j)
    const bytes = p.payloadBytes
    const fin = p.flags & Flag.FIN
    if (bytes > 0 || fin !== 0) this.takePayload(segment, i, j, ahead, bytes, fin)
    else this.labelBare(segment, i, j, ahead)
    if (e.has(i, Known.UNSEEN)) segment.exact = false
    if (p.window === 0) segment.labels |= Label.ZERO_WINDOW
    this.setRelative(segment, i, j)
    this.plain =
      fin === 0 &&
      e.state[i] === State.ESTABLISHED &&
      e.state[j] === State.ESTABLISHED &&
      ((e.flags[i] | e.flags[j]) & Known.FIN) === 0 &&
      e.waitingRst[i] === 0 &&
      e.isProven(i) &&
      e.isProven(j)
  }

  /** What the next segment is compared with; after the machines, which need the values before. */
  remember(segment: Segment, i: number): void {
    const e = this.endpoints
    const p = segment.packet
    e.lastTime[i] = p.time
    if ((p.flags & Flag.RST) !== 0) return
    if ((p.flags & Flag.ACK) !== 0) e.ack[i] = p.ack
    e.window[i] = p.window
    let flags = e.flags[i] & ~(Known.PROBED | Known.DATA_LAST)
    if ((segment.labels & (Label.KEEP_ALIVE | Label.ZERO_WINDOW_PROBE)) !== 0) flags |= Known.PROBED
    if (segment.freshBytes > 0) flags |= Known.DATA_LAST
    e.flags[i] = flags
  }

  /** Keeps the shortest time that the endpoint took to answer, for the vantage. */
  noteDelay(row: number, delay: Nanoseconds): void {
    const { ackDelay } = this.endpoints
    if (delay >= 0 && (ackDelay[row] === 0 || delay < ackDelay[row])) ackDelay[row] = Math.max(delay, 1)
  }

  private takeSyn(segment: Segment, i: number, j: number): void {
    const e = this.endpoints
    const p = segment.packet
    segment.exact = true
    if (e.has(i, Known.SYN) && e.isn[i] === p.seq) {
      if (i !== j || (p.flags & Flag.ACK) === 0) this.countRetransmission(segment, i)
    } else {
      e.isn[i] = p.seq
      e.next[i] = (p.seq + 1) >>> 0
      e.edge[i] = e.next[i]
      e.delivered[i] = 0
      e.flags[i] |= Known.ISN | Known.SEQUENCE | Known.SYN
    }
    if ((p.flags & Flag.ACK) !== 0) {
      if (!e.has(j, Known.SEQUENCE)) {
        // The peer's SYN was not captured: its number is what this one acknowledges.
        e.isn[j] = (p.ack - 1) >>> 0
        e.next[j] = p.ack
        e.edge[j] = p.ack
        e.flags[j] |= Known.ISN | Known.SEQUENCE
      }
      if (!e.has(j, Known.ACKED) || distance(p.ack, e.acked[j]) > 0) {
        e.acked[j] = p.ack
        segment.freshAck = 1
      }
      e.flags[j] |= Known.ACKED
    }
    if (p.payloadBytes > 0) {
      e.flags[i] |= Known.FAST_OPEN
      this.takeBytes(segment, i, (p.seq + 1) >>> 0, p.payloadBytes)
      e.next[i] = maxSeq(e.next[i], (p.seq + 1 + p.payloadBytes) >>> 0)
    }
    this.setRelative(segment, i, j)
  }

  private takeAck(segment: Segment, i: number, j: number): void {
    const e = this.endpoints
    const p = segment.packet
    const ack = p.ack
    if ((e.flags[j] & Known.SEQUENCE) === 0) {
      e.isn[j] = (ack - 1) >>> 0
      e.next[j] = ack
      e.edge[j] = ack
      e.flags[j] |= Known.SEQUENCE | Known.UNSEEN
    }
    const isFirst = (e.flags[j] & Known.ACKED) === 0
    if (isFirst || distance(ack, e.acked[j]) > 0) {
      const beyond = distance(ack, e.next[j])
      segment.freshAck = isFirst ? Math.max(0, distance(ack, e.isn[j])) : distance(ack, e.acked[j])
      if (beyond > 0) this.ackUnseen(segment, i, j, beyond)
      else if (e.history && beyond === 0 && (e.flags[j] & Known.DATA_LAST) !== 0 && !isFirst)
        this.noteDelay(i, p.time - e.lastTime[j])
      if (distance(ack, e.edge[j]) > 0) this.fillBelow(segment, j, ack)
      e.acked[j] = ack
      e.flags[j] |= Known.ACKED
      e.duplicateAcks[j] = 0
    }
    if (distance(ack, e.next[j]) > 0 || (e.flags[j] & Known.UNSEEN) !== 0) segment.exact = false
  }

  /** Acknowledged, but not in the capture: the capture lost it, or shows one direction only. A single number may be
   *  the peer's FIN, so the stream does not move for it. */
  private ackUnseen(segment: Segment, _i: number, j: number, beyond: number): void {
    const e = this.endpoints
    if (e.has(j, Known.FIN)) return
    segment.labels |= Label.ACKED_UNSEEN
    segment.unseenAck = beyond
    e.flags[j] |= Known.UNSEEN
    if (beyond > 1) e.next[j] = segment.packet.ack
  }

  /** A hole below an acknowledgement was never the network's: the stream goes on behind it. */
  private fillBelow(segment: Segment, j: number, ack: number): void {
    const e = this.endpoints
    const p = segment.packet
    const side = (segment.side ^ 1) as Side
    let until = distance(ack, e.next[j]) > 0 ? e.next[j] : ack
    if (e.has(j, Known.FIN) && distance(until, e.fin[j]) > 0) until = e.fin[j]
    this.reassembly.skipTo(segment.slot, side, j, until, p.number, p.time)
    if (this.passFin(j)) this.reassembly.end(segment.slot, side, j, 'fin', p.number, p.time)
  }

  private takePayload(segment: Segment, i: number, j: number, ahead: number, bytes: number, fin: number): void {
    const e = this.endpoints
    const p = segment.packet
    const end = (p.seq + bytes + fin) >>> 0
    if (ahead > 0) segment.labels |= Label.PREVIOUS_NOT_CAPTURED
    else if (!e.history) {
      // Nobody sees the label.
    } else if (ahead < 0) this.labelOld(segment, i, j, ahead, bytes, fin, end)
    else if (bytes === 1 && e.window[j] === 0 && e.has(j, Known.ACKED)) segment.labels |= Label.ZERO_WINDOW_PROBE
    if (bytes > 0) {
      this.takeBytes(segment, i, p.seq, bytes)
      // Data behind what was missed: nothing follows a FIN, so none was among it.
      if (ahead >= 0) e.flags[i] &= ~Known.UNSEEN
    } else if (ahead > 0) e.flags[i] |= Known.UNSEEN
    if (fin !== 0 && !e.has(i, Known.FIN)) {
      segment.freshFin = true
      e.fin[i] = (p.seq + bytes) >>> 0
      e.flags[i] |= Known.FIN
    }
    e.next[i] = maxSeq(e.next[i], end)
    if (this.passFin(i)) this.finInOrder = true
    if (bytes > 0 && e.history && this.fillsWindow(i, j, end)) segment.labels |= Label.WINDOW_FULL
  }

  private takeBytes(segment: Segment, i: number, seq: number, bytes: number): void {
    const e = this.endpoints
    const fresh = this.reassembly.take(segment.slot, segment.side, i, segment.packet, seq, bytes)
    segment.freshBytes = fresh
    if (fresh === 0) return
    e.bytes[i] += fresh
    e.flags[i] |= Known.DATA
  }

  /** Moves the in-order edge over a FIN that has come in order; true when it just did. */
  private passFin(row: number): boolean {
    const e = this.endpoints
    if (!e.has(row, Known.FIN) || e.edge[row] !== e.fin[row]) return false
    e.edge[row] = (e.fin[row] + 1) >>> 0
    return true
  }

  /** A segment that starts below the highest number sent. */
  private labelOld(
    segment: Segment,
    i: number,
    j: number,
    ahead: number,
    bytes: number,
    fin: number,
    end: number,
  ): void {
    const e = this.endpoints
    const p = segment.packet
    if (bytes <= 1 && fin === 0 && ahead === -1 && e.has(i, Known.ACKED) && e.acked[i] === e.next[i]) {
      segment.labels |= e.window[j] === 0 ? Label.ZERO_WINDOW_PROBE : Label.KEEP_ALIVE
      return
    }
    const fillsHole =
      bytes > 0 && distance(p.seq, e.edge[i]) >= 0 && !this.reassembly.isWhole(i) && !this.reassembly.holds(i, p.seq)
    if (fillsHole && p.time - e.lastTime[i] < Math.max(REORDERING, this.roundTrip(segment.slot))) {
      segment.labels |= Label.OUT_OF_ORDER
      return
    }
    if (fin !== 0 && !e.has(i, Known.FIN) && bytes === 0) return
    this.countRetransmission(segment, i)
    if (fillsHole) segment.labels |= Label.LOST_BEFORE_CAPTURE
    if (e.duplicateAcks[i] >= 2 && e.acked[i] === p.seq) segment.labels |= Label.FAST_RETRANSMISSION
    if (e.has(i, Known.ACKED) && distance(end, e.acked[i]) <= 0) segment.labels |= Label.SPURIOUS_RETRANSMISSION
  }

  /** A segment without payload, SYN, FIN or RST. */
  private labelBare(segment: Segment, i: number, j: number, ahead: number): void {
    const e = this.endpoints
    const p = segment.packet
    if (ahead > 0) {
      e.flags[i] |= Known.UNSEEN
      segment.labels |= Label.PREVIOUS_NOT_CAPTURED
      return
    }
    if (!e.history) return
    if (ahead === -1 && e.has(i, Known.ACKED) && e.acked[i] === e.next[i]) {
      segment.labels |= e.window[j] === 0 ? Label.ZERO_WINDOW_PROBE : Label.KEEP_ALIVE
      return
    }
    if ((p.flags & Flag.ACK) === 0 || e.ack[i] !== p.ack || e.packets[i] === 0) return
    if (e.has(j, Known.PROBED)) segment.labels |= Label.KEEP_ALIVE_ACK
    else if (p.window !== e.window[i]) {
      if (p.window > e.window[i] && e.has(i, Known.DATA | Known.ACKED)) segment.labels |= Label.WINDOW_UPDATE
    } else if (distance(e.next[j], p.ack) > 0) {
      segment.labels |= Label.DUPLICATE_ACK
      if (e.duplicateAcks[j] < 255) e.duplicateAcks[j]++
    }
  }

  private countRetransmission(segment: Segment, i: number): void {
    segment.labels |= Label.RETRANSMISSION
    const { retransmissions } = this.endpoints
    if (retransmissions[i] < 0xffff) retransmissions[i]++
  }

  /** The last byte of the segment is the last one that the receiver's window allows. */
  private fillsWindow(i: number, j: number, end: number): boolean {
    const e = this.endpoints
    if ((e.flags[i] & e.flags[j] & Known.SYN) === 0 || !e.has(i, Known.ACKED)) return false
    const scaled = (e.flags[i] & e.flags[j] & Known.SCALE) !== 0
    return end === (e.acked[i] + (e.window[j] << (scaled ? e.scale[j] : 0))) >>> 0
  }

  private setRelative(segment: Segment, i: number, j: number): void {
    if (!this.endpoints.history) return
    const { isn } = this.endpoints
    const p: Packet = segment.packet
    segment.relativeSeq = (p.seq - isn[i]) >>> 0
    segment.relativeAck = (p.flags & Flag.ACK) === 0 ? -1 : (p.ack - isn[j]) >>> 0
  }

  private roundTrip(slot: Slot): Nanoseconds {
    const { openTime, synTime } = this.conversations
    return openTime[slot] === 0 ? 0 : openTime[slot] - synTime[slot]
  }
}

function maxSeq(a: number, b: number): number {
  return distance(a, b) >= 0 ? a : b
}
