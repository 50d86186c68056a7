import type { PacketLine } from '../model/lines.ts'
import type { Bytes, PacketNumber } from '../units.ts'

/** Packets that are counted instead of shown one by one. */
export interface PacketRun {
  type: 'run'
  first: PacketNumber
  last: PacketNumber
  packets: number
  /** Packets with data, and their data. */
  segments: number
  bytes: Bytes
  /** Packets without data, SYN, FIN or RST. */
  acks: number
  /** Packets with a label (retransmission …). */
  unusual: number
}

/** How many packets carry a label, and the first few of them. */
export interface LabelCount {
  count: number
  packets: PacketNumber[]
}

export type TranscriptItem = PacketLine | PacketRun

/** How many packet lines of one conversation are kept: its beginning, its end, and what is unusual between. */
export interface TranscriptBounds {
  readonly head: number
  readonly tail: number
  readonly unusual: number
}

/** A conversation that is one of many; the ladder shows at most 120 rows in full. */
const ordinaryBounds: TranscriptBounds = { head: 80, tail: 40, unusual: 40 }

/** What is kept of each as more and more are open at once: opening, some of the unusual, the end. */
export const tighterBounds: readonly TranscriptBounds[] = [
  ordinaryBounds,
  { head: 14, tail: 10, unusual: 10 },
  { head: 6, tail: 6, unusual: 2 },
  { head: 2, tail: 1, unusual: 0 },
  { head: 0, tail: 0, unusual: 0 },
]

/** The one conversation that was asked for. */
export const generousBounds: TranscriptBounds = { head: 4000, tail: 1000, unusual: 1000 }

/** An empty run. */
function emptyRun(first: PacketNumber): PacketRun {
  return { type: 'run', first, last: first, packets: 0, segments: 0, bytes: 0, acks: 0, unusual: 0 }
}

/** Adds a packet, or what another run counted, to `run`. */
function extendRun(run: PacketRun, item: TranscriptItem): void {
  if (item.type === 'run') {
    run.last = item.last
    run.packets += item.packets
    run.segments += item.segments
    run.bytes += item.bytes
    run.acks += item.acks
    run.unusual += item.unusual
    return
  }
  run.last = item.n
  run.packets++
  if (item.tcp !== null && item.tcp.bytes > 0) {
    run.segments++
    run.bytes += item.tcp.bytes
  } else if (item.tcp?.flags.every((flag) => flag === 'ACK')) run.acks++
  if (item.labels.length > 0) run.unusual++
}

const OPENING_OR_CLOSING = new Set(['SYN', 'FIN', 'RST'])

/** Whether a packet tells more than "data went on": a label, or a flag that opens or closes. */
function isTelling(packet: PacketLine): boolean {
  return packet.labels.length > 0 || (packet.tcp?.flags.some((flag) => OPENING_OR_CLOSING.has(flag)) ?? false)
}

/** The packets of one conversation in bounded memory. */
export class Transcript {
  /** Packet lines held, for the budget over all conversations. */
  held = 0
  packets = 0
  /** Labels seen, with their count and the first few packets that carry them; over all packets. */
  readonly labels = new Map<string, LabelCount>()
  #head: TranscriptItem[] = []
  #tail: PacketLine[] = []
  #tailAt = 0
  #unusual = 0
  #bounds: TranscriptBounds

  constructor(bounds: TranscriptBounds) {
    this.#bounds = bounds
  }

  add(packet: PacketLine): void {
    this.packets++
    for (const label of packet.labels) {
      const seen = this.labels.get(label)
      if (seen === undefined) {
        if (this.labels.size < 32) this.labels.set(label, { count: 1, packets: [packet.n] })
        continue
      }
      seen.count++
      if (seen.packets.length < 6) seen.packets.push(packet.n)
    }
    if (this.packets <= this.#bounds.head && this.#tail.length === 0) {
      this.#head.push(packet)
      this.held++
    } else if (this.#tail.length < this.#bounds.tail) {
      this.#tail.push(packet)
      this.held++
    } else if (this.#bounds.tail === 0) this.#settle(packet)
    else {
      const passed = this.#tail[this.#tailAt]
      this.#tail[this.#tailAt] = packet
      this.#tailAt = (this.#tailAt + 1) % this.#bounds.tail
      this.#settle(passed)
    }
  }

  /** Keeps less from now on, and of what was kept: the first and the last, and telling packets between. */
  tighten(bounds: TranscriptBounds): void {
    const items = this.items()
    this.#bounds = bounds
    const tailFrom = Math.max(bounds.head, items.length - bounds.tail)
    this.#head = []
    this.#tail = []
    this.#tailAt = 0
    this.#unusual = 0
    this.held = 0
    items.forEach((item, index) => {
      if (item.type === 'run') this.#merge(item)
      else if (index < bounds.head) {
        this.#head.push(item)
        this.held++
      } else if (index >= tailFrom) {
        this.#tail.push(item)
        this.held++
      } else this.#settle(item)
    })
  }

  /** In order. */
  items(): TranscriptItem[] {
    return [...this.#head, ...this.#tail.slice(this.#tailAt), ...this.#tail.slice(0, this.#tailAt)]
  }

  #settle(packet: PacketLine): void {
    if (isTelling(packet) && this.#unusual < this.#bounds.unusual) {
      this.#unusual++
      this.held++
      this.#head.push(packet)
      return
    }
    this.#merge(packet)
  }

  /** Counts an item into the run at the end of the head. */
  #merge(item: TranscriptItem): void {
    const last = this.#head.at(-1)
    if (last !== undefined && last.type === 'run') {
      extendRun(last, item)
      return
    }
    const run = emptyRun(itemStart(item))
    extendRun(run, item)
    this.#head.push(run)
  }
}

/** Number of the first packet of an item. */
function itemStart(item: TranscriptItem | undefined): PacketNumber {
  if (item === undefined) return 0
  return item.type === 'run' ? item.first : item.n
}

/** Turns uneventful stretches into runs where a conversation has more than `rows` packets. Packets in `landmarks`
 *  (beginnings and ends of messages, changes of state) stay, as do the first and last few. */
export function collapse(
  items: readonly TranscriptItem[],
  rows: number,
  landmarks: ReadonlySet<PacketNumber>,
): TranscriptItem[] {
  let total = 0
  for (const item of items) total += item.type === 'run' ? item.packets : 1
  if (total <= rows) return [...items]
  const telling = items.map((item) => item.type === 'packet' && (landmarks.has(item.n) || isTelling(item)))
  const edge = 8
  // Should the telling ones alone be a wall, the ones in the middle go too.
  const tellingCount = telling.filter(Boolean).length
  const share = tellingCount > rows - 2 * edge ? (rows - 2 * edge) / tellingCount : 1
  const lead = Math.floor(share * tellingCount * 0.6)
  const trail = share === 1 ? 0 : Math.floor(share * tellingCount * 0.4)
  const shown: TranscriptItem[] = []
  let rank = 0
  items.forEach((item, index) => {
    let keep = item.type === 'packet' && (index < edge || index >= items.length - edge)
    if (telling[index]) {
      keep ||= share === 1 || rank < lead || rank >= tellingCount - trail
      rank++
    }
    const before = shown.at(-1)
    if (keep) shown.push(item)
    else if (before !== undefined && before.type === 'run') extendRun(before, item)
    else {
      const run = emptyRun(itemStart(item))
      extendRun(run, item)
      shown.push(run)
    }
  })
  // A run of one packet takes the row that the packet itself would.
  const byNumber = new Map(items.map((item) => [itemStart(item), item]))
  return shown.map((item) => {
    if (item.type !== 'run' || item.packets !== 1) return item
    return byNumber.get(item.first) ?? item
  })
}
