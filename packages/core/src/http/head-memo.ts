import type { Offset } from '../units.ts'
import type { Message } from './message.ts'
import { viewOf } from './text.ts'

/** Heads that are remembered, and the longest one: 128 KiB in all. A power of two. */
const HEADS = 64
const LONGEST = 1024
/** Shorter ones are not worth it. */
const SHORTEST = 16

/** What a head said, and its bytes. */
interface Head {
  /** Its whole groups of four bytes, first byte lowest. */
  words: Int32Array
  length: number
  /** Its last four bytes. */
  tail: number
  method: string | null
  status: number | null
  minor: number | null
  declaredLength: number
  chunked: boolean
  encoded: boolean
  connectionClose: boolean
  connectionKeepAlive: boolean
  upgrade: boolean
  expectContinue: boolean
  keepAliveTimeout: number | null
  dateHeader: number | null
}

/** Clients and servers say the same again and again, byte for byte: a browser's session, a health check, a server within
 *  one second of its clock. What such a head says is then known after one comparison, which is 10 times as fast as to
 *  read it. Only for who wants no texts: what a head says beyond them depends on its own bytes alone. */
export class HeadMemo {
  private readonly requests: (Head | null)[] = new Array(HEADS).fill(null)
  private readonly responses: (Head | null)[] = new Array(HEADS).fill(null)

  /** Fills `m` and returns the length of the head at b[at] if it is a remembered one; else 0. */
  recall(m: Message, b: Uint8Array, at: Offset, end: Offset): number {
    if (end - at < SHORTEST) return 0
    const view = viewOf(b)
    const head = (m.side === 0 ? this.requests : this.responses)[place(view, at, end)]
    if (head === null || head.length > end - at) return 0
    const { words, length } = head
    for (let i = 0; i + 4 <= length; i += 4) if (words[i >> 2] !== view.getInt32(at + i, true)) return 0
    if (head.tail !== view.getInt32(at + length - 4, true)) return 0
    m.method = head.method
    m.status = head.status
    m.minor = head.minor
    m.declaredLength = head.declaredLength
    m.chunked = head.chunked
    m.encoded = head.encoded
    m.connectionClose = head.connectionClose
    m.connectionKeepAlive = head.connectionKeepAlive
    m.upgrade = head.upgrade
    m.expectContinue = head.expectContinue
    m.keepAliveTimeout = head.keepAliveTimeout
    m.dateHeader = head.dateHeader
    return length
  }

  /** Remembers what `m` was told by b[at, headEnd), in place of another head. `end`: as given to recall(). */
  keep(m: Message, b: Uint8Array, at: Offset, headEnd: Offset, end: Offset): void {
    const length = headEnd - at
    if (length < SHORTEST || length > LONGEST || m.errors.length > 0) return
    const view = viewOf(b)
    const heads = m.side === 0 ? this.requests : this.responses
    const index = place(view, at, end)
    const words = heads[index]?.words ?? new Int32Array(LONGEST / 4)
    for (let i = 0; i + 4 <= length; i += 4) words[i >> 2] = view.getInt32(at + i, true)
    heads[index] = {
      words,
      length,
      tail: view.getInt32(at + length - 4, true),
      method: m.method,
      status: m.status,
      minor: m.minor,
      declaredLength: m.declaredLength,
      chunked: m.chunked,
      encoded: m.encoded,
      connectionClose: m.connectionClose,
      connectionKeepAlive: m.connectionKeepAlive,
      upgrade: m.upgrade,
      expectContinue: m.expectContinue,
      keepAliveTimeout: m.keepAliveTimeout,
      dateHeader: m.dateHeader,
    }
  }
}

/** Where a head may be remembered: by the segment's length and some of its first bytes. */
function place(view: DataView, at: Offset, end: Offset): number {
  const words = view.getInt32(at + 4) ^ Math.imul(view.getInt32(at + 8), 5) ^ Math.imul(view.getInt32(at + 12), 11)
  const hash = Math.imul(words ^ Math.imul(end - at, 0x9e3779b1), 0x85ebca6b)
  return (hash ^ (hash >>> 16)) & (HEADS - 1)
}
