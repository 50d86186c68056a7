import { u32be } from '../bytes/read.ts'
import type { Packet } from '../packet/packet.ts'
import { type Conversations, KEY_WORDS } from './columns.ts'
import type { Slot } from './stream.ts'

/** Open addressing with linear probing and backward-shift deletion; cells hold slot + 1, 0 = empty.
 *  The key of a conversation lies in its row (`Conversations.key`): the cells stay four bytes wide. */
export class FlowTable {
  private readonly conversations: Conversations
  /** Mixed into the hash, so that nobody can prepare a capture whose flows all collide. */
  private readonly seed: number
  private cells = new Uint32Array(1024)
  private mask = 1023
  private used = 0
  private readonly words = new Uint32Array(KEY_WORDS)
  /** Hash of the last packet given to find(). */
  hash = 0
  /** True when that packet was sent by the conversation's client. */
  fromClient = true

  constructor(conversations: Conversations, seed: number) {
    this.conversations = conversations
    this.seed = seed | 1
  }

  /** Slot of the packet's conversation, or -1. Sets `hash` and `fromClient`. */
  find(packet: Packet): Slot {
    return packet.ipVersion === 4 ? this.find4(packet) : this.find6(packet)
  }

  private find4(packet: Packet): Slot {
    const source = packet.sourceWord
    const destination = packet.destinationWord
    const ports = ((packet.sourcePort << 16) | packet.destinationPort) >>> 0
    const seed = this.seed
    const hash = mixEnds(
      Math.imul(source ^ seed, 0x9e3779b1) ^ packet.sourcePort,
      Math.imul(destination ^ seed, 0x9e3779b1) ^ packet.destinationPort,
      seed,
    )
    this.hash = hash
    const cells = this.cells
    const mask = this.mask
    const { key, hash: hashes, ipVersion: versions } = this.conversations
    for (let at = hash & mask; cells[at] !== 0; at = (at + 1) & mask) {
      const slot = cells[at] - 1
      if (hashes[slot] !== hash || versions[slot] !== 4) continue
      const base = slot * KEY_WORDS
      if (key[base + 8] === ports && key[base + 3] === source && key[base + 7] === destination) {
        this.fromClient = true
        return slot
      }
      const reversed = ((ports << 16) | (ports >>> 16)) >>> 0
      if (key[base + 8] === reversed && key[base + 3] === destination && key[base + 7] === source) {
        this.fromClient = false
        return slot
      }
    }
    return -1
  }

  private find6(packet: Packet): Slot {
    const hash = this.readKey(packet)
    this.hash = hash
    const cells = this.cells
    const { key, hash: hashes, ipVersion: versions } = this.conversations
    for (let at = hash & this.mask; cells[at] !== 0; at = (at + 1) & this.mask) {
      const slot = cells[at] - 1
      if (hashes[slot] !== hash || versions[slot] !== 6) continue
      const base = slot * KEY_WORDS
      if (this.matches(key, base, 0, packet.sourcePort, packet.destinationPort)) {
        this.fromClient = true
        return slot
      }
      if (this.matches(key, base, 4, packet.destinationPort, packet.sourcePort)) {
        this.fromClient = false
        return slot
      }
    }
    return -1
  }

  /** Fills `words` from an IPv6 packet; returns the hash. */
  private readKey(packet: Packet): number {
    const { bytes, sourceAt, destinationAt } = packet
    const words = this.words
    words[8] = ((packet.sourcePort << 16) | packet.destinationPort) >>> 0
    const seed = this.seed
    let source = packet.sourcePort
    let destination = packet.destinationPort
    for (let i = 0; i < 4; i++) {
      words[i] = u32be(bytes, sourceAt + 4 * i)
      words[4 + i] = u32be(bytes, destinationAt + 4 * i)
      source = Math.imul(source ^ words[i] ^ seed, 0x85ebca6b) ^ (source >>> 15)
      destination = Math.imul(destination ^ words[4 + i] ^ seed, 0x85ebca6b) ^ (destination >>> 15)
    }
    return mixEnds(source, destination, seed)
  }

  /** Adds a slot under the packet's key; find() was called with it last. */
  insert(slot: Slot, packet: Packet, senderIsClient: boolean): void {
    this.writeKey(slot, packet, senderIsClient)
    if (++this.used * 2 > this.cells.length) this.grow()
    this.place(slot)
  }

  /** Writes the packet's key into the slot's row; find() was called with it last. */
  writeKey(slot: Slot, packet: Packet, senderIsClient: boolean): void {
    const { key, hash, ipVersion: versions } = this.conversations
    const base = slot * KEY_WORDS
    const first = senderIsClient ? base : base + 4
    const second = senderIsClient ? base + 4 : base
    if (packet.ipVersion === 4) {
      // IPv4 addresses are mapped (RFC 4291 §2.5.5.2).
      key[base] = key[base + 1] = key[base + 4] = key[base + 5] = 0
      key[base + 2] = key[base + 6] = 0xffff
      key[first + 3] = packet.sourceWord
      key[second + 3] = packet.destinationWord
    } else {
      this.readKey(packet)
      for (let i = 0; i < 4; i++) {
        key[first + i] = this.words[i]
        key[second + i] = this.words[i + 4]
      }
    }
    const { sourcePort, destinationPort } = packet
    key[base + 8] = (senderIsClient ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort) >>> 0
    hash[slot] = this.hash
    versions[slot] = packet.ipVersion
  }

  /** The packets of old's 4-tuple find `slot` from now on. */
  replace(old: Slot, slot: Slot): void {
    this.cells[this.cellOf(old)] = slot + 1
  }

  delete(slot: Slot): void {
    const cells = this.cells
    const mask = this.mask
    const { hash } = this.conversations
    let hole = this.cellOf(slot)
    for (let at = (hole + 1) & mask; cells[at] !== 0; at = (at + 1) & mask) {
      const home = hash[cells[at] - 1] & mask
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        cells[hole] = cells[at]
        hole = at
      }
    }
    cells[hole] = 0
    this.used--
  }

  private cellOf(slot: Slot): number {
    let at = this.conversations.hash[slot] & this.mask
    while (this.cells[at] !== slot + 1) at = (at + 1) & this.mask
    return at
  }

  private place(slot: Slot): void {
    let at = this.conversations.hash[slot] & this.mask
    while (this.cells[at] !== 0) at = (at + 1) & this.mask
    this.cells[at] = slot + 1
  }

  private grow(): void {
    const old = this.cells
    this.cells = new Uint32Array(old.length * 2)
    this.mask = this.cells.length - 1
    for (const cell of old) if (cell !== 0) this.place(cell - 1)
  }

  private matches(key: Uint32Array, base: number, first: number, clientPort: number, serverPort: number): boolean {
    const words = this.words
    if (key[base + 8] !== ((clientPort << 16) | serverPort) >>> 0) return false
    for (let i = 0; i < 8; i++) if (key[base + i] !== words[first ^ i]) return false
    return true
  }
}

/** Symmetric: both directions of a flow mix to the same value. */
function mixEnds(a: number, b: number, seed: number): number {
  let source = Math.imul(a ^ (a >>> 16) ^ seed, 0x85ebca6b)
  let destination = Math.imul(b ^ (b >>> 16) ^ seed, 0x85ebca6b)
  source ^= source >>> 13
  destination ^= destination >>> 13
  const hash = Math.imul((source + destination) | 0, 0xc2b2ae35) ^ Math.imul(source ^ destination, 0x27d4eb2f)
  return (hash ^ (hash >>> 15)) >>> 0
}
