import type { Slot } from './stream.ts'

/** First in, first out: conversations that are over. Each entry names its conversation's number too, since a slot that
 *  ended otherwise may belong to another conversation by now. */
export class LingerQueue {
  private readonly slots: Uint32Array
  private readonly numbers: Uint32Array
  private first = 0
  length = 0

  /** Holds `capacity` entries at most: push() must not be called when it is full. */
  constructor(capacity: number) {
    this.slots = new Uint32Array(capacity)
    this.numbers = new Uint32Array(capacity)
  }

  /** Slot of the oldest entry. */
  get slot(): Slot {
    return this.slots[this.first]
  }

  /** Conversation number of the oldest entry. */
  get number(): number {
    return this.numbers[this.first]
  }

  push(slot: Slot, number: number): void {
    const at = (this.first + this.length++) % this.slots.length
    this.slots[at] = slot
    this.numbers[at] = number
  }

  shift(): void {
    this.first = (this.first + 1) % this.slots.length
    this.length--
  }
}
