import type { LanePassed } from '../../conversation/lane.ts'
import type { Tracker } from '../../conversation/tracker.ts'
import type { CaptureDamage, CaptureInfo } from '../../file/record.ts'
import type { Note, Severity, SummaryLine } from '../../model/lines.ts'
import type { Packet } from '../../packet/packet.ts'
import type { CaptureMessageId, CaptureMessageParams } from '../../story/messages/capture-types.ts'
import { type Lang, writeCaptureNote } from '../../story/note.ts'
import type { PacketNumber } from '../../units.ts'
import type { CaptureClock } from './time.ts'

/** Comments shown, and letters of one. */
const COMMENTS = 20
const COMMENT_LENGTH = 500

/** Counts over the whole capture, and the line that tells them. */
export class SummaryCounts {
  packets = 0
  bytes = 0
  exchanges = 0
  /** Exchange lines given so far: numbers them. */
  exchangeLines = 0
  dropped = 0
  unknownBlocks = 0
  /** Packets of which the capture holds less than was on the wire. */
  cut = 0
  /** Rules that threw, and how often. */
  readonly failedRules = new Map<string, number>()
  /** What the file says of itself, or its reader of it. */
  private readonly comments: string[] = []
  readonly findings: Record<Severity, number> = { error: 0, warn: 0, note: 0, info: 0 }
  private firstSeconds = Number.NaN
  private firstNanos = 0
  private lastPacket: PacketNumber = 0
  private lastSeconds = 0
  private lastNanos = 0

  addComment(text: string): void {
    if (this.comments.length < COMMENTS) this.comments.push(text.slice(0, COMMENT_LENGTH))
  }

  add(p: Packet): void {
    this.packets++
    this.lastPacket = p.number
    this.bytes += p.wireBytes
    if (p.capturedBytes < p.wireBytes) this.cut++
    if (Number.isNaN(this.firstSeconds)) {
      this.firstSeconds = p.seconds
      this.firstNanos = p.nanos
    }
    this.lastSeconds = p.seconds
    this.lastNanos = p.nanos
  }

  /** What the tracker's lane has taken by itself. */
  addPassed({ packets, wireBytes, cut, last, seconds, nanos }: LanePassed): void {
    this.packets += packets
    this.bytes += wireBytes
    this.cut += cut
    if (last < this.lastPacket) return
    this.lastSeconds = seconds
    this.lastNanos = nanos
  }

  line(
    tracker: Tracker,
    info: CaptureInfo | null,
    damage: CaptureDamage | null,
    clock: CaptureClock,
    lang: Lang,
  ): SummaryLine {
    const notes: Note[] = []
    const tell = <I extends CaptureMessageId>(id: I, params: CaptureMessageParams<I>): void => {
      notes.push(writeCaptureNote(id, params, lang))
    }
    const count = this.packets
    // Of text nothing was cut: the rest was not printed.
    if (info?.format === 'tcpdump-text') tell('capture.text', {})
    else if (this.cut > 0) tell('capture.cut-packets', { count: this.cut, of: count })
    if (this.unknownBlocks > 0) tell('capture.unknown-blocks', { count: this.unknownBlocks })
    if (tracker.evicted > 0) tell('capture.evicted', { count: tracker.evicted })
    if (tracker.reassembly.overflows > 0) tell('capture.held-overflow', { count: tracker.reassembly.overflows })
    for (const [rule, times] of this.failedRules) tell('capture.rule-failed', { rule, times })
    for (const text of this.comments) tell('capture.comment', { text })
    const isEmpty = count === 0
    return {
      v: 1,
      type: 'summary',
      packets: count,
      bytes: this.bytes,
      start: isEmpty ? null : clock.format(this.firstSeconds, this.firstNanos),
      end: isEmpty ? null : clock.format(this.lastSeconds, this.lastNanos),
      truncated: damage === null ? null : { offset: damage.offset, message: damage.message },
      conversations: tracker.count,
      exchanges: this.exchanges,
      findings: this.findings,
      dropped: this.dropped,
      notes,
    }
  }
}
