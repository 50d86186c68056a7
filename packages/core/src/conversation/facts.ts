import type { Bytes } from '../units.ts'
import { Known, Trait } from './known.ts'
import { MSS } from './page.ts'
import type { Slot } from './stream.ts'
import type { Tracker } from './tracker.ts'

/** What timestamps take of every segment once both ends offered them (RFC 7323 §3.2, appendix A). */
const TIMESTAMP_BYTES: Bytes = 12

/** Payload that either side may put into one segment: the smaller of what both ends announced (RFC 9293 §3.7.1), less the
 *  timestamps that each segment carries; 0 = unknown, since a SYN was not captured. An end that announced none takes 536,
 *  or 1220 with IPv6. */
export function segmentLimit(tracker: Tracker, slot: Slot): Bytes {
  const e = tracker.endpoints
  const client = slot * 2
  const server = client + 1
  if (!e.has(client, Known.SYN) || !e.has(server, Known.SYN)) return 0
  const fallback = tracker.conversations.has(slot, Trait.IPV6) ? 1220 : 536
  const options = e.has(client, Known.TIMESTAMPS) && e.has(server, Known.TIMESTAMPS) ? TIMESTAMP_BYTES : 0
  return Math.min(e.word(client, MSS) || fallback, e.word(server, MSS) || fallback) - options
}
