import { Trait } from '../conversation/known.ts'
import { FIN, FIN_PACKET, OPEN_TIME, OTHER, SYN_TIME } from '../conversation/page.ts'
import { sideName } from '../conversation/record.ts'
import type { Segment } from '../conversation/segment.ts'
import { State } from '../conversation/state.ts'
import type { Slot } from '../conversation/stream.ts'
import type { Tracker } from '../conversation/tracker.ts'
import type { Note, SideName } from '../model/lines.ts'
import type { Packet } from '../packet/packet.ts'
import type { Nanoseconds, PacketNumber } from '../units.ts'
import { Flag } from '../wire/tcp.ts'
import { tellAcknowledgement } from './acknowledgement.ts'
import { tellFrame } from './frame-teller.ts'
import type { HttpTeller } from './http-teller.ts'
import { tellLabels } from './label-teller.ts'
import { type Lang, writeNote } from './note.ts'
import { tellSyn } from './opening.ts'
import type { Tell } from './tell.ts'
import { newThread, type Thread } from './thread.ts'

/** A close that came so long after the last data is worth its idle time. */
const IDLE_WORTH_TELLING: Nanoseconds = 1e9

/** Says what each packet means, in the order of the capture, from what is known up to it. */
export class Narrator {
  private readonly tracker: Tracker
  private readonly lang: Lang
  private readonly threads = new Map<Slot, Thread>()
  private readonly http: HttpTeller
  private notes: Note[] = []

  /** `http` is told of HTTP while the tracker takes a packet. */
  constructor(tracker: Tracker, http: HttpTeller, lang: Lang) {
    this.tracker = tracker
    this.http = http
    this.lang = lang
  }

  /** The sentences about a TCP segment that the tracker has just taken. */
  tell(segment: Segment): Note[] {
    this.notes = []
    const { packet: p, slot } = segment
    const thread = this.threadOf(slot)
    const from = sideName(segment.side)
    if ((p.flags & Flag.RST) !== 0) this.tellReset(segment, thread, from)
    else if ((p.flags & Flag.SYN) !== 0) {
      tellSyn(this.tracker, segment, thread, from, this.add)
      // Fast open: the request may be in it.
      if (p.payloadBytes > 0) this.http.tell(segment, this.add)
    } else this.tellRest(segment, thread, from)
    if (segment.freshBytes > 0) {
      thread.data = p.number
      thread.dataTime = p.time
    }
    this.http.clear()
    return this.notes
  }

  /** The sentences about a packet that is no TCP segment. */
  tellOther(p: Packet): Note[] {
    this.notes = []
    const ended = this.tracker.endedByIcmp
    tellFrame(this.tracker, p, ended < 0 ? 0 : newestSyn(this.threadOf(ended)), this.add)
    return this.notes
  }

  forget(slot: Slot): void {
    this.threads.delete(slot)
  }

  private readonly add: Tell = (id, params) => {
    this.notes.push(writeNote(id, params, this.lang))
  }

  private threadOf(slot: Slot): Thread {
    let thread = this.threads.get(slot)
    if (thread === undefined) {
      thread = newThread()
      this.threads.set(slot, thread)
    }
    return thread
  }

  private tellRest(segment: Segment, thread: Thread, from: SideName): void {
    const { packet: p, slot } = segment
    const c = this.tracker.conversations
    if (segment.opens) this.add('tcp.mid-stream', { guessed: true })
    const opened =
      !thread.isOpenTold && segment.side === 0 && c.time(slot, OPEN_TIME) === p.time + 1 && c.has(slot, Trait.HANDSHAKE)
    if (opened) {
      thread.isOpenTold = true
      this.add('tcp.open.done', { ms: (c.time(slot, OPEN_TIME) - c.time(slot, SYN_TIME)) / 1e6, syn: thread.syn[0] })
    }
    const isLabelled = tellLabels(this.tracker, segment, thread, from, this.add)
    const isHttp = this.http.tell(segment, this.add)
    if (segment.freshBytes > 0 && !isHttp && !isLabelled) {
      this.add('tcp.data', {
        from,
        bytes: segment.freshBytes,
        first: segment.relativeSeq,
        end: segment.relativeSeq + p.payloadBytes,
      })
    }
    this.tellHalfClose(segment, thread, from)
    if (segment.freshFin) this.tellFin(segment, thread, from)
    else if (p.payloadBytes === 0 && !opened && !isLabelled && (p.flags & Flag.FIN) === 0)
      tellAcknowledgement(this.tracker, segment, thread, from, this.newSyn(slot), this.add)
  }

  /** The SYN of the newer conversation that has taken over the ports, else 0. */
  private newSyn(slot: Slot): PacketNumber {
    const c = this.tracker.conversations
    return c.has(slot, Trait.SUPERSEDED) ? newestSyn(this.threadOf(c.word(slot, OTHER) - 1)) : 0
  }

  /** Data from the side that has already acknowledged the other's FIN. */
  private tellHalfClose(segment: Segment, thread: Thread, from: SideName): void {
    const e = this.tracker.endpoints
    const j = (segment.slot * 2 + segment.side) ^ 1
    const fin = e.word(j, FIN_PACKET)
    if (thread.isHalfCloseTold || segment.freshBytes === 0 || fin === 0) return
    if (segment.packet.ack !== (e.word(j, FIN) + 1) >>> 0) return
    thread.isHalfCloseTold = true
    this.add('tcp.close.half-data', { from, to: from === 'client' ? 'server' : 'client', fin })
  }

  private tellFin(segment: Segment, thread: Thread, from: SideName): void {
    const e = this.tracker.endpoints
    const c = this.tracker.conversations
    const { packet: p, slot } = segment
    const j = (slot * 2 + segment.side) ^ 1
    const other = c.has(slot, Trait.SELF) ? 0 : e.word(j, FIN_PACKET)
    if (other !== 0) {
      if (c.has(slot, Trait.SIMULTANEOUS_CLOSE)) this.add('tcp.close.crossing', { from, other })
      else this.add('tcp.close.second', { from, acknowledges: segment.freshAck > 0, first: other })
    } else if (c.has(slot, Trait.CLOSER_UNKNOWN) || c.has(slot, Trait.CLOSED_BY_SERVER) !== (from === 'server')) {
      this.add('tcp.close.unknown-order', { from })
    } else {
      const idle = thread.data === 0 ? 0 : p.time - thread.dataTime
      const isIdle = idle >= IDLE_WORTH_TELLING && segment.freshBytes === 0
      this.add('tcp.close.first', { from, idleMs: isIdle ? idle / 1e6 : null, since: isIdle ? thread.data : null })
    }
  }

  private tellReset(segment: Segment, thread: Thread, from: SideName): void {
    const e = this.tracker.endpoints
    const c = this.tracker.conversations
    const { packet: p, slot } = segment
    const row = slot * 2 + segment.side
    if (e.word(row, FIN_PACKET) !== p.number && c.has(slot, Trait.RESET)) this.add('tcp.reset.again', { from })
    else if (c.has(slot, Trait.REFUSED))
      this.add('tcp.reset.refused', { from, syn: newestSyn(thread), port: p.sourcePort })
    else if (thread.synAck[1] !== 0 && this.tracker.likelyState(slot * 2 + 1) === State.LISTEN)
      this.add('tcp.reset.handshake', { from })
    else if ((p.flags & Flag.ACK) !== 0) this.add('tcp.reset.abort', { from })
    else this.add('tcp.reset.no-socket', { from })
  }
}

function newestSyn(thread: Thread): PacketNumber {
  return Math.max(thread.syn[0], thread.syn[1])
}
