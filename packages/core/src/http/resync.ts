import type { Offset } from '../units.ts'
import type { Message } from './message.ts'
import { Flag, type Slots } from './slots.ts'
import { holdsRequestLine, looksLikeStart } from './start-line.ts'

/** In a message of unknown end: whether the visible segment b[at, end) begins the next one. It must look like a start line,
 *  and its side must have a reason to begin: a client, that the server has spoken meanwhile (or the whole request line is
 *  there); a server, a request that may wait for it. */
export function beginsAnew(slots: Slots, m: Message, b: Uint8Array, at: Offset, end: Offset): boolean {
  if (!looksLikeStart(m.side, b, at, end)) return false
  const exchange = m.exchange
  if (m.side === 0) return holdsRequestLine(b, at, end) || spokeSince(exchange.response, m)
  const lost = (slots.flags(exchange.slot) & Flag.CLIENT_LOST) !== 0
  return lost || exchange.request === null || slots.waiting(exchange.slot) !== null
}

/** In a message of unknown end: whether the other side has spoken since its last byte, so that a segment of which nothing
 *  is visible is taken for the next message. */
export function alternates(slots: Slots, m: Message): boolean {
  if (m.side === 0) return spokeSince(m.exchange.response, m)
  const request = slots.waiting(m.exchange.slot)?.request ?? null
  return request !== null && request.beganAt > m.lastEvent
}

function spokeSince(response: Message | null, m: Message): boolean {
  return response !== null && response.lastEvent > m.lastEvent
}
