import type { Packet } from '../packet/packet.ts'
import type { Nanoseconds } from '../units.ts'
import { Flag } from '../wire/tcp.ts'
import { distance, Known } from './known.ts'
import { Label } from './labels.ts'
import {
  ACK,
  ACK_DELAY,
  ACKED,
  BYTES,
  DELIVERED,
  DUPLICATE_ACKS,
  EDGE,
  FIN,
  FLAGS,
  has,
  ISN,
  isProven,
  NEXT,
  OPEN_TIME,
  PACKETS,
  type Page,
  RETRANSMISSIONS,
  SCALE,
  SENT_TIME,
  STATE,
  SYN_TIME,
  WAITING_RST,
  WINDOW,
} from './page.ts'
import type { Reassembly } from './reassembly.ts'
import type { Segment } from './segment.ts'
import { State } from './state.ts'
import type { Side } from './stream.ts'

/** A hole that is filled within this time (or the round trip, if longer) was reordering, not loss. */
const REORDERING: Nanoseconds = 3e6

/** Sequence numbers, windows and labels of one segment after the other; moves the streams' in-order edges. */
export class SequenceAnalysis {
  private readonly reassembly: Reassembly

  // Results of the last take().
  /** Nothing about the segment can move a state machine. */
  plain = false
  /** The in-order edge has just passed its sender's FIN. */
  finInOrder = false

  constructor(reassembly: Reassembly) {
    this.reassembly = reassembly
  }

  /** Works the segment (endpoint i → endpoint j of the record at c) into the record, and fills its labels and relative numbers. */
  take(page: Page, c: number, segment: Segment, i: number, j: number): void {
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
      this.setRelative(page, segment, i, j)
      return
    }
    if ((p.flags & Flag.SYN) !== 0) {
      this.takeSyn(page, segment, i, j)
      return
    }
    const { words: w } = page
    if ((w[i + FLAGS] & Known.SEQUENCE) === 0) {
      // Mid-stream: the first segment is the origin.
      w[i + ISN] = (p.seq - 1) >>> 0
      w[i + NEXT] = p.seq
      w[i + EDGE] = p.seq
      w[i + FLAGS] |= Known.SEQUENCE
    }
    const ahead = distance(p.seq, w[i + NEXT])
    segment.exact = ahead === 0
    if ((p.flags & Flag.ACK) !== 0) this.takeAck(page, segment, i, j)
    const bytes = p.payloadBytes
    const fin = p.flags & Flag.FIN
    if (bytes > 0 || fin !== 0) this.takePayload(page, c, segment, i, j, ahead, bytes, fin)
    else this.labelBare(page, segment, i, j, ahead)
    if (has(w, i, Known.UNSEEN)) segment.exact = false
    if (p.window === 0) segment.labels |= Label.ZERO_WINDOW
    this.setRelative(page, segment, i, j)
    this.plain =
      fin === 0 &&
      w[i + STATE] === State.ESTABLISHED &&
      w[j + STATE] === State.ESTABLISHED &&
      ((w[i + FLAGS] | w[j + FLAGS]) & Known.FIN) === 0 &&
      w[i + WAITING_RST] === 0 &&
      isProven(w, i) &&
      isProven(w, j)
  }

  /** What the next segment is compared with; after the machines, which need the values before. */
  remember(page: Page, segment: Segment, i: number): void {
    const { words: w, times: t } = page
    const p = segment.packet
    t[(i + SENT_TIME) >> 1] = p.time
    if ((p.flags & Flag.RST) !== 0) return
    if ((p.flags & Flag.ACK) !== 0) w[i + ACK] = p.ack
    if (page.history) w[i + WINDOW] = p.window
    let flags = w[i + FLAGS] & ~(Known.PROBED | Known.DATA_LAST)
    if ((segment.labels & (Label.KEEP_ALIVE | Label.ZERO_WINDOW_PROBE)) !== 0) flags |= Known.PROBED
    if (segment.freshBytes > 0) flags |= Known.DATA_LAST
    w[i + FLAGS] = flags
  }

  private takeSyn(page: Page, segment: Segment, i: number, j: number): void {
    const { words: w, times: t } = page
    const p = segment.packet
    segment.exact = true
    if (has(w, i, Known.SYN) && w[i + ISN] === p.seq) {
      if (i !== j || (p.flags & Flag.ACK) === 0) this.countRetransmission(page, segment, i)
    } else {
      w[i + ISN] = p.seq
      w[i + NEXT] = (p.seq + 1) >>> 0
      w[i + EDGE] = w[i + NEXT]
      t[(i + DELIVERED) >> 1] = 0
      w[i + FLAGS] |= Known.ISN | Known.SEQUENCE | Known.SYN
    }
    if ((p.flags & Flag.ACK) !== 0) {
      if (!has(w, j, Known.SEQUENCE)) {
        // The peer's SYN was not captured: its number is what this one acknowledges.
        w[j + ISN] = (p.ack - 1) >>> 0
        w[j + NEXT] = p.ack
        w[j + EDGE] = p.ack
        w[j + FLAGS] |= Known.ISN | Known.SEQUENCE
      }
      if (!has(w, j, Known.ACKED) || distance(p.ack, w[j + ACKED]) > 0) {
        w[j + ACKED] = p.ack
        segment.freshAck = 1
      }
      w[j + FLAGS] |= Known.ACKED
    }
    if (p.payloadBytes > 0) {
      w[i + FLAGS] |= Known.FAST_OPEN
      this.takeBytes(page, segment, i, (p.seq + 1) >>> 0, p.payloadBytes)
      w[i + NEXT] = maxSeq(w[i + NEXT], (p.seq + 1 + p.payloadBytes) >>> 0)
    }
    this.setRelative(page, segment, i, j)
  }

  private takeAck(page: Page, segment: Segment, i: number, j: number): void {
    const { words: w, times: t } = page
    const p = segment.packet
    const ack = p.ack
    if ((w[j + FLAGS] & Known.SEQUENCE) === 0) {
      w[j + ISN] = (ack - 1) >>> 0
      w[j + NEXT] = ack
      w[j + EDGE] = ack
      w[j + FLAGS] |= Known.SEQUENCE | Known.UNSEEN
    }
    const isFirst = (w[j + FLAGS] & Known.ACKED) === 0
    if (isFirst || distance(ack, w[j + ACKED]) > 0) {
      const beyond = distance(ack, w[j + NEXT])
      segment.freshAck = isFirst ? Math.max(0, distance(ack, w[j + ISN])) : distance(ack, w[j + ACKED])
      if (beyond > 0) this.ackUnseen(page, segment, j, beyond)
      else if (page.history && beyond === 0 && (w[j + FLAGS] & Known.DATA_LAST) !== 0 && !isFirst)
        noteDelay(page, i, p.time - t[(j + SENT_TIME) >> 1])
      if (distance(ack, w[j + EDGE]) > 0) this.fillBelow(page, segment, j, ack)
      w[j + ACKED] = ack
      w[j + FLAGS] |= Known.ACKED
      if (page.history) w[j + DUPLICATE_ACKS] = 0
    }
    if (distance(ack, w[j + NEXT]) > 0 || (w[j + FLAGS] & Known.UNSEEN) !== 0) segment.exact = false
  }

  /** Acknowledged, but not in the capture: the capture lost it, or shows one direction only. A single number may be
   *  the peer's FIN, so the stream does not move for it. */
  private ackUnseen(page: Page, segment: Segment, j: number, beyond: number): void {
    const { words: w } = page
    if (has(w, j, Known.FIN)) return
    segment.labels |= Label.ACKED_UNSEEN
    segment.unseenAck = beyond
    w[j + FLAGS] |= Known.UNSEEN
    if (beyond > 1) w[j + NEXT] = segment.packet.ack
  }

  /** A hole below an acknowledgement was never the network's: the stream goes on behind it. */
  private fillBelow(page: Page, segment: Segment, j: number, ack: number): void {
    const { words: w } = page
    const p = segment.packet
    const side = (segment.side ^ 1) as Side
    let until = distance(ack, w[j + NEXT]) > 0 ? w[j + NEXT] : ack
    if (has(w, j, Known.FIN) && distance(until, w[j + FIN]) > 0) until = w[j + FIN]
    this.reassembly.skipTo(page, j, segment.slot, side, until, p.number, p.time)
    if (this.passFin(page, j)) this.reassembly.end(page, j, segment.slot, side, 'fin', p.number, p.time)
  }

  private takePayload(
    page: Page,
    c: number,
    segment: Segment,
    i: number,
    j: number,
    ahead: number,
    bytes: number,
    fin: number,
  ): void {
    const { words: w } = page
    const p = segment.packet
    const end = (p.seq + bytes + fin) >>> 0
    if (ahead > 0) segment.labels |= Label.PREVIOUS_NOT_CAPTURED
    else if (!page.history) {
      // Nobody sees the label.
    } else if (ahead < 0) this.labelOld(page, c, segment, i, j, ahead, bytes, fin, end)
    else if (bytes === 1 && w[j + WINDOW] === 0 && has(w, j, Known.ACKED)) segment.labels |= Label.ZERO_WINDOW_PROBE
    if (bytes > 0) {
      this.takeBytes(page, segment, i, p.seq, bytes)
      // Data behind what was missed: nothing follows a FIN, so none was among it.
      if (ahead >= 0) w[i + FLAGS] &= ~Known.UNSEEN
    } else if (ahead > 0) w[i + FLAGS] |= Known.UNSEEN
    if (fin !== 0 && !has(w, i, Known.FIN)) {
      segment.freshFin = true
      w[i + FIN] = (p.seq + bytes) >>> 0
      w[i + FLAGS] |= Known.FIN
    }
    w[i + NEXT] = maxSeq(w[i + NEXT], end)
    if (this.passFin(page, i)) this.finInOrder = true
    if (bytes > 0 && page.history && this.fillsWindow(page, i, j, end)) segment.labels |= Label.WINDOW_FULL
  }

  private takeBytes(page: Page, segment: Segment, i: number, seq: number, bytes: number): void {
    const { words: w, times: t } = page
    const fresh = this.reassembly.take(page, i, segment.slot, segment.side, segment.packet, seq, bytes)
    segment.freshBytes = fresh
    if (fresh === 0) return
    if (page.history) t[(i + BYTES) >> 1] += fresh
    w[i + FLAGS] |= Known.DATA
  }

  /** Moves the in-order edge over a FIN that has come in order; true when it just did. */
  private passFin(page: Page, i: number): boolean {
    const { words: w } = page
    if (!has(w, i, Known.FIN) || w[i + EDGE] !== w[i + FIN]) return false
    w[i + EDGE] = (w[i + FIN] + 1) >>> 0
    return true
  }

  /** A segment that starts below the highest number sent. */
  private labelOld(
    page: Page,
    c: number,
    segment: Segment,
    i: number,
    j: number,
    ahead: number,
    bytes: number,
    fin: number,
    end: number,
  ): void {
    const { words: w, times: t } = page
    const p = segment.packet
    if (bytes <= 1 && fin === 0 && ahead === -1 && has(w, i, Known.ACKED) && w[i + ACKED] === w[i + NEXT]) {
      segment.labels |= w[j + WINDOW] === 0 ? Label.ZERO_WINDOW_PROBE : Label.KEEP_ALIVE
      return
    }
    const fillsHole =
      bytes > 0 &&
      distance(p.seq, w[i + EDGE]) >= 0 &&
      !this.reassembly.isWhole(page, i) &&
      !this.reassembly.holds(page, i, p.seq)
    if (fillsHole && p.time - t[(i + SENT_TIME) >> 1] < Math.max(REORDERING, this.roundTrip(page, c))) {
      segment.labels |= Label.OUT_OF_ORDER
      return
    }
    if (fin !== 0 && !has(w, i, Known.FIN) && bytes === 0) return
    this.countRetransmission(page, segment, i)
    if (fillsHole) segment.labels |= Label.LOST_BEFORE_CAPTURE
    if (w[i + DUPLICATE_ACKS] >= 2 && w[i + ACKED] === p.seq) segment.labels |= Label.FAST_RETRANSMISSION
    if (has(w, i, Known.ACKED) && distance(end, w[i + ACKED]) <= 0) segment.labels |= Label.SPURIOUS_RETRANSMISSION
  }

  /** A segment without payload, SYN, FIN or RST. */
  private labelBare(page: Page, segment: Segment, i: number, j: number, ahead: number): void {
    const { words: w } = page
    const p = segment.packet
    if (ahead > 0) {
      w[i + FLAGS] |= Known.UNSEEN
      segment.labels |= Label.PREVIOUS_NOT_CAPTURED
      return
    }
    if (!page.history) return
    if (ahead === -1 && has(w, i, Known.ACKED) && w[i + ACKED] === w[i + NEXT]) {
      segment.labels |= w[j + WINDOW] === 0 ? Label.ZERO_WINDOW_PROBE : Label.KEEP_ALIVE
      return
    }
    if ((p.flags & Flag.ACK) === 0 || w[i + ACK] !== p.ack || w[i + PACKETS] === 0) return
    if (has(w, j, Known.PROBED)) segment.labels |= Label.KEEP_ALIVE_ACK
    else if (p.window !== w[i + WINDOW]) {
      if (p.window > w[i + WINDOW] && has(w, i, Known.DATA | Known.ACKED)) segment.labels |= Label.WINDOW_UPDATE
    } else if (distance(w[j + NEXT], p.ack) > 0) {
      segment.labels |= Label.DUPLICATE_ACK
      if (w[j + DUPLICATE_ACKS] < 255) w[j + DUPLICATE_ACKS]++
    }
  }

  private countRetransmission(page: Page, segment: Segment, i: number): void {
    segment.labels |= Label.RETRANSMISSION
    if (page.history && page.words[i + RETRANSMISSIONS] < 0xffff) page.words[i + RETRANSMISSIONS]++
  }

  /** The last byte of the segment is the last one that the receiver's window allows. */
  private fillsWindow(page: Page, i: number, j: number, end: number): boolean {
    const { words: w } = page
    if ((w[i + FLAGS] & w[j + FLAGS] & Known.SYN) === 0 || !has(w, i, Known.ACKED)) return false
    const scaled = (w[i + FLAGS] & w[j + FLAGS] & Known.SCALE) !== 0
    return end === (w[i + ACKED] + (w[j + WINDOW] << (scaled ? w[j + SCALE] : 0))) >>> 0
  }

  private setRelative(page: Page, segment: Segment, i: number, j: number): void {
    if (!page.history) return
    const { words: w } = page
    const p: Packet = segment.packet
    segment.relativeSeq = (p.seq - w[i + ISN]) >>> 0
    segment.relativeAck = (p.flags & Flag.ACK) === 0 ? -1 : (p.ack - w[j + ISN]) >>> 0
  }

  private roundTrip(page: Page, c: number): Nanoseconds {
    const { times: t } = page
    const open = t[(c + OPEN_TIME) >> 1]
    return open === 0 ? 0 : open - t[(c + SYN_TIME) >> 1]
  }
}

function maxSeq(a: number, b: number): number {
  return distance(a, b) >= 0 ? a : b
}

/** Keeps the shortest time that the endpoint took to answer, for the vantage. */
export function noteDelay(page: Page, i: number, delay: Nanoseconds): void {
  if (!page.history) return
  const at = (i + ACK_DELAY) >> 1
  const shortest = page.times[at]
  if (delay >= 0 && (shortest === 0 || delay < shortest)) page.times[at] = Math.max(delay, 1)
}
