import type { StateName } from '../model/lines.ts'

/** RFC 9293 §3.3.2 states as small numbers. UNKNOWN: no packet has told yet, or what it told is ambiguous. */
export const State = {
  UNKNOWN: 0,
  CLOSED: 1,
  LISTEN: 2,
  SYN_SENT: 3,
  SYN_RCVD: 4,
  ESTABLISHED: 5,
  FIN_WAIT_1: 6,
  FIN_WAIT_2: 7,
  CLOSE_WAIT: 8,
  CLOSING: 9,
  LAST_ACK: 10,
  TIME_WAIT: 11,
} as const
export type State = (typeof State)[keyof typeof State]

const NAMES: readonly (StateName | null)[] = [
  null,
  'CLOSED',
  'LISTEN',
  'SYN_SENT',
  'SYN_RCVD',
  'ESTABLISHED',
  'FIN_WAIT_1',
  'FIN_WAIT_2',
  'CLOSE_WAIT',
  'CLOSING',
  'LAST_ACK',
  'TIME_WAIT',
]

/** The RFC's name, or null for UNKNOWN. */
export function stateName(state: number): StateName | null {
  return NAMES[state] ?? null
}

/** States after which an endpoint sends nothing of its own: the connection is over for it. */
export function isOver(state: number): boolean {
  return state === State.CLOSED || state === State.TIME_WAIT || state === State.LISTEN
}
