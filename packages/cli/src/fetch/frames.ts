import type { Moment } from './clock.ts'

const HEADER_BYTES = 9
const DATA = 0
const HEADERS = 1
const CONTINUATION = 9
const END_STREAM = 1

/** Counts the HTTP/2 frames (RFC 9113 §4.1) of one stream in one direction, from bytes as they pass: their headers and
 *  lengths are all that is looked at. */
export class FrameCounter {
  headBytes = 0
  bodyBytes = 0
  /** When its first byte, and the last one of the frame that ends it, passed. */
  firstAt: Moment | null = null
  endedAt: Moment | null = null
  private stream = 0
  /** Bytes of a frame's header that have come, and what it says. */
  private readonly header = new Uint8Array(HEADER_BYTES)
  private have = 0
  private left = 0
  private skip: number
  private ends = false

  /** `preface`: bytes before the first frame (RFC 9113 §3.4). */
  constructor(preface: number) {
    this.skip = preface
  }

  /** Counts stream `stream` from now on; 0: the next one that begins. */
  follow(stream: number): void {
    this.stream = stream
    this.headBytes = 0
    this.bodyBytes = 0
    this.firstAt = null
    this.endedAt = null
    this.ends = false
  }

  add(bytes: Uint8Array, at: Moment): void {
    let i = Math.min(this.skip, bytes.length)
    this.skip -= i
    while (i < bytes.length) {
      if (this.left > 0) {
        const take = Math.min(this.left, bytes.length - i)
        this.left -= take
        i += take
      } else {
        this.header[this.have++] = bytes[i++]
        if (this.have < HEADER_BYTES) continue
        this.have = 0
        this.begin(at)
      }
      if (this.left === 0 && this.ends && this.have === 0) {
        this.endedAt = at
        this.ends = false
      }
    }
  }

  private begin(at: Moment): void {
    const h = this.header
    this.left = (h[0] << 16) | (h[1] << 8) | h[2]
    const type = h[3]
    const stream = ((h[5] & 0x7f) << 24) | (h[6] << 16) | (h[7] << 8) | h[8]
    if (stream === 0 || (type !== DATA && type !== HEADERS && type !== CONTINUATION)) return
    if (this.stream === 0) this.stream = stream
    if (stream !== this.stream) return
    this.firstAt ??= at
    if (type === DATA) this.bodyBytes += HEADER_BYTES + this.left
    else this.headBytes += HEADER_BYTES + this.left
    // Trailers, not the head, may end it too: then CONTINUATION may follow, which is rare and counted all the same.
    if ((h[4] & END_STREAM) !== 0 && type !== CONTINUATION) this.ends = true
  }
}
