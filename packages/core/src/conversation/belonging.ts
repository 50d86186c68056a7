/** Whether a segment belongs to a conversation of its 4-tuple, whose record begins at `c` in the page. */
import type { Packet } from '../packet/packet.ts'
import { Flag } from '../wire/tcp.ts'
import { likelyState } from './arrival.ts'
import { distance, Known, Trait } from './known.ts'
import { CLIENT, has, ISN, NEXT, type Page, peerOf, SERVER, STATE } from './page.ts'
import { isOver, State } from './state.ts'

/** A segment further from a connection's numbers belongs to another connection on the same ports. */
const STRAY = 1 << 20

/** A SYN on a known 4-tuple: does it begin another connection? */
export function startsAnew(page: Page, c: number, fromClient: boolean, p: Packet): boolean {
  if ((p.flags & (Flag.SYN | Flag.RST)) !== Flag.SYN) return false
  const { words: w } = page
  const i = c + (fromClient ? CLIENT : SERVER)
  const j = peerOf(c, i)
  if ((p.flags & Flag.ACK) !== 0) {
    // A SYN-ACK to a SYN that nobody saw, on a 4-tuple whose conversation is over.
    return has(w, i, Known.ISN) && p.seq !== w[i + ISN] && isOver(likelyState(page, i)) && isOver(likelyState(page, j))
  }
  if (has(w, i, Known.ISN)) return w[i + ISN] !== p.seq
  // The other side's first SYN crosses this one (simultaneous open), or the old connection was never seen to open.
  return has(w, c, Trait.MID_STREAM) || w[j + STATE] !== State.SYN_SENT
}

/** Whether a segment's numbers belong to the conversation: between its first and its last one, or not far beyond. A
 *  connection that is over sends nothing new, unless some of it was not captured. */
export function fits(page: Page, c: number, fromClient: boolean, p: Packet): boolean {
  const { words: w } = page
  const i = c + (fromClient ? CLIENT : SERVER)
  const j = peerOf(c, i)
  const isWhole = !has(w, i, Known.UNSEEN) && !has(w, j, Known.UNSEEN)
  const isFinished = has(w, c, Trait.LINGERING)
  const beyond = !isFinished ? STRAY : isWhole ? 1 : 0xffff
  if (has(w, i, Known.ISN) && (distance(p.seq, w[i + ISN]) < 0 || distance(p.seq, w[i + NEXT]) > beyond)) return false
  const isAck = (p.flags & Flag.ACK) !== 0
  if (isAck && has(w, j, Known.ISN) && (distance(p.ack, w[j + ISN]) < 0 || distance(p.ack, w[j + NEXT]) > beyond))
    return false
  return has(w, i, Known.SEQUENCE) || has(w, j, Known.SEQUENCE)
}
