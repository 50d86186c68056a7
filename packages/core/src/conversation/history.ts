import { Flag } from '../wire/tcp.ts'
import { Label } from './labels.ts'
import type { Segment } from './segment.ts'
import type { Slot } from './stream.ts'

interface History {
  text: string
  /** Letters that come once and have come, both cases. */
  once: Set<string>
  /** How often each of the other letters has come. */
  counts: Map<string, number>
}

/** Zeek's `history` field of conn.log: a letter an event, upper case from the client. s SYN, h SYN-ACK, a pure ACK, d data,
 *  f FIN, r RST, i FIN with RST, q other impossible flags: once a side; t retransmission, w zero window, g gap: at the 1st,
 *  10th, 100th … time (docs.zeek.org, base/protocols/conn/main.zeek). */
export class Histories {
  private readonly slots = new Map<Slot, History>()

  add(segment: Segment): void {
    let history = this.slots.get(segment.slot)
    if (history === undefined) {
      history = { text: '', once: new Set(), counts: new Map() }
      this.slots.set(segment.slot, history)
    }
    const { flags, payloadBytes, window } = segment.packet
    const syn = (flags & Flag.SYN) !== 0
    const fin = (flags & Flag.FIN) !== 0
    const rst = (flags & Flag.RST) !== 0
    const ack = (flags & Flag.ACK) !== 0
    const { side, labels } = segment
    if (syn) note(history, fin || rst ? 'q' : ack ? 'h' : 's', side)
    else if (fin && rst) note(history, 'i', side)
    if (segment.freshBytes > 0) note(history, 'd', side)
    else if (ack && !syn && !fin && !rst && payloadBytes === 0) note(history, 'a', side)
    if ((labels & Label.RETRANSMISSION) !== 0) count(history, 't', side)
    if ((labels & (Label.PREVIOUS_NOT_CAPTURED | Label.ACKED_UNSEEN)) !== 0) count(history, 'g', side)
    if (window === 0 && !rst) count(history, 'w', side)
    if (fin && !rst && !syn) note(history, 'f', side)
    if (rst && !fin && !syn) note(history, 'r', side)
  }

  /** The text so far; the slot is forgotten. */
  take(slot: Slot): string {
    const text = this.slots.get(slot)?.text ?? ''
    this.slots.delete(slot)
    return text
  }
}

function cased(letter: string, side: number): string {
  return side === 0 ? letter.toUpperCase() : letter
}

function note(history: History, letter: string, side: number): void {
  const text = cased(letter, side)
  if (history.once.has(text)) return
  history.once.add(text)
  history.text += text
}

function count(history: History, letter: string, side: number): void {
  const text = cased(letter, side)
  const times = (history.counts.get(text) ?? 0) + 1
  history.counts.set(text, times)
  if (Number.isInteger(Math.log10(times))) history.text += text
}
