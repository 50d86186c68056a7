import type { Arena } from '../bytes/arena.ts'
import { u32be } from '../bytes/read.ts'
import type { Packet } from '../packet/packet.ts'
import type { Nanoseconds, Offset } from '../units.ts'
import { Trait } from './known.ts'
import { BOX_WORDS, Box } from './lane-box.ts'
import {
  CLIENT,
  CLIENT_ADDRESS,
  depthOf,
  FLAGS,
  hasPassed,
  isProven,
  PAGE_SHIFT,
  Page,
  PORTS,
  passedState,
  provenOf,
  recordWords,
  SERVER,
  SERVER_ADDRESS,
} from './page.ts'
import { State } from './state.ts'
import { Side, type Slot } from './stream.ts'

const PAGE_MASK = (1 << PAGE_SHIFT) - 1
const ADDRESS_WORDS = 4
/** Third word of an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2). */
const MAPPED = 0xffff

/** The records of all live conversations, by slot. Hot code takes a record's page and offset and reads on its own. */
export class Conversations {
  /** Keep what reports on single packets and states need: labels, relative numbers, packet numbers of every state. */
  readonly history: boolean
  readonly pages: Page[] = []
  /** IPv6 addresses, client first: by page, where it has held any. */
  private readonly addresses6: (Uint32Array | undefined)[] = []
  private readonly recordWords: number

  private readonly arena: Arena | null
  /** Of the tracker (lane-box.ts). */
  private readonly box: Uint32Array

  constructor(history: boolean, arena: Arena | null = null, box: Uint32Array = new Uint32Array(BOX_WORDS)) {
    this.history = history
    this.recordWords = recordWords(history)
    this.arena = arena
    this.box = box
  }

  /** Makes room for the slot. */
  reserve(slot: Slot): void {
    while (slot >> PAGE_SHIFT >= this.pages.length) this.addPage()
  }

  private addPage(): void {
    const { pages, arena, history } = this
    const address = arena?.allocate((4 * this.recordWords) << PAGE_SHIFT) ?? 0
    this.box[Box.PAGES + pages.length] = address
    pages.push(new Page(pages.length, history, address === 0 ? null : (arena?.buffer ?? null), address))
    this.box[Box.ROOM] = pages.length << PAGE_SHIFT
  }

  pageOf(slot: Slot): Page {
    return this.pages[slot >> PAGE_SHIFT]
  }

  /** Where the slot's record begins in its page. */
  recordAt(slot: Slot): number {
    return (slot & PAGE_MASK) * this.recordWords
  }

  clear(slot: Slot): void {
    const at = this.recordAt(slot)
    this.pageOf(slot).words.fill(0, at, at + this.recordWords)
  }

  has(slot: Slot, trait: number): boolean {
    return (this.word(slot, FLAGS) & trait) !== 0
  }

  /** A word of the conversation's part (page.ts). */
  word(slot: Slot, offset: number): number {
    return this.pageOf(slot).words[this.recordAt(slot) + offset]
  }

  /** A time of the conversation's part. */
  time(slot: Slot, offset: number): Nanoseconds {
    return this.pageOf(slot).times[(this.recordAt(slot) + offset) >> 1]
  }

  serverPort(slot: Slot): number {
    return this.word(slot, PORTS) & 0xffff
  }

  /** A side's address as four words; IPv4 is mapped (RFC 4291 §2.5.5.2). */
  address(slot: Slot, side: Side): Uint32Array {
    if (this.has(slot, Trait.IPV6)) {
      const at = this.addressAt(slot, side)
      return (this.addresses6[slot >> PAGE_SHIFT] as Uint32Array).slice(at, at + ADDRESS_WORDS)
    }
    return Uint32Array.of(0, 0, MAPPED, this.word(slot, side === Side.CLIENT ? CLIENT_ADDRESS : SERVER_ADDRESS))
  }

  /** Whether both ends have the same address and port. */
  isSelf(slot: Slot): boolean {
    const ports = this.word(slot, PORTS)
    if (ports >>> 16 !== (ports & 0xffff) || this.word(slot, CLIENT_ADDRESS) !== this.word(slot, SERVER_ADDRESS))
      return false
    const server = this.address(slot, Side.SERVER)
    return this.address(slot, Side.CLIENT).every((word, i) => word === server[i])
  }

  /** Writes the packet's addresses and ports into the slot's record. */
  setEnds(slot: Slot, packet: Packet, senderIsClient: boolean): void {
    const { words } = this.pageOf(slot)
    const at = this.recordAt(slot)
    const { bytes, sourceAt, destinationAt, sourcePort, destinationPort } = packet
    const source = at + (senderIsClient ? CLIENT_ADDRESS : SERVER_ADDRESS)
    const destination = at + (senderIsClient ? SERVER_ADDRESS : CLIENT_ADDRESS)
    words[at + PORTS] = senderIsClient ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort
    if (packet.ipVersion === 4) {
      words[at + FLAGS] &= ~Trait.IPV6
      words[source] = packet.sourceWord
      words[destination] = packet.destinationWord
      return
    }
    words[at + FLAGS] |= Trait.IPV6
    words[source] = u32be(bytes, sourceAt + 12)
    words[destination] = u32be(bytes, destinationAt + 12)
    const page = slot >> PAGE_SHIFT
    let addresses = this.addresses6[page]
    if (addresses === undefined) {
      addresses = new Uint32Array((2 * ADDRESS_WORDS) << PAGE_SHIFT)
      this.addresses6[page] = addresses
    }
    const sourceSide = senderIsClient ? Side.CLIENT : Side.SERVER
    const from = this.addressAt(slot, sourceSide)
    const to = this.addressAt(slot, sourceSide === Side.CLIENT ? Side.SERVER : Side.CLIENT)
    for (let i = 0; i < ADDRESS_WORDS; i++) {
      addresses[from + i] = u32be(bytes, sourceAt + 4 * i)
      addresses[to + i] = u32be(bytes, destinationAt + 4 * i)
    }
  }

  /** Whether b[at, at + 16) is a side's address, and that IPv6's. */
  hasAddress6(slot: Slot, side: Side, b: Uint8Array, at: Offset): boolean {
    const addresses = this.addresses6[slot >> PAGE_SHIFT]
    if (addresses === undefined || !this.has(slot, Trait.IPV6)) return false
    const own = this.addressAt(slot, side)
    for (let i = 0; i < ADDRESS_WORDS; i++) if (addresses[own + i] !== u32be(b, at + 4 * i)) return false
    return true
  }

  private addressAt(slot: Slot, side: Side): number {
    return ((slot & PAGE_MASK) * 2 + side) * ADDRESS_WORDS
  }
}

/** The endpoints' parts of the records for who looks at few, by row: 2 · slot + side. */
export class Endpoints {
  private readonly conversations: Conversations

  constructor(conversations: Conversations) {
    this.conversations = conversations
  }

  has(row: number, known: number): boolean {
    return (this.word(row, FLAGS) & known) !== 0
  }

  /** A word of the endpoint's part (page.ts). */
  word(row: number, offset: number): number {
    return this.conversations.pageOf(row >> 1).words[this.at(row) + offset]
  }

  /** A time, or another wide number, of the endpoint's part. */
  wide(row: number, offset: number): number {
    return this.conversations.pageOf(row >> 1).times[(this.at(row) + offset) >> 1]
  }

  isProven(row: number): boolean {
    return isProven(this.conversations.pageOf(row >> 1).words, this.at(row))
  }

  /** How many states the endpoint has been in. */
  depth(row: number): number {
    return depthOf(this.conversations.pageOf(row >> 1).words, this.at(row))
  }

  /** The endpoint's state number `at`, from 0 on; UNKNOWN beyond the newest. */
  passed(row: number, at: number): number {
    return at < this.depth(row)
      ? passedState(this.conversations.pageOf(row >> 1).words, this.at(row), at)
      : State.UNKNOWN
  }

  /** Whether the endpoint has been in the state. */
  hasPassed(row: number, state: number): boolean {
    return hasPassed(this.conversations.pageOf(row >> 1).words, this.at(row), state)
  }

  /** One bit a state of the endpoint: a segment of its own proved it. */
  proven(row: number): number {
    return provenOf(this.conversations.pageOf(row >> 1).words, this.at(row))
  }

  /** Where the row's part begins in its page. */
  at(row: number): number {
    return this.conversations.recordAt(row >> 1) + ((row & 1) === 0 ? CLIENT : SERVER)
  }
}
