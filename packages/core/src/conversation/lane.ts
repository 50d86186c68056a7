import type { Arena, SharedMemory } from '../bytes/arena.ts'
import type { PcapLayout, RecordScan } from '../file/record.ts'
import type { Bytes, Nanoseconds, Offset, PacketNumber } from '../units.ts'
import type { Conversations } from './conversations.ts'
import type { FlowTable } from './flow-table.ts'
import { Box, LaneStop } from './lane-box.ts'
import { generateLane } from './lane-code.ts'
import type { Machine } from './machine.ts'
import { CLIENT, SERVER } from './page.ts'
import type { Reassembly } from './reassembly.ts'
import { Side, type Slot } from './stream.ts'

/** The part of WebAssembly that is used; the ES library does not name it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (
    module: object,
    imports: { env: { memory: SharedMemory } },
  ) => { readonly exports: { readonly run: (at: Offset, end: Offset) => number } }
}

const PAGE_BYTES = 65_536
const LINK_ETHERNET = 1
/** After so many records that were refused in a row the reader takes more of them at a time, up to so many. */
const PATIENCE = 32
const MAX_REST = 256

/** What the lane works on, and whom it tells. */
export interface LaneHost {
  /** The block of memory that both look at, and its address in the arena. */
  readonly box: Uint32Array
  readonly boxAt: Offset
  readonly conversations: Conversations
  readonly flows: FlowTable
  readonly reassembly: Reassembly
  readonly machine: Machine
  /** Time of the last packet. */
  passed(time: Nanoseconds): void
  /** A conversation has begun. */
  begun(slot: Slot): void
  /** Both ends of the conversation are done. */
  over(slot: Slot, time: Nanoseconds): void
}

/** All that a lane has taken. */
export interface LanePassed {
  packets: number
  wireBytes: Bytes
  /** Packets of which fewer bytes were captured. */
  cut: number
  /** Number and time of the last of them. */
  last: PacketNumber
  seconds: number
  nanos: number
}

/** Takes the segments that usual.ts takes out of the buffer of a pcap file, in generated code. The rest, and the first
 *  segments of a conversation, the file's reader hands over as ever. */
export class Lane implements RecordScan {
  packets = 0
  readonly isDone = false
  rest = 1
  /** Of what it has taken. */
  readonly passed: LanePassed = { packets: 0, wireBytes: 0, cut: 0, last: 0, seconds: 0, nanos: 0 }
  private readonly host: LaneHost
  private readonly arena: Arena
  private readonly words: Uint32Array
  private readonly wide: Float64Array
  private run: ((at: Offset, end: Offset) => number) | null = null
  private layout: PcapLayout | null = null
  private refused = 0
  /** Second that times count from; NaN before the first packet. */
  private baseSeconds = Number.NaN

  constructor(arena: Arena, host: LaneHost) {
    this.arena = arena
    this.host = host
    this.words = host.box
    this.wide = new Float64Array(host.box.buffer, host.box.byteOffset, host.box.length >> 1)
  }

  /** Before the first conversation begins. */
  begin(baseSeconds: number): void {
    this.baseSeconds = baseSeconds
  }

  scan(bytes: Uint8Array, start: Offset, end: Offset, layout: PcapLayout, before: PacketNumber): Offset {
    this.packets = 0
    if (layout !== this.layout) this.prepare(layout)
    const { words, host } = this
    const run = bytes === this.arena.room.bytes && words[Box.CELLS] !== 0 ? this.run : null
    if (run === null) this.rest = Number.POSITIVE_INFINITY
    if (run === null || Number.isNaN(this.baseSeconds)) return start
    words[Box.NUMBER] = before
    this.wide[Box.BASE >> 1] = this.baseSeconds
    let at = start
    let stop: number
    do {
      words[Box.HOLDS] = host.reassembly.holdsAny ? 1 : 0
      words[Box.BEYOND] = host.machine.hasBeyond ? 1 : 0
      stop = run(at, end)
      at = words[Box.AT]
      if (stop !== LaneStop.RECORD) this.tell(stop, bytes)
    } while (stop !== LaneStop.RECORD)
    this.packets = words[Box.NUMBER] - before
    this.rest = this.packets > 0 || ++this.refused <= PATIENCE ? 1 : Math.min(this.rest * 2, MAX_REST)
    if (this.packets > 0) this.count()
    return at
  }

  private count(): void {
    const { words, passed } = this
    this.refused = 0
    passed.packets += this.packets
    passed.wireBytes = this.wide[Box.WIRE >> 1]
    passed.cut = words[Box.CUT]
    passed.last = words[Box.NUMBER]
    passed.seconds = words[Box.SECONDS]
    passed.nanos = words[Box.FRACTION]
    this.host.passed((passed.seconds - this.baseSeconds) * 1e9 + passed.nanos)
  }

  private tell(stop: number, bytes: Uint8Array): void {
    const { words, wide, host } = this
    const slot = words[Box.SLOT]
    const time = wide[Box.TIME >> 1]
    if (stop === LaneStop.OVER) host.over(slot, time)
    else if (stop === LaneStop.BEGUN) host.begun(slot)
    else this.tellStream(stop, slot, time, bytes)
  }

  private tellStream(stop: number, slot: Slot, time: Nanoseconds, bytes: Uint8Array): void {
    const { words, wide, host } = this
    const { conversations, reassembly } = host
    const side = words[Box.SIDE] as Side
    const number = words[Box.NUMBER]
    const from = words[Box.FROM]
    const count = words[Box.BYTES]
    const page = conversations.pageOf(slot)
    const i = conversations.recordAt(slot) + (side === Side.CLIENT ? CLIENT : SERVER)
    if (count > 0) {
      const offset = wide[Box.OFFSET >> 1]
      reassembly.passNext(page, i, slot, side, offset, bytes, from, words[Box.CAPTURED], count, number, time)
    }
    if (stop === LaneStop.FIN) reassembly.end(page, i, slot, side, 'fin', number, time)
  }

  private prepare(layout: PcapLayout): void {
    const { nano, snaplen, link, littleEndian } = layout
    const isSame = nano === this.layout?.nano && snaplen === this.layout.snaplen
    this.layout = layout
    this.rest = 1
    this.refused = 0
    if (link !== LINK_ETHERNET || !littleEndian) this.run = null
    else if (!isSame || this.run === null) this.run = this.compile(nano, snaplen)
  }

  /** Null where code must not be generated. */
  private compile(nano: boolean, maxBytes: Bytes): ((at: Offset, end: Offset) => number) | null {
    const { host, arena } = this
    const { memory, maxPages } = arena.room
    const pages = memory.buffer.byteLength / PAGE_BYTES
    try {
      const code = generateLane({ pages, maxPages, box: host.boxAt, seed: host.flows.seed, nano, maxBytes })
      return new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } }).exports.run
    } catch {
      return null
    }
  }
}
