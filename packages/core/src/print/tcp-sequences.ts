import type { Offset } from '../units.ts'

/** Slots of one generation; two are kept. Up to four of five are taken: what half of them would save in steps, twice the
 *  memory costs in caches. */
const MAX_SLOTS = 1 << 19
const FIRST_SLOTS = 1 << 10
/** Words of a slot: kind (0 free, 4, 6), ports, sequence number from the lower port, from the higher, addresses (8 words). */
const WORDS_V4 = 5
const WORDS_V6 = 11

/** The first sequence number that tcpdump saw on each side of a connection, which it subtracts from later ones. A
 *  connection is known from its first segment with ACK; SYN with ACK begins it anew. tcpdump remembers all; here the
 *  older generation of 400 000 is forgotten when a new one is full. */
export class TcpSequences {
  private readonly v4: Generations
  private readonly v6: Generations
  /** Results of relate(). */
  seq = 0
  ack = 0
  /** What is subtracted from the numbers in SACK blocks. */
  sackBase = 0

  /** `seed` spreads the connections over the tables: whoever does not know it cannot make them collide. */
  constructor(seed: number) {
    this.v4 = new Generations(WORDS_V4, seed)
    this.v6 = new Generations(WORDS_V6, seed)
  }

  /** Rises when places in `words` change. */
  get version(): number {
    return this.v4.version
  }

  /** The first numbers of IPv4 connections: that of the side with the lower port, then the other's, at a place(). */
  get words(): Uint32Array {
    return this.v4.words
  }

  /** Where relate() found the connection last. */
  get place(): number {
    return this.v4.at
  }

  /** Finds or records the connection of a segment with ACK between the addresses of 4 or 16 bytes, and sets `seq` and
   *  `ack` to the numbers as they are printed: relative unless this segment is the first or carries SYN. True if the
   *  segment comes from the side with the higher port. */
  relate(
    b: Uint8Array,
    sourceAt: Offset,
    destinationAt: Offset,
    addressBytes: 4 | 16,
    sourcePort: number,
    destinationPort: number,
    seq: number,
    ack: number,
    syn: boolean,
  ): boolean {
    const reversed =
      sourcePort > destinationPort ||
      (sourcePort === destinationPort && comesAfter(b, sourceAt, destinationAt, addressBytes))
    const generations = addressBytes === 4 ? this.v4 : this.v6
    const lowAt = reversed ? destinationAt : sourceAt
    const highAt = reversed ? sourceAt : destinationAt
    const ports = reversed ? (destinationPort << 16) | sourcePort : (sourcePort << 16) | destinationPort
    const known = generations.find(b, lowAt, highAt, addressBytes, ports)
    const table = generations.words
    const at = generations.at
    if (!known || syn) {
      table[at] = reversed ? ack - 1 : seq
      table[at + 1] = reversed ? seq : ack - 1
      this.seq = seq
      this.ack = ack
    } else {
      const low = table[at]
      const high = table[at + 1]
      this.seq = (seq - (reversed ? high : low)) >>> 0
      this.ack = (ack - (reversed ? low : high)) >>> 0
    }
    this.sackBase = reversed ? table[at] : table[at + 1]
    return reversed
  }
}

/** Hash tables with open addressing: slots of `seq low, seq high, ports, low address, high address` as 32-bit words,
 *  and the slots that are taken as a bit more in `taken`. */
class Generations {
  words: Uint32Array
  version = 0
  /** First word of the slot that find() found or made. */
  at = 0
  private readonly stride: number
  private readonly seed: number
  private taken: Uint8Array
  private mask = FIRST_SLOTS - 1
  private count = 0
  private olderWords: Uint32Array | null = null
  private olderTaken: Uint8Array = new Uint8Array(0)
  private olderMask = 0

  constructor(stride: number, seed: number) {
    this.stride = stride
    this.seed = seed
    this.words = new Uint32Array(FIRST_SLOTS * stride)
    this.taken = new Uint8Array(FIRST_SLOTS)
  }

  /** True if the connection was known. */
  find(b: Uint8Array, lowAt: Offset, highAt: Offset, addressBytes: number, ports: number): boolean {
    const hash = hashOf(b, lowAt, highAt, addressBytes, ports ^ this.seed)
    const slot = this.probe(this.words, this.taken, this.mask, hash, b, lowAt, highAt, addressBytes, ports)
    if (this.taken[slot] === 1) {
      this.at = slot * this.stride
      return true
    }
    return this.add(slot, hash, b, lowAt, highAt, addressBytes, ports)
  }

  private add(
    slot: number,
    hash: number,
    b: Uint8Array,
    lowAt: Offset,
    highAt: Offset,
    addressBytes: number,
    ports: number,
  ): boolean {
    if (5 * this.count > 4 * this.mask) {
      if (this.mask >= MAX_SLOTS - 1) this.turn()
      else this.grow()
      slot = this.probe(this.words, this.taken, this.mask, hash, b, lowAt, highAt, addressBytes, ports)
    }
    this.count++
    this.taken[slot] = 1
    const at = slot * this.stride
    this.at = at
    const words = this.words
    words[at + 2] = ports
    const each = addressBytes >> 2
    for (let i = 0; i < each; i++) {
      words[at + 3 + i] = wordOf(b, lowAt + 4 * i)
      words[at + 3 + each + i] = wordOf(b, highAt + 4 * i)
    }
    if (this.olderWords === null) return false
    const older = this.probe(
      this.olderWords,
      this.olderTaken,
      this.olderMask,
      hash,
      b,
      lowAt,
      highAt,
      addressBytes,
      ports,
    )
    if (this.olderTaken[older] === 0) return false
    words[at] = this.olderWords[older * this.stride]
    words[at + 1] = this.olderWords[older * this.stride + 1]
    return true
  }

  /** The slot that holds the connection, or the free one where it belongs. */
  private probe(
    words: Uint32Array,
    taken: Uint8Array,
    mask: number,
    hash: number,
    b: Uint8Array,
    lowAt: Offset,
    highAt: Offset,
    addressBytes: number,
    ports: number,
  ): number {
    const each = addressBytes >> 2
    let slot = hash & mask
    search: while (taken[slot] === 1) {
      const at = slot * this.stride
      if (words[at + 2] === ports >>> 0) {
        for (let i = 0; i < each; i++) {
          if (
            words[at + 3 + i] !== wordOf(b, lowAt + 4 * i) ||
            words[at + 3 + each + i] !== wordOf(b, highAt + 4 * i)
          ) {
            slot = (slot + 1) & mask
            continue search
          }
        }
        return slot
      }
      slot = (slot + 1) & mask
    }
    return slot
  }

  /** What was the younger generation becomes the older one. */
  private turn(): void {
    this.version++
    this.olderWords = this.words
    this.olderTaken = this.taken
    this.olderMask = this.mask
    this.words = new Uint32Array(this.words.length)
    this.taken = new Uint8Array(this.taken.length)
    this.count = 0
  }

  private grow(): void {
    this.version++
    const { words, taken, stride } = this
    this.mask = 2 * this.mask + 1
    this.words = new Uint32Array(2 * words.length)
    this.taken = new Uint8Array(2 * taken.length)
    const each = (stride - 3) >> 1
    for (let from = 0; from < taken.length; from++) {
      if (taken[from] === 0) continue
      const at = from * stride
      let hash = words[at + 2] ^ this.seed
      for (let i = 0; i < each; i++) hash = mixed(hash, words[at + 3 + i], words[at + 3 + each + i])
      let slot = finished(hash) & this.mask
      while (this.taken[slot] === 1) slot = (slot + 1) & this.mask
      this.taken[slot] = 1
      for (let i = 0; i < stride; i++) this.words[slot * stride + i] = words[at + i]
    }
  }
}

function wordOf(b: Uint8Array, at: Offset): number {
  return ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0
}

function hashOf(b: Uint8Array, lowAt: Offset, highAt: Offset, addressBytes: number, start: number): number {
  let hash = start
  for (let i = 0; i < addressBytes; i += 4) hash = mixed(hash, wordOf(b, lowAt + i), wordOf(b, highAt + i))
  return finished(hash)
}

function mixed(hash: number, low: number, high: number): number {
  const h = Math.imul(hash ^ low, 0x85ebca6b)
  return Math.imul(h ^ (h >>> 15) ^ high, 0xc2b2ae35)
}

function finished(hash: number): number {
  const h = Math.imul(hash ^ (hash >>> 16), 0x27d4eb2f)
  return (h ^ (h >>> 13)) >>> 0
}

/** True if the address at `a` is greater than that at `at`, as bytes are compared. */
function comesAfter(b: Uint8Array, a: Offset, at: Offset, bytes: number): boolean {
  for (let i = 0; i < bytes; i++) if (b[a + i] !== b[at + i]) return b[a + i] > b[at + i]
  return false
}
