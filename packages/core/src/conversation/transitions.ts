import type { StateName } from '../model/lines.ts'
import type { Endpoints } from './conversations.ts'
import { Known, Trait } from './known.ts'
import {
  STATE,
  WAITING_ACK_OF_FIN,
  WAITING_FIN,
  WAITING_FIN_LAST,
  WAITING_RST,
  WAITING_SYN,
  WAITING_SYN_ACK,
} from './page.ts'
import { State, stateName } from './state.ts'
import type { Side, Slot } from './stream.ts'
import type { Tracker } from './tracker.ts'

/** A state on an endpoint's way. Null: which one cannot be told. */
export interface PassedState {
  readonly name: StateName | null
  /** A segment of the endpoint has shown it. */
  readonly isProven: boolean
}

/** What has become known of an endpoint's states. Nothing entered and nothing withdrawn: `from`, inferred until now, is
 *  proven. */
export interface Transition {
  readonly from: PassedState
  readonly entered: readonly PassedState[]
  /** Told before, and not so: the packet that was thought to cause them had not arrived. */
  readonly withdrawn: readonly StateName[]
}

/** States that an endpoint passed: the first one is what it was in before; UNKNOWN at the end: cannot be told. Empty:
 *  nothing is known. */
interface Path {
  states: number[]
  /** Bit n: states[n] is proven. */
  proven: number
}

/** Longest path: the one before, a whole timeline, and what waits. */
const LONGEST = 14
/** Words of an endpoint: eight states of four bits each, six more below the length, and the proofs. */
const WORDS = 3

/** Tells, packet by packet, which states the endpoints have entered, from nothing but what came before. What an endpoint
 *  receives is taken as arriving; later packets may take it back. 24 bytes a live conversation. */
export class Transitions {
  private readonly tracker: Tracker
  /** What was told, by slot and side. */
  private told = new Uint32Array(256 * 2 * WORDS)
  private readonly before: Path = { states: [], proven: 0 }
  private readonly now: Path = { states: [], proven: 0 }

  constructor(tracker: Tracker) {
    this.tracker = tracker
  }

  /** What has become known since it was asked last; null: nothing. */
  take(slot: Slot, side: Side): Transition | null {
    const { before, now, tracker } = this
    const at = (slot * 2 + side) * WORDS
    this.reserve(at + WORDS)
    unpack(this.told, at, before)
    readPath(tracker.endpoints, slot * 2 + (tracker.conversations.has(slot, Trait.SELF) ? 0 : side), now)
    pack(now, this.told, at)
    return compare(before, now)
  }

  forget(slot: Slot): void {
    const at = slot * 2 * WORDS
    if (at < this.told.length) this.told.fill(0, at, at + 2 * WORDS)
  }

  private reserve(words: number): void {
    if (words <= this.told.length) return
    const grown = new Uint32Array(Math.max(words, this.told.length + (this.told.length >> 1)))
    grown.set(this.told)
    this.told = grown
  }
}

function pack({ states, proven }: Path, to: Uint32Array, at: number): void {
  let low = 0
  let high = states.length << 28
  for (let i = 0; i < states.length; i++) {
    if (i < 8) low |= states[i] << (4 * i)
    else high |= states[i] << (4 * (i - 8))
  }
  to[at] = low
  to[at + 1] = high
  to[at + 2] = proven
}

function unpack(from: Uint32Array, at: number, path: Path): void {
  const low = from[at]
  const high = from[at + 1]
  path.states.length = 0
  for (let i = 0; i < high >>> 28; i++) path.states.push((i < 8 ? low >>> (4 * i) : high >>> (4 * (i - 8))) & 15)
  path.proven = from[at + 2]
}

function compare(before: Path, now: Path): Transition | null {
  const { states, proven } = now
  const told = before.states
  let same = 0
  while (same < states.length && same < told.length && states[same] === told[same]) same++
  const last = states.length - 1
  if (same === states.length && same === told.length) {
    const isNewProof = (proven & ~before.proven & (1 << last)) !== 0
    return isNewProof ? { from: passed(now, last), entered: [], withdrawn: [] } : null
  }
  const base = Math.max(1, same)
  const entered: PassedState[] = []
  for (let at = base; at < states.length; at++) entered.push(passed(now, at))
  const withdrawn: StateName[] = []
  for (let at = same; at < told.length; at++) {
    const name = stateName(told[at])
    if (name !== null && !states.includes(told[at], same)) withdrawn.push(name)
  }
  // That it never got further does not tell what it was in before.
  if (same === 0 && withdrawn.length > 1) withdrawn.shift()
  if (entered.length === 0 && withdrawn.length === 0) return null
  return { from: passed(now, base - 1), entered, withdrawn }
}

function passed({ states, proven }: Path, at: number): PassedState {
  return { name: stateName(states[at]), isProven: (proven & (1 << at)) !== 0 }
}

/** Writes the states that an endpoint has passed: the one before its first, its timeline, then those that it passes if
 *  everything that waits for it arrives (the last is likelyState()). */
function readPath(e: Endpoints, row: number, path: Path): void {
  const { states } = path
  states.length = 0
  const depth = e.depth(row)
  for (let at = 0; at < depth; at++) states.push(e.passed(row, at))
  addExpected(e, row, states)
  const [first] = states
  states.unshift(first === State.SYN_SENT ? State.CLOSED : first === State.SYN_RCVD ? State.LISTEN : State.UNKNOWN)
  if (states.length > LONGEST) states.length = LONGEST
  path.proven = e.proven(row) << 1
}

/** The states that waiting segments lead to, in the order in which settle() would enter them. */
function addExpected(e: Endpoints, row: number, path: number[]): void {
  let state: number = e.word(row, STATE)
  const enter = (next: number): void => {
    state = next
    path.push(next)
  }
  const rst = state === State.UNKNOWN ? 0 : e.word(row, WAITING_RST)
  if (state === State.UNKNOWN && e.word(row, WAITING_SYN) !== 0) enter(State.SYN_RCVD)
  else if (state === State.UNKNOWN && path.length > 0) enter(State.UNKNOWN)
  else if (state === State.SYN_SENT) {
    if (e.word(row, WAITING_SYN) !== 0) enter(State.SYN_RCVD)
    if (e.word(row, WAITING_SYN_ACK) !== 0) enter(State.ESTABLISHED)
  }
  const fin = e.word(row, WAITING_FIN)
  if (fin !== 0 && (rst === 0 || fin < rst)) {
    if (e.has(row, Known.UNSEEN) && !e.has(row, Known.FIN)) {
      if (rst === 0 && state !== State.UNKNOWN) enter(State.UNKNOWN)
    } else if (state === State.ESTABLISHED) enter(State.CLOSE_WAIT)
    else if (state === State.FIN_WAIT_2) enter(State.TIME_WAIT)
    else if (state === State.FIN_WAIT_1) {
      const acknowledged = e.word(row, WAITING_ACK_OF_FIN)
      const isAckFirst = acknowledged !== 0 && acknowledged < e.word(row, WAITING_FIN_LAST)
      const covers = e.has(row, Known.LAST_COVERS)
      enter(isAckFirst || covers ? State.FIN_WAIT_2 : State.CLOSING)
      if (covers || acknowledged !== 0) enter(State.TIME_WAIT)
    }
  }
  if (rst !== 0) enter(e.word(row, STATE) === State.SYN_RCVD ? State.LISTEN : State.CLOSED)
}
