import { labelNames } from '../../conversation/labels.ts'
import { NUMBER } from '../../conversation/page.ts'
import { sideName } from '../../conversation/record.ts'
import type { Segment } from '../../conversation/segment.ts'
import { stateNow } from '../../conversation/state-now.ts'
import { Side } from '../../conversation/stream.ts'
import type { Tracker } from '../../conversation/tracker.ts'
import type { Note, PacketLine } from '../../model/lines.ts'
import type { Packet } from '../../packet/packet.ts'
import { Flag } from '../../wire/tcp.ts'
import type { CaptureClock } from './time.ts'

const FLAG_NAMES: readonly [number, string][] = [
  [Flag.SYN, 'SYN'],
  [Flag.FIN, 'FIN'],
  [Flag.RST, 'RST'],
  [Flag.PSH, 'PSH'],
  [Flag.ACK, 'ACK'],
  [Flag.URG, 'URG'],
  [Flag.ECE, 'ECE'],
  [Flag.CWR, 'CWR'],
  [Flag.AE, 'AE'],
]

/** The line of a TCP segment that the tracker has just taken. */
export function segmentLine(tracker: Tracker, segment: Segment, clock: CaptureClock, notes: Note[]): PacketLine {
  const p = segment.packet
  const line = frameLine(p, clock, notes)
  line.conversation = tracker.conversations.word(segment.slot, NUMBER) - 1
  line.from = sideName(segment.side)
  // A SYN takes the number 0; payload begins at 1.
  const first = segment.relativeSeq + ((p.flags & Flag.SYN) !== 0 && p.payloadBytes > 0 ? 1 : 0)
  line.tcp = {
    flags: flagNames(p.flags),
    seq: [first, first + p.payloadBytes],
    ack: segment.relativeAck < 0 ? null : segment.relativeAck,
    window: p.window,
    bytes: p.payloadBytes,
  }
  line.labels = labelNames(segment.labels)
  line.state = { client: stateNow(tracker, segment, Side.CLIENT), server: stateNow(tracker, segment, Side.SERVER) }
  return line
}

/** The line of any other packet. */
export function frameLine(p: Packet, clock: CaptureClock, notes: Note[]): PacketLine {
  const line: PacketLine = {
    v: 1,
    type: 'packet',
    n: p.number,
    time: clock.format(p.seconds, p.nanos),
    conversation: null,
    from: null,
    tcp: null,
    labels: [],
    state: null,
    notes,
  }
  if (p.clock !== null && !clock.dated) line.clock = p.clock
  return line
}

function flagNames(flags: number): string[] {
  const names: string[] = []
  for (const [bit, name] of FLAG_NAMES) if ((flags & bit) !== 0) names.push(name)
  return names
}
