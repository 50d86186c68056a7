import type { Confidence, PerSide, WriteRecord } from '../model/lines.ts'
import type { Bytes } from '../units.ts'
import { Flag } from '../wire/tcp.ts'
import type { Segment } from './segment.ts'
import { Side, type Slot } from './stream.ts'

/** Writes kept a side, and packets kept a write. */
const WRITES = 200
const PACKETS = 100
/** Beyond so many segments a stack pushes for reasons of its own (half a window sent, a send buffer's piece full). */
const SURE_SEGMENTS = 3

interface OpenWrite {
  bytes: Bytes
  packets: number[]
  segments: number
  /** Sent again, out of order or behind bytes that were not captured. */
  isDisturbed: boolean
}

interface SideWrites {
  done: WriteRecord[]
  open: OpenWrite | null
}

/** What each program most likely passed to send(), per connection. A stack sends PSH with the last segment of a write
 *  (RFC 9293 §3.9.1.2) and never splits what fits one segment, so a write ends at PSH or FIN. It may merge writes, and a
 *  receiver's offload hides borders: hence only likely, and possible where a write is long or its segments were disturbed. */
export class Writes {
  private readonly slots = new Map<Slot, [SideWrites, SideWrites]>()

  /** `mss`: payload that fits one segment of the sender, 0 = unknown. */
  add(segment: Segment, mss: Bytes): void {
    const p = segment.packet
    if (segment.freshBytes === 0) return
    let sides = this.slots.get(segment.slot)
    if (sides === undefined) {
      sides = [
        { done: [], open: null },
        { done: [], open: null },
      ]
      this.slots.set(segment.slot, sides)
    }
    const side = sides[segment.side]
    if (side.done.length >= WRITES) return
    side.open ??= { bytes: 0, packets: [], segments: 0, isDisturbed: false }
    const write = side.open
    write.bytes += segment.freshBytes
    write.segments++
    if (write.packets.length < PACKETS) write.packets.push(p.number)
    if (segment.labels !== 0) write.isDisturbed = true
    if ((p.flags & (Flag.PSH | Flag.FIN)) !== 0) this.finish(side, mss)
  }

  /** Both sides' writes, oldest first; the slot is forgotten. */
  take(slot: Slot): PerSide<WriteRecord[]> {
    const sides = this.slots.get(slot)
    this.slots.delete(slot)
    if (sides === undefined) return { client: [], server: [] }
    for (const side of [Side.CLIENT, Side.SERVER] as const) {
      const open = sides[side].open
      // No PSH came: more of it may have followed.
      if (open !== null) sides[side].done.push({ bytes: open.bytes, packets: open.packets, confidence: 'possible' })
    }
    return { client: sides[Side.CLIENT].done, server: sides[Side.SERVER].done }
  }

  private finish(side: SideWrites, mss: Bytes): void {
    const write = side.open as OpenWrite
    const isWholeSegments = mss > 0 && write.bytes % mss === 0
    const isSure = !write.isDisturbed && !isWholeSegments && write.segments <= SURE_SEGMENTS
    const confidence: Confidence = isSure ? 'likely' : 'possible'
    side.done.push({ bytes: write.bytes, packets: write.packets, confidence })
    side.open = null
  }
}
