import { Trait } from '../conversation/columns.ts'
import { Label } from '../conversation/labels.ts'
import { sideName } from '../conversation/record.ts'
import type { Segment } from '../conversation/segment.ts'
import { State } from '../conversation/state.ts'
import type { Slot } from '../conversation/stream.ts'
import type { Tracker } from '../conversation/tracker.ts'
import type { Note, SideName } from '../model/lines.ts'
import { Decode, type Packet, Protocol } from '../packet/packet.ts'
import type { Nanoseconds, PacketNumber } from '../units.ts'
import { Flag } from '../wire/tcp.ts'
import { tellAcknowledgement } from './acknowledgement.ts'
import type { HttpTeller } from './http-teller.ts'
import { tellLabels } from './label-teller.ts'
import { type Lang, writeNote } from './note.ts'
import type { Tell } from './tell.ts'

/** What the narrator remembers of a conversation. */
interface Thread {
  /** Newest SYN and SYN-ACK. */
  syn: PacketNumber
  synTime: Nanoseconds
  synAck: PacketNumber
  synAckTime: Nanoseconds
  /** Last segment with payload. */
  data: PacketNumber
  dataTime: Nanoseconds
  isHalfCloseTold: boolean
}

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
    else if ((p.flags & Flag.SYN) !== 0) this.tellSyn(segment, thread, from)
    else this.tellRest(segment, thread, from)
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
    if (ended >= 0) this.add('icmp.ended-attempt', { syn: this.threadOf(ended).syn })
    else if (p.status === Decode.FRAGMENT) this.add('frame.fragment', {})
    else if (p.status === Decode.TRUNCATED) this.add('frame.truncated', {})
    else if (p.status === Decode.MALFORMED) this.add('frame.malformed', {})
    else this.add('frame.other', { what: describeFrame(p) })
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
      thread = { syn: 0, synTime: 0, synAck: 0, synAckTime: 0, data: 0, dataTime: 0, isHalfCloseTold: false }
      this.threads.set(slot, thread)
    }
    return thread
  }

  private tellSyn(segment: Segment, thread: Thread, from: SideName): void {
    const p = segment.packet
    const isAnswer = (p.flags & Flag.ACK) !== 0
    const first = isAnswer ? thread.synAck : thread.syn
    if (segment.opens && segment.isReuse) this.add('tcp.open.port-reused', { from })
    if (isAnswer) {
      if (first !== 0 && (segment.labels & Label.RETRANSMISSION) !== 0) {
        this.add('tcp.open.syn-ack-again', { from, first, afterMs: (p.time - thread.synAckTime) / 1e6 })
      } else this.add('tcp.open.syn-ack', { from })
      thread.synAck = p.number
      thread.synAckTime = p.time
      return
    }
    if (first !== 0 && (segment.labels & Label.RETRANSMISSION) !== 0) {
      this.add('tcp.open.syn-again', { from, first, afterMs: (p.time - thread.synTime) / 1e6 })
    } else if (first !== 0) this.add('tcp.open.syn-crossing', { from, other: first })
    else if (p.payloadBytes > 0) this.add('tcp.open.syn-data', { from, bytes: p.payloadBytes })
    else this.add('tcp.open.syn', { from })
    thread.syn = p.number
    thread.synTime = p.time
  }

  private tellRest(segment: Segment, thread: Thread, from: SideName): void {
    const { packet: p, slot } = segment
    const c = this.tracker.conversations
    if (segment.opens) this.add('tcp.mid-stream', { guessed: true })
    const opened =
      c.openTime[slot] === p.time + 1 &&
      c.has(slot, Trait.HANDSHAKE) &&
      thread.syn !== 0 &&
      segment.side === 0 &&
      thread.data === 0
    if (opened) this.add('tcp.open.done', { ms: (p.time - thread.synTime) / 1e6, syn: thread.syn })
    const isLabelled = tellLabels(this.tracker, segment, from, this.add)
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
      tellAcknowledgement(this.tracker, segment, from, this.add)
  }

  /** Data from the side that has already acknowledged the other's FIN. */
  private tellHalfClose(segment: Segment, thread: Thread, from: SideName): void {
    const e = this.tracker.endpoints
    const j = (segment.slot * 2 + segment.side) ^ 1
    const fin = e.finPacket[j]
    if (thread.isHalfCloseTold || segment.freshBytes === 0 || fin === 0) return
    if (segment.packet.ack !== (e.fin[j] + 1) >>> 0) return
    thread.isHalfCloseTold = true
    this.add('tcp.close.half-data', { from, to: from === 'client' ? 'server' : 'client', fin })
  }

  private tellFin(segment: Segment, thread: Thread, from: SideName): void {
    const e = this.tracker.endpoints
    const c = this.tracker.conversations
    const { packet: p, slot } = segment
    const j = (slot * 2 + segment.side) ^ 1
    const other = c.has(slot, Trait.SELF) ? 0 : e.finPacket[j]
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
    if (e.finPacket[row] !== p.number && c.has(slot, Trait.RESET)) this.add('tcp.reset.again', { from })
    else if (c.has(slot, Trait.REFUSED)) this.add('tcp.reset.refused', { from, syn: thread.syn, port: p.sourcePort })
    else if (thread.synAck !== 0 && this.tracker.machine.likelyState(slot * 2 + 1) === State.LISTEN)
      this.add('tcp.reset.handshake', { from })
    else if ((p.flags & Flag.ACK) !== 0) this.add('tcp.reset.abort', { from })
    else this.add('tcp.reset.no-socket', { from })
  }
}

function describeFrame(p: Packet): string {
  if (p.protocol === Protocol.UDP) return `UDP ${p.sourcePort} > ${p.destinationPort}, ${p.payloadBytes} B`
  if (p.protocol === Protocol.ICMP) return 'ICMP'
  if (p.protocol === Protocol.ICMPV6) return 'ICMPv6'
  if (p.etherType === 0x0806) return 'ARP'
  if (p.ipVersion !== 0) return `IP protocol ${p.protocol}`
  return p.etherType >= 0 ? `EtherType 0x${p.etherType.toString(16).padStart(4, '0')}` : 'unknown link-layer payload'
}
