import type { Side } from '../conversation/stream.ts'
import type { Bytes, Offset } from '../units.ts'
import { HeadFacts } from './head-facts.ts'
import { viewOf } from './text.ts'

/** A head is looked for at one of so many places of a side, each of which remembers some: 128 KiB in all. A power of two. */
const PLACES = 16
const HEADS_A_PLACE = 4
const LONGEST: Bytes = 1024
/** Shorter ones are not worth it. */
const SHORTEST: Bytes = 16
/** Of the heads that are new, where few of those before were known: every so many is remembered. */
const RARELY = 8
const MAX_CREDIT = 64

/** A head's bytes, and what they say. */
class Head {
  /** Its whole groups of eight bytes, read as a number: that is twice as fast as four. */
  readonly words = new Float64Array(LONGEST / 8)
  length = 0
  /** Its last eight bytes. */
  tail = 0
  /** Never changed: a message may still show them when another head has taken the place. */
  facts = new HeadFacts()
}

/** Clients and servers say the same again and again, byte for byte: a browser's session, a health check, a server within
 *  one second of its clock. What such a head says is then known after one comparison, which is 10 times as fast as to
 *  read it. Only for who wants no texts: what a head says beyond them depends on its own bytes alone. */
export class HeadMemo {
  /** Length of the head that was found last. */
  found: Bytes = 0
  private readonly heads: (Head | null)[] = new Array(2 * PLACES * HEADS_A_PLACE).fill(null)
  /** More with each head that was known, less with each that was not. */
  private credit = MAX_CREDIT

  /** What the head at b[at] says, if it is a remembered one; its length is then `found`. */
  recall(side: Side, b: Uint8Array, at: Offset, end: Offset): HeadFacts | null {
    if (end - at < SHORTEST) return null
    const view = viewOf(b)
    const first = place(side, view, at, end)
    for (let k = first; k < first + HEADS_A_PLACE; k++) {
      const head = this.heads[k]
      if (head === null) return null
      const { words, length } = head
      if (length > end - at || head.tail !== view.getFloat64(at + length - 8, true)) continue
      let i = 0
      while (i + 8 <= length && words[i >> 3] === view.getFloat64(at + i, true)) i += 8
      if (i + 8 <= length) continue
      if (this.credit < MAX_CREDIT) this.credit++
      this.found = length
      return head.facts
    }
    return null
  }

  /** Remembers what b[at, headEnd) was found to say, in place of the oldest head there. `end`: as given to recall().
   *  Returns what is remembered, or null if that is not worth it. */
  keep(side: Side, facts: HeadFacts, b: Uint8Array, at: Offset, headEnd: Offset, end: Offset): HeadFacts | null {
    if (--this.credit < 0) {
      if (this.credit > -RARELY) return null
      this.credit = 0
    }
    const length = headEnd - at
    if (length < SHORTEST || length > LONGEST) return null
    const view = viewOf(b)
    const first = place(side, view, at, end)
    const last = first + HEADS_A_PLACE - 1
    const head = this.heads[last] ?? new Head()
    head.tail = view.getFloat64(at + length - 8, true)
    let isPlain = isExact(head.tail)
    for (let i = 0; i + 8 <= length; i += 8) {
      const word = view.getFloat64(at + i, true)
      head.words[i >> 3] = word
      isPlain &&= isExact(word)
    }
    // Equal to no number, itself included: never found.
    if (!isPlain) head.tail = Number.NaN
    head.length = length
    head.facts = new HeadFacts()
    head.facts.copy(facts)
    for (let k = last; k > first; k--) this.heads[k] = this.heads[k - 1]
    this.heads[first] = head
    return head.facts
  }
}

/** Whether only the same eight bytes are equal to a number: zeros of either sign are equal, and what is no number is not
 *  even equal to itself. Text is neither. */
function isExact(word: number): boolean {
  return word !== 0 && !Number.isNaN(word)
}

/** First of the places where a head may be remembered: by the segment's length and some of its first bytes. */
function place(side: Side, view: DataView, at: Offset, end: Offset): number {
  const words = view.getInt32(at + 4) ^ Math.imul(view.getInt32(at + 8), 5) ^ Math.imul(view.getInt32(at + 12), 11)
  const hash = Math.imul(words ^ Math.imul(end - at, 0x9e3779b1), 0x85ebca6b)
  return (((hash ^ (hash >>> 16)) & (PLACES - 1)) * 2 + side) * HEADS_A_PLACE
}
