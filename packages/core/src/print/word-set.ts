import type { Bytes, Offset } from '../units.ts'

/** Words in capitals that are looked for in packets, in any case, without making a string of the packet's bytes. */
export class WordSet {
  /** The words one behind the other, those with the same first character in a row. */
  private readonly letters: Uint8Array
  private readonly starts: Int32Array
  /** By the first character: the first word that begins with it, and the first behind those. */
  private readonly firsts = new Uint8Array(129)

  /** ASCII words, at most 255. */
  constructor(words: readonly string[]) {
    const sorted = words.toSorted((a, b) => a.charCodeAt(0) - b.charCodeAt(0))
    this.letters = Uint8Array.from(sorted.join(''), (letter) => letter.charCodeAt(0))
    this.starts = new Int32Array(sorted.length + 1)
    for (const [index, word] of sorted.entries()) {
      this.starts[index + 1] = this.starts[index] + word.length
      this.firsts.fill(index + 1, word.charCodeAt(0) + 1)
    }
  }

  /** True if b[at, end) is one of the words. */
  has(b: Uint8Array, at: Offset, end: Offset): boolean {
    const first = at < end ? capital(b[at]) : 0
    if (first > 0x7f) return false
    const { starts } = this
    const behind = this.firsts[first + 1]
    for (let word = this.firsts[first]; word < behind; word++)
      if (starts[word + 1] - starts[word] === end - at && this.matches(starts[word], b, at, end - at)) return true
    return false
  }

  private matches(start: Offset, b: Uint8Array, at: Offset, bytes: Bytes): boolean {
    const { letters } = this
    for (let i = 1; i < bytes; i++) if (capital(b[at + i]) !== letters[start + i]) return false
    return true
  }
}

function capital(byte: number): number {
  return byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte
}
