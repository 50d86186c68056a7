import type { Bytes, Offset } from '../units.ts'
import { MAX_RECORD_BYTES } from './limits.ts'
import type { CaptureDamage, CaptureReader } from './record.ts'

/** The carry never grows past the longest record and its frame. */
const MAX_CARRY_BYTES = 2 * MAX_RECORD_BYTES
/** How much of the next chunk is shown to the reader together with the carry, at least. */
const STEP_BYTES = 4096

/** Drives a reader with chunks of any size. Whole records are read in the chunk itself; only a record that
 *  spans chunks is put together in a buffer of the feeder's own, which grows as far as that record demands. */
export class ChunkFeeder {
  private readonly reader: CaptureReader
  private carry = new Uint8Array(STEP_BYTES)
  private carried: Bytes = 0
  private done = false
  private ownDamage: CaptureDamage | null = null
  /** Input offset of the first byte that the reader has not consumed. */
  private position = 0

  constructor(reader: CaptureReader) {
    this.reader = reader
  }

  get damage(): CaptureDamage | null {
    return this.ownDamage ?? this.reader.damage
  }

  /** Reads chunk[at, end). The chunk is the caller's again when this returns. False once nothing more will be read. */
  push(chunk: Uint8Array, at: Offset = 0, end: Offset = chunk.length): boolean {
    if (this.done) return false
    let step = STEP_BYTES
    while (this.carried > 0) {
      const had = this.carried
      const added = Math.min(Math.max(this.reader.wants - had, step), end - at)
      if (added === 0) return true
      this.append(chunk, at, at + added)
      const consumed = this.reader.read(this.carry, 0, this.carried)
      if (consumed < 0) return this.stop()
      this.position += consumed
      if (consumed >= had) {
        // Past the carry: go on in the chunk itself.
        at += consumed - had
        this.carried = 0
        break
      }
      at += added
      this.carry.copyWithin(0, consumed, this.carried)
      this.carried -= consumed
      if (this.carried > MAX_CARRY_BYTES) return this.refuse()
      if (consumed === 0) step *= 2
    }
    const next = this.reader.read(chunk, at, end)
    if (next < 0) return this.stop()
    this.position += next - at
    this.append(chunk, next, end)
    return this.carried <= MAX_CARRY_BYTES || this.refuse()
  }

  /** Tells the reader that the input is over. */
  end(): void {
    if (this.done) return
    this.done = true
    this.reader.finish(this.carry, 0, this.carried)
  }

  private append(chunk: Uint8Array, at: Offset, end: Offset): void {
    const needed = this.carried + end - at
    if (needed > this.carry.length) {
      const grown = new Uint8Array(Math.max(needed, Math.min(this.carry.length * 2, MAX_CARRY_BYTES)))
      grown.set(this.carry.subarray(0, this.carried))
      this.carry = grown
    }
    this.carry.set(chunk.subarray(at, end), this.carried)
    this.carried = needed
  }

  private refuse(): false {
    this.ownDamage = {
      code: 'malformed',
      offset: this.position,
      message: `no record ends within ${MAX_CARRY_BYTES} bytes: the file is damaged here`,
    }
    return this.stop()
  }

  private stop(): false {
    this.done = true
    return false
  }
}
