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
