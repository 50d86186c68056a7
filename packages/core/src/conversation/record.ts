import type { Basis, ConversationLine, PerSide, SideName, StateRecord } from '../model/lines.ts'
import { formatWords } from '../packet/address.ts'
import type { Milliseconds, Nanoseconds } from '../units.ts'
import type { Conversations, Endpoints } from './conversations.ts'
import { Known, Trait } from './known.ts'
import {
  ACK_DELAY,
  BYTES,
  CAUSES,
  MSS,
  NUMBER,
  OPEN_TIME,
  PACKETS,
  PORTS,
  PROOFS,
  RETRANSMISSIONS,
  STATE,
  SYN_TIME,
} from './page.ts'
import { State, stateName } from './state.ts'
import { Side, type Slot } from './stream.ts'
import type { Tracker } from './tracker.ts'

/** The parts of a ConversationLine that the tracker's columns hold. */
export type ConversationRecord = Pick<
  ConversationLine,
  | 'n'
  | 'protocol'
  | 'client'
  | 'server'
  | 'roles'
  | 'packets'
  | 'bytes'
  | 'states'
  | 'open'
  | 'close'
  | 'closedFirst'
  | 'timeWait'
  | 'rttMs'
  | 'vantage'
  | 'retransmissions'
  | 'mss'
>

/** Client and server. */
export type Ends = Pick<ConversationLine, 'client' | 'server'>

/** Who talks to whom. */
export function readEnds({ conversations: c }: Tracker, slot: Slot): Ends {
  const ports = c.word(slot, PORTS)
  return {
    client: { address: formatWords(c.address(slot, Side.CLIENT), 0), port: ports >>> 16 },
    server: { address: formatWords(c.address(slot, Side.SERVER), 0), port: ports & 0xffff },
  }
}

/** Reads a conversation's record out of its columns; the tracker keeps history. */
export function readConversation(tracker: Tracker, slot: Slot): ConversationRecord {
  const c = tracker.conversations
  const e = tracker.endpoints
  const client = slot * 2
  const server = c.has(slot, Trait.SELF) ? client : client + 1
  return {
    n: c.word(slot, NUMBER) - 1,
    protocol: 'tcp',
    ...readEnds(tracker, slot),
    roles: c.has(slot, Trait.ROLES_OBSERVED) ? 'observed' : 'inferred',
    packets: perSide(e.word(client, PACKETS), e.word(client + 1, PACKETS)),
    bytes: perSide(e.wide(client, BYTES), e.wide(client + 1, BYTES)),
    states: perSide(readStates(e, client), readStates(e, server)),
    open: openKind(c, e, slot),
    close: closeKind(c, e, slot),
    closedFirst: closedFirst(c, slot),
    timeWait: timeWaitHolder(c, e, slot),
    rttMs: roundTripMs(c, slot),
    vantage: vantage(e, slot),
    retransmissions: perSide(e.word(client, RETRANSMISSIONS), e.word(client + 1, RETRANSMISSIONS)),
    mss: perSide(e.word(client, MSS) || null, e.word(server, MSS) || null),
  }
}

function perSide<T>(client: T, server: T): PerSide<T> {
  return { client, server }
}

/** The states an endpoint passed, each with the packet that entered it and how that is known (docs/report.md). */
function readStates(e: Endpoints, row: number): StateRecord[] {
  const states: StateRecord[] = []
  const depth = e.depth(row)
  const first = e.passed(row, 0)
  if (first === State.SYN_SENT) states.push({ state: 'CLOSED', packet: null, basis: 'inferred' })
  else if (first === State.SYN_RCVD)
    states.push(
      { state: 'CLOSED', packet: null, basis: 'inferred' },
      { state: 'LISTEN', packet: null, basis: 'inferred' },
    )
  for (let at = 0; at < depth; at++) {
    const packet = e.word(row, CAUSES + at) || null
    const proof = e.word(row, PROOFS + at)
    const basis: Basis = proof !== 0 && proof === packet ? 'observed' : 'inferred'
    const record: StateRecord = { state: stateName(e.passed(row, at))!, packet, basis }
    if (basis === 'inferred' && proof !== 0) record.provenBy = proof
    states.push(record)
  }
  if (e.word(row, STATE) === State.TIME_WAIT)
    states.push({ state: 'CLOSED', packet: null, basis: 'expected', after: '2MSL' })
  return states
}

function openKind(c: Conversations, e: Endpoints, slot: Slot): ConversationLine['open'] {
  if (c.has(slot, Trait.MID_STREAM)) return 'mid-stream'
  if (c.has(slot, Trait.REFUSED)) return 'refused'
  if (c.has(slot, Trait.SIMULTANEOUS_OPEN)) return 'simultaneous'
  const client = slot * 2
  if (
    !e.has(client + 1, Known.SEQUENCE) &&
    !c.has(slot, Trait.SELF) &&
    e.word(client, STATE) !== State.ESTABLISHED &&
    e.depth(client) <= 2 &&
    !e.hasPassed(client, State.ESTABLISHED)
  )
    return 'unanswered'
  if (e.has(client, Known.FAST_OPEN) && e.has(client, Known.ACKED)) return 'fast-open'
  return 'handshake'
}

function closeKind(c: Conversations, e: Endpoints, slot: Slot): ConversationLine['close'] {
  if (c.has(slot, Trait.RESET)) return 'reset'
  const client = e.has(slot * 2, Known.FIN)
  const server = e.has(slot * 2 + 1, Known.FIN)
  if (c.has(slot, Trait.SIMULTANEOUS_CLOSE)) return 'simultaneous'
  if ((client && server) || (client && c.has(slot, Trait.SELF))) return 'fin'
  return client || server ? 'half-closed' : 'none'
}

/** Who sent the first FIN or RST; null = cannot be known. */
export function closedFirst(c: Conversations, slot: Slot): ConversationLine['closedFirst'] {
  if (c.has(slot, Trait.SIMULTANEOUS_CLOSE)) return 'both'
  if (c.has(slot, Trait.CLOSER_UNKNOWN)) return null
  if (!c.has(slot, Trait.CLOSING)) return 'none'
  return c.has(slot, Trait.CLOSED_BY_SERVER) ? 'server' : 'client'
}

/** Who entered TIME_WAIT; null where the states of one side end in the dark. */
export function timeWaitHolder(c: Conversations, e: Endpoints, slot: Slot): SideName | 'both' | 'none' | null {
  const client = e.hasPassed(slot * 2, State.TIME_WAIT)
  const server = !c.has(slot, Trait.SELF) && e.hasPassed(slot * 2 + 1, State.TIME_WAIT)
  if (client && server) return 'both'
  if (client) return 'client'
  if (server) return 'server'
  const isOpenQuestion =
    e.word(slot * 2, STATE) === State.UNKNOWN ||
    (e.word(slot * 2 + 1, STATE) === State.UNKNOWN && !c.has(slot, Trait.SELF))
  return c.has(slot, Trait.CLOSING) && isOpenQuestion && !c.has(slot, Trait.RESET) ? null : 'none'
}

function roundTripMs(c: Conversations, slot: Slot): Milliseconds | null {
  return c.time(slot, OPEN_TIME) === 0 || c.time(slot, SYN_TIME) === 0
    ? null
    : (c.time(slot, OPEN_TIME) - c.time(slot, SYN_TIME)) / 1e6
}

/** Whose machine the capture was made on, or near: that end answers at once, the other a round trip later. Both halves
 *  of the handshake and every data → ACK pair count; the shortest of each side are compared. */
function vantage(e: Endpoints, slot: Slot): ConversationLine['vantage'] {
  const client: Nanoseconds = e.wide(slot * 2, ACK_DELAY)
  const server: Nanoseconds = e.wide(slot * 2 + 1, ACK_DELAY)
  if (client === 0 || server === 0) return null
  if (client * DECISIVE < server) return 'client'
  if (server * DECISIVE < client) return 'server'
  return client > NEAR && server > NEAR ? 'between' : null
}

/** How many times longer the far end's answer takes before the capture point is called near the other. */
const DECISIVE = 5
/** An end that answers within this time may be on the same machine as the capture (or on the same link). */
const NEAR: Nanoseconds = 1e6

export function sideName(side: Side): SideName {
  return side === Side.CLIENT ? 'client' : 'server'
}
