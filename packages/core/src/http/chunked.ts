import type { Offset, PacketNumber, StreamOffset } from '../units.ts'
import type { HttpEvents } from './exchange.ts'
import { loseFraming } from './framing.ts'
import { type Message, State } from './message.ts'
import { CR, HT, LF, SEMICOLON, SPACE } from './text.ts'

/** 2^48: more cannot be meant, and sums of it stay exact. */
const MAX_SIZE_DIGITS = 12

function hexValue(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const lower = byte | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

/** Runs the chunks of a message over b[at, end) (RFC 9112 §7.1) and returns the offset where it stopped: at `end`, at the
 *  trailer section (State.TRAILER), or at the byte that breaks the framing (State.LOST). */
export function readChunks(
  m: Message,
  b: Uint8Array,
  at: Offset,
  end: Offset,
  base: StreamOffset,
  packet: PacketNumber,
  events: HttpEvents | null,
): Offset {
  while (at < end) {
    const byte = b[at]
    switch (m.state) {
      case State.CHUNK_SIZE: {
        const digit = hexValue(byte)
        if (digit >= 0) {
          // Leading zeros do not count as digits, but do make a size.
          if (m.chunkLeft > 0 || m.chunkDigits === 0) m.chunkDigits++
          m.chunkLeft = m.chunkLeft * 16 + digit
          if (m.chunkDigits <= MAX_SIZE_DIGITS) break
        } else if (m.chunkDigits > 0) {
          if (byte === LF) {
            beginChunk(m, base + at + 1)
            break
          }
          if (byte === CR || byte === SEMICOLON || byte === SPACE || byte === HT) {
            m.state = State.CHUNK_EXTENSION
            break
          }
        }
        return breakFraming(m, 'bad-chunk-size', at, base, packet)
      }
      case State.CHUNK_EXTENSION:
        // Also the CR of the size line; extensions have no meaning here.
        if (byte === LF) beginChunk(m, base + at + 1)
        break
      case State.CHUNK_DATA: {
        const take = Math.min(end - at, m.chunkLeft)
        m.chunkLeft -= take
        m.contentSoFar += take
        events?.onContent?.(m.exchange.slot, m.side, b, at, at + take)
        at += take
        if (m.chunkLeft === 0) m.state = State.CHUNK_CR
        continue
      }
      case State.CHUNK_CR:
        if (byte === CR) {
          m.state = State.CHUNK_LF
          break
        }
        if (byte !== LF) return breakFraming(m, 'bad-chunk-end', at, base, packet)
        beginSize(m)
        break
      case State.CHUNK_LF:
        if (byte !== LF) return breakFraming(m, 'bad-chunk-end', at, base, packet)
        beginSize(m)
        break
      default:
        return at
    }
    at++
  }
  return at
}

/** Most digits of a size that fits 31 bits. */
const SHORT_SIZE_DIGITS = 7

/** Runs the chunks of a message over b[at, end) if they are in the usual form: CRLF behind each size, no extension, no
 *  trailer; if neither a size nor the end is cut by the end of the segment; and if nothing follows the message. Else it
 *  returns false and has done nothing. */
export function passChunks(m: Message, b: Uint8Array, at: Offset, end: Offset): boolean {
  let state: number = m.state
  let left = m.chunkLeft
  let content = m.contentSoFar
  while (at < end) {
    if (state === State.CHUNK_DATA) {
      const take = Math.min(end - at, left)
      at += take
      left -= take
      content += take
      if (left === 0) state = State.CHUNK_CR
    } else if (state === State.CHUNK_CR) {
      if (b[at++] !== CR) return false
      state = State.CHUNK_LF
    } else if (state === State.CHUNK_LF) {
      if (b[at++] !== LF) return false
      state = State.CHUNK_SIZE
    } else {
      const first = at
      for (let digit = hexValue(b[at]); digit >= 0 && at < end; digit = hexValue(b[++at])) left = left * 16 + digit
      const digits = at - first
      if (digits === 0 || digits > SHORT_SIZE_DIGITS || at + 2 > end || b[at] !== CR || b[at + 1] !== LF) return false
      at += 2
      if (left > 0) state = State.CHUNK_DATA
      else {
        if (at + 2 !== end || b[at] !== CR || b[at + 1] !== LF) return false
        at += 2
        state = State.DONE
      }
    }
  }
  m.state = state as State
  m.chunkLeft = left
  m.contentSoFar = content
  return true
}

function beginSize(m: Message): void {
  m.chunkLeft = 0
  m.chunkDigits = 0
  m.state = State.CHUNK_SIZE
}

function beginChunk(m: Message, next: StreamOffset): void {
  if (m.chunkLeft > 0) m.state = State.CHUNK_DATA
  else {
    m.state = State.TRAILER
    m.trailerAt = next
    m.lineState = 1
  }
}

function breakFraming(
  m: Message,
  code: 'bad-chunk-size' | 'bad-chunk-end',
  at: Offset,
  base: StreamOffset,
  packet: PacketNumber,
): Offset {
  m.fail(code, base + at, packet)
  loseFraming(m)
  return at
}
