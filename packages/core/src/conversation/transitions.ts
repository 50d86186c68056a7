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

interface Told {
  /** The first one is what it was in before; UNKNOWN at the end: cannot be told. Empty: nothing was told yet. */
  path: number[]
  /** Bit n: path[n] is proven. */
  proven: number
}

/** Tells, packet by packet, which states the endpoints have entered, from nothing but what came before. What an endpoint
 *  receives is taken as arriving; later packets may take it back. Bounded by the live conversations. */
export class Transitions {
  private readonly tracker: Tracker
  private readonly told = new Map<Slot, [Told, Told]>()
  private path: number[] = []

  constructor(tracker: Tracker) {
    this.tracker = tracker
  }

  /** What has become known since it was asked last; null: nothing. */
  take(slot: Slot, side: Side): Transition | null {
    let sides = this.told.get(slot)
    if (sides === undefined) {
      sides = [
        { path: [], proven: 0 },
        { path: [], proven: 0 },
      ]
      this.told.set(slot, sides)
    }
    const told = sides[side]
    const row = slot * 2 + (this.tracker.conversations.has(slot, Trait.SELF) ? 0 : side)
    const { path } = this
    const proven = readPath(this.tracker.endpoints, row, path)
    const transition = compare(told, path, proven)
    this.path = told.path
    told.path = path
    told.proven = proven
    return transition
  }

  forget(slot: Slot): void {
    this.told.delete(slot)
  }
}

function compare(told: Told, path: readonly number[], proven: number): Transition | null {
  const before = told.path
  let same = 0
  while (same < path.length && same < before.length && path[same] === before[same]) same++
  const passed = (at: number): PassedState => ({ name: stateName(path[at]), isProven: (proven & (1 << at)) !== 0 })
  const last = path.length - 1
  if (same === path.length && same === before.length) {
    const isNewProof = (proven & ~told.proven & (1 << last)) !== 0
    return isNewProof ? { from: passed(last), entered: [], withdrawn: [] } : null
  }
  const base = Math.max(1, same)
  const entered: PassedState[] = []
  for (let at = base; at < path.length; at++) entered.push(passed(at))
  const withdrawn: StateName[] = []
  for (let at = same; at < before.length; at++) {
    const name = stateName(before[at])
    if (name !== null && !path.includes(before[at], same)) withdrawn.push(name)
  }
  // That it never got further does not tell what it was in before.
  if (same === 0 && withdrawn.length > 1) withdrawn.shift()
  if (entered.length === 0 && withdrawn.length === 0) return null
  return { from: passed(base - 1), entered, withdrawn }
}

/** Writes the states that an endpoint has passed: the one before its first, its timeline, then those that it passes if
 *  everything that waits for it arrives (the last is Machine.likelyState). Returns which are proven, as bits. */
function readPath(e: Endpoints, row: number, path: number[]): number {
  path.length = 0
  const depth = e.depth(row)
  for (let at = 0; at < depth; at++) path.push(e.passed(row, at))
  addExpected(e, row, path)
  const [first] = path
  path.unshift(first === State.SYN_SENT ? State.CLOSED : first === State.SYN_RCVD ? State.LISTEN : State.UNKNOWN)
  return e.proven(row) << 1
}

/** The states that waiting segments lead to, in the order in which Machine.settle() would enter them. */
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
