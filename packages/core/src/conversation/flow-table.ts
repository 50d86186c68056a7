import type { Arena } from '../bytes/arena.ts'
import { u32be } from '../bytes/read.ts'
import type { Packet } from '../packet/packet.ts'
import type { Conversations } from './conversations.ts'
import { Trait } from './known.ts'
import { BOX_WORDS, Box } from './lane-box.ts'
import { CLIENT_ADDRESS, FLAGS, HASH, PORTS, SERVER_ADDRESS, SLOT_BITS } from './page.ts'
import { Side, type Slot } from './stream.ts'

/** A cell: slot + 1 in the low bits, above them the highest bits of the hash: most probes of another conversation's cell
 *  end there, without a look at its record. */
const SLOT_MASK = (1 << SLOT_BITS) - 1

/** Open addressing with linear probing and backward-shift deletion; 0 = an empty cell. The key of a conversation lies in
 *  its record: the cells stay four bytes wide. */
export class FlowTable {
  private readonly conversations: Conversations
  /** Mixed into the hash, so that nobody can prepare a capture whose flows all collide. */
  readonly seed: number
  private readonly arena: Arena | null
  private cells!: Uint32Array
  private mask = 0
  /** Of the tracker (lane-box.ts): the number of cells in use; for the lane their mask and their address, 0 = they do
   *  not lie in the arena. */
  private readonly box: Uint32Array
  /** Hash of the last packet given to find(). */
  hash = 0
  /** True when that packet was sent by the conversation's client. */
  fromClient = true

  constructor(
    conversations: Conversations,
    seed: number,
    arena: Arena | null = null,
    box: Uint32Array = new Uint32Array(BOX_WORDS),
  ) {
    this.conversations = conversations
    this.seed = seed | 1
    this.arena = arena
    this.box = box
    this.allocate(1024)
  }

  /** Slot of the packet's conversation, or -1. Sets `hash` and `fromClient`. */
  find(packet: Packet): Slot {
    return packet.ipVersion === 4 ? this.find4(packet) : this.find6(packet)
  }

  private find4(packet: Packet): Slot {
    const source = packet.sourceWord
    const destination = packet.destinationWord
    const { sourcePort, destinationPort } = packet
    const seed = this.seed
    const hash = mixEnds(
      Math.imul(source ^ seed, 0x9e3779b1) ^ sourcePort,
      Math.imul(destination ^ seed, 0x9e3779b1) ^ destinationPort,
      seed,
    )
    this.hash = hash
    const { cells, mask, conversations } = this
    const tag = hash & ~SLOT_MASK
    for (let at = hash & mask; cells[at] !== 0; at = (at + 1) & mask) {
      const cell = cells[at]
      if (((cell ^ tag) & ~SLOT_MASK) !== 0) continue
      const slot = (cell & SLOT_MASK) - 1
      const { words } = conversations.pageOf(slot)
      const record = conversations.recordAt(slot)
      if ((words[record + FLAGS] & Trait.IPV6) !== 0) continue
      const ports = words[record + PORTS]
      const client = words[record + CLIENT_ADDRESS]
      const server = words[record + SERVER_ADDRESS]
      if (client === source && server === destination && ports === ((sourcePort << 16) | destinationPort) >>> 0) {
        this.fromClient = true
        return slot
      }
      if (client === destination && server === source && ports === ((destinationPort << 16) | sourcePort) >>> 0) {
        this.fromClient = false
        return slot
      }
    }
    return -1
  }

  private find6(packet: Packet): Slot {
    const hash = this.hash6(packet)
    this.hash = hash
    const { cells, mask, conversations } = this
    const { bytes, sourceAt, destinationAt } = packet
    const tag = hash & ~SLOT_MASK
    const ports = ((packet.sourcePort << 16) | packet.destinationPort) >>> 0
    const reversed = ((packet.destinationPort << 16) | packet.sourcePort) >>> 0
    for (let at = hash & mask; cells[at] !== 0; at = (at + 1) & mask) {
      const cell = cells[at]
      if (((cell ^ tag) & ~SLOT_MASK) !== 0) continue
      const slot = (cell & SLOT_MASK) - 1
      const own = conversations.word(slot, PORTS)
      if (
        own === ports &&
        conversations.hasAddress6(slot, Side.CLIENT, bytes, sourceAt) &&
        conversations.hasAddress6(slot, Side.SERVER, bytes, destinationAt)
      ) {
        this.fromClient = true
        return slot
      }
      if (
        own === reversed &&
        conversations.hasAddress6(slot, Side.CLIENT, bytes, destinationAt) &&
        conversations.hasAddress6(slot, Side.SERVER, bytes, sourceAt)
      ) {
        this.fromClient = false
        return slot
      }
    }
    return -1
  }

  private hash6(packet: Packet): number {
    const { bytes, sourceAt, destinationAt } = packet
    const seed = this.seed
    let source = packet.sourcePort
    let destination = packet.destinationPort
    for (let i = 0; i < 16; i += 4) {
      source = Math.imul(source ^ u32be(bytes, sourceAt + i) ^ seed, 0x85ebca6b) ^ (source >>> 15)
      destination = Math.imul(destination ^ u32be(bytes, destinationAt + i) ^ seed, 0x85ebca6b) ^ (destination >>> 15)
    }
    return mixEnds(source, destination, seed)
  }

  /** Adds a slot under the packet's key; find() was called with it last. */
  insert(slot: Slot, packet: Packet, senderIsClient: boolean): void {
    this.writeKey(slot, packet, senderIsClient)
    if (++this.box[Box.USED] * 2 > this.cells.length) this.grow()
    this.place(this.cellFor(slot), this.hash)
  }

  /** Writes the packet's key into the slot's record; find() was called with it last. */
  writeKey(slot: Slot, packet: Packet, senderIsClient: boolean): void {
    const { conversations } = this
    conversations.setEnds(slot, packet, senderIsClient)
    conversations.pageOf(slot).words[conversations.recordAt(slot) + HASH] = this.hash
  }

  /** The packets of old's 4-tuple find `slot` from now on. */
  replace(old: Slot, slot: Slot): void {
    this.cells[this.indexOf(old)] = this.cellFor(slot)
  }

  delete(slot: Slot): void {
    const { cells, mask } = this
    let hole = this.indexOf(slot)
    for (let at = (hole + 1) & mask; cells[at] !== 0; at = (at + 1) & mask) {
      const home = this.hashOf((cells[at] & SLOT_MASK) - 1) & mask
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        cells[hole] = cells[at]
        hole = at
      }
    }
    cells[hole] = 0
    this.box[Box.USED]--
  }

  private hashOf(slot: Slot): number {
    return this.conversations.word(slot, HASH)
  }

  private cellFor(slot: Slot): number {
    return ((this.hashOf(slot) & ~SLOT_MASK) | (slot + 1)) >>> 0
  }

  private indexOf(slot: Slot): number {
    const cell = this.cellFor(slot)
    let at = this.hashOf(slot) & this.mask
    while (this.cells[at] !== cell) at = (at + 1) & this.mask
    return at
  }

  private place(cell: number, hash: number): void {
    let at = hash & this.mask
    while (this.cells[at] !== 0) at = (at + 1) & this.mask
    this.cells[at] = cell
  }

  private allocate(cells: number): void {
    const { arena, box } = this
    const address = arena?.allocate(4 * cells) ?? 0
    this.cells = new Uint32Array(
      address === 0 || arena === null ? new ArrayBuffer(4 * cells) : arena.buffer,
      address,
      cells,
    )
    this.mask = cells - 1
    box[Box.CELLS] = address
    box[Box.MASK] = this.mask
  }

  private grow(): void {
    const old = this.cells
    this.allocate(old.length * 2)
    for (const cell of old) if (cell !== 0) this.place(cell, this.hashOf((cell & SLOT_MASK) - 1))
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
