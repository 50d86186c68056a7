import type { Bytes, Offset } from '../units.ts'

/** Receives written bytes; they are the writer's again when it returns. */
export type Flush = (bytes: Uint8Array, at: Offset, end: Offset) => void

/** Collects binary output in one reused buffer and hands it on when it is full. Little-endian. */
export class ByteWriter {
  private readonly onFlush: Flush
  private bytes: Uint8Array
  private view: DataView
  private used: Bytes = 0

  constructor(onFlush: Flush, capacity: Bytes = 64 * 1024) {
    this.onFlush = onFlush
    this.bytes = new Uint8Array(capacity)
    this.view = new DataView(this.bytes.buffer)
  }

  u16(value: number): void {
    this.reserve(2)
    this.view.setUint16(this.used, value, true)
    this.used += 2
  }

  u32(value: number): void {
    this.reserve(4)
    this.view.setUint32(this.used, value, true)
    this.used += 4
  }

  /** Copies b[at, end). What is longer than the buffer goes straight through. */
  copy(b: Uint8Array, at: Offset, end: Offset): void {
    const bytes = end - at
    this.reserve(Math.min(bytes, this.bytes.length))
    if (bytes > this.bytes.length) {
      this.flush()
      this.onFlush(b, at, end)
      return
    }
    this.bytes.set(b.subarray(at, end), this.used)
    this.used += bytes
  }

  zeros(count: Bytes): void {
    this.reserve(count)
    this.bytes.fill(0, this.used, this.used + count)
    this.used += count
  }

  /** The next `bytes` shall be handed on in one piece where they fit the buffer. */
  keepTogether(bytes: Bytes): void {
    this.reserve(bytes)
  }

  /** Hands on what was collected. */
  flush(): void {
    if (this.used > 0) this.onFlush(this.bytes, 0, this.used)
    this.used = 0
  }

  private reserve(bytes: Bytes): void {
    if (this.used + bytes > this.bytes.length) this.flush()
  }
}
