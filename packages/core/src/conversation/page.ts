/** Where conversations live: one record each, so that a packet touches few cache lines, in pages that are added one by
 *  one, so that growing neither copies nor leaves slack.
 *
 *  A record is a run of 32-bit words: the conversation's part, the client's, the server's; with `history` those three
 *  again with what only reports on single packets and states need. The constants are offsets from the beginning of a
 *  part; a time or another wide number takes two words from an even one (`times[(at + OFFSET) >> 1]`). */
import type { Nanoseconds, PacketNumber } from '../units.ts'
import { State } from './state.ts'

/** Bits of Trait in the conversation's part, of Known in an endpoint's. */
export const FLAGS = 0

// The conversation's part.
/** Client port << 16 | server port. */
export const PORTS = 1
/** IPv4 address, or the last word of an IPv6 one (the whole of it: Conversations.addressOf). */
export const CLIENT_ADDRESS = 2
export const SERVER_ADDRESS = 3
/** As the flow table computed it. */
export const HASH = 4
/** Counted from 1; 0 = the slot is free. */
export const NUMBER = 5
/** Slot + 1 of the older conversation on the same 4-tuple (of a superseded one: of the newer); 0 = none. */
export const OTHER = 6
export const LAST_PACKET = 7
export const LAST_TIME = 8
/** Times of the SYN that was answered, of its SYN-ACK, and of the acknowledgement that completed the handshake;
 *  0 = not seen, else time + 1. */
export const SYN_TIME = 10
export const SYN_ACK_TIME = 12
export const OPEN_TIME = 14
/** Time of the first FIN or RST. */
export const CLOSE_TIME = 16

/** Where the endpoints' parts begin. */
export const CLIENT = 18
export const SERVER = 44

// An endpoint's part. Sequence numbers are absolute.
/** One past the highest sequence number sent (SND.NXT as captured). */
export const NEXT = 1
/** One past the last sequence number that came in order (what the peer can have acknowledged). */
export const EDGE = 2
/** Highest acknowledgement that the peer sent (SND.UNA as captured). */
export const ACKED = 3
/** Acknowledgement number of its own last segment (RCV.NXT). */
export const ACK = 4
export const STATE = 5
/** Stream offset of EDGE; wide. */
export const DELIVERED = 6
/** Number of states on the timeline; from bit 8 on, one bit a state: a segment of the endpoint proved it. */
export const DEPTH = 8
/** The timeline: four bits a state, the first one lowest. */
export const PASSED = 9
export const ISN = 10
export const FIN = 11
/** Packet of its first FIN or RST seen; 0 = none. */
export const FIN_PACKET = 12
// What the peer sent and this endpoint is not yet known to have received; 0 = nothing waits.
export const WAITING_SYN = 13
export const WAITING_SYN_ACK = 14
export const WAITING_FIN = 15
export const WAITING_FIN_LAST = 16
export const WAITING_ACK_OF_FIN = 17
export const WAITING_RST = 18
export const MSS = 19
/** Time of its last segment. */
export const SENT_TIME = 20
/** Time of the packet that caused the newest transition. */
export const ENTERED_TIME = 22
export const WAITING_FIN_TIME = 24

const WORDS = 70

// With history: of the conversation,
export const FIRST_TIME = 70
// and of an endpoint.
export const PACKETS = 54
export const RETRANSMISSIONS = 55
/** Of its last segment, unscaled. */
export const WINDOW = 56
export const SCALE = 57
export const DUPLICATE_ACKS = 58
/** Payload bytes seen, each once; wide. */
export const BYTES = 60
/** Shortest time from the peer's data to this endpoint's acknowledgement of it; 0 = none seen. */
export const ACK_DELAY = 62
/** For each state of the timeline the packet that caused it, */
export const CAUSES = 64
/** and the one that proved it: the same when observed on entry; 0 = inferred only. */
export const PROOFS = 72

const WORDS_WITH_HISTORY = 124

/** Longest chain an endpoint can pass (SYN_SENT … CLOSED), with room to spare. */
export const TIMELINE = 8
export const DEPTH_BITS = 15
export const PROVEN_SHIFT = 8

/** A slot is smaller than 1 << SLOT_BITS. */
export const SLOT_BITS = 23
/** A page holds 1 << PAGE_SHIFT records. */
export const PAGE_SHIFT = 8

export class Page {
  readonly words: Uint32Array
  /** The same memory. */
  readonly times: Float64Array
  /** Number of the page's first word among all pages: with an endpoint's offset it names the endpoint. */
  readonly base: number
  readonly history: boolean

  /** `at`: where it lies in `buffer`, all zero; null: in memory of its own. */
  constructor(index: number, history: boolean, buffer: ArrayBufferLike | null = null, at = 0) {
    const words = recordWords(history) << PAGE_SHIFT
    const memory = buffer ?? new ArrayBuffer(4 * words)
    this.words = new Uint32Array(memory, at, words)
    this.times = new Float64Array(memory, at, words >> 1)
    this.base = index * words
    this.history = history
  }
}

export function recordWords(history: boolean): number {
  return history ? WORDS_WITH_HISTORY : WORDS
}

/** Whether a bit of Known, or of Trait, is set. */
export function has(words: Uint32Array, at: number, bit: number): boolean {
  return (words[at + FLAGS] & bit) !== 0
}

/** An endpoint enters `state`, caused by `packet`. `observed`: the endpoint sent that packet itself. */
export function enter(
  page: Page,
  i: number,
  state: number,
  packet: PacketNumber,
  observed: boolean,
  time: Nanoseconds,
): void {
  const { words } = page
  const passed = words[i + DEPTH]
  const depth = passed & DEPTH_BITS
  if (depth === TIMELINE) return
  const proof = 1 << (PROVEN_SHIFT + depth)
  words[i + DEPTH] = (observed ? passed | proof : passed & ~proof) + 1
  words[i + PASSED] = (words[i + PASSED] & ~(15 << (4 * depth))) | (state << (4 * depth))
  if (page.history) {
    words[i + CAUSES + depth] = packet
    words[i + PROOFS + depth] = observed ? packet : 0
  }
  words[i + STATE] = state
  page.times[(i + ENTERED_TIME) >> 1] = time
}

/** Takes the newest state back: the packet that was thought to cause it did not arrive. */
export function revoke(words: Uint32Array, i: number): void {
  words[i + DEPTH]--
  words[i + STATE] = stateBefore(words, i, 0)
}

/** The state `back` states before the newest one. */
export function stateBefore(words: Uint32Array, i: number, back: number): number {
  const at = depthOf(words, i) - 1 - back
  return at < 0 ? State.UNKNOWN : passedState(words, i, at)
}

/** The endpoint's state number `at`, from 0 on. */
export function passedState(words: Uint32Array, i: number, at: number): number {
  return (words[i + PASSED] >>> (4 * at)) & 15
}

/** How many states the endpoint has been in. */
export function depthOf(words: Uint32Array, i: number): number {
  return words[i + DEPTH] & DEPTH_BITS
}

/** One bit a state: a segment of the endpoint proved it. */
export function provenOf(words: Uint32Array, i: number): number {
  return words[i + DEPTH] >>> PROVEN_SHIFT
}

/** Whether the endpoint has been in the state. */
export function hasPassed(words: Uint32Array, i: number, state: number): boolean {
  let states = words[i + PASSED]
  for (let depth = depthOf(words, i); depth > 0; depth--) {
    if ((states & 15) === state) return true
    states >>>= 4
  }
  return false
}

/** `packet`, sent by the endpoint, shows that it is in its newest state. */
export function prove(page: Page, i: number, packet: PacketNumber): void {
  const { words } = page
  const passed = words[i + DEPTH]
  const depth = passed & DEPTH_BITS
  const proof = 1 << (PROVEN_SHIFT + depth - 1)
  if (depth === 0 || (passed & proof) !== 0) return
  words[i + DEPTH] = passed | proof
  if (page.history) words[i + PROOFS + depth - 1] = packet
}

/** Whether a segment of the endpoint has shown its newest state. */
export function isProven(words: Uint32Array, i: number): boolean {
  const passed = words[i + DEPTH]
  const depth = passed & DEPTH_BITS
  return depth > 0 && ((passed >>> (PROVEN_SHIFT + depth - 1)) & 1) !== 0
}

/** The other endpoint of the conversation whose record begins at `c`. */
export function peerOf(c: number, i: number): number {
  return 2 * c + CLIENT + SERVER - i
}
