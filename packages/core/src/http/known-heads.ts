import type { Side, Slot } from '../conversation/stream.ts'
import type { Nanoseconds, Offset, PacketNumber, StreamOffset } from '../units.ts'
import type { HeadFacts } from './head-facts.ts'
import type { HeadMemo } from './head-memo.ts'
import type { Pairing } from './pairing.ts'
import { Flag, SideState, type Slots } from './slots.ts'

/** The usual case in one step: a segment begins with a head that is known from before, on a connection of which nothing was
 *  missed, and holds one message or the beginning of one whose length is declared. All else is for the parser, which says
 *  the same of these. */
export class KnownHeads {
  private readonly slots: Slots
  private readonly pairing: Pairing
  private readonly memo: HeadMemo

  constructor(slots: Slots, pairing: Pairing, memo: HeadMemo) {
    this.slots = slots
    this.pairing = pairing
    this.memo = memo
  }

  /** Takes the segment b[at, end), which begins a message. False: it is not of this kind, and nothing has been done. */
  take(
    slot: Slot,
    side: Side,
    offset: StreamOffset,
    b: Uint8Array,
    at: Offset,
    end: Offset,
    packet: PacketNumber,
    time: Nanoseconds,
  ): boolean {
    const s = this.slots
    if ((s.flags(slot) & ~(Flag.RECOGNISED | Flag.HTTP_PORT)) !== 0) return false
    const first = s.first(slot)
    // A request that nothing precedes, or the response to the oldest one.
    if (side === 0 ? first !== null || this.pairing.isFull : first === null || !first.isAnswerable) return false
    const facts = this.memo.recall(side, b, at, end)
    if (facts === null) return false
    const { found } = this.memo
    const bodyBytes = side === 0 ? requestBody(facts) : responseBody(facts, first?.request?.method ?? null)
    const bytes = end - at
    if (bodyBytes < 0 || bytes > found + bodyBytes) return false
    s.setFlag(slot, Flag.RECOGNISED)
    const m = (first ?? this.pairing.take(slot)).enter(side)
    m.beginKnown(facts, offset, found, bodyBytes, bytes, packet, time)
    if (bytes < found + bodyBytes) {
      s.setMessage(slot, side, m)
      s.setState(slot, side, SideState.MESSAGE)
    } else if (side === 1) this.pairing.settle(m.exchange)
    return true
  }
}

/** Bytes of the body, by RFC 9112 §6.3; −1: not to be decided here. */
function requestBody({ method, encoded, declaredLength }: HeadFacts): number {
  if (encoded || declaredLength < -1 || method === 'CONNECT') return -1
  return declaredLength < 0 ? 0 : declaredLength
}

/** The same of the response to a request of that method. */
function responseBody({ status, encoded, declaredLength }: HeadFacts, method: string | null): number {
  if (status === null || status < 200 || encoded || method === null || method === 'HEAD' || method === 'CONNECT')
    return -1
  return status === 204 || status === 304 ? 0 : declaredLength
}
