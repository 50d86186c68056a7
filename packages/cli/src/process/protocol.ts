import type { ProcessSide } from '@wiretale/core'

/** One end of a TCP connection: local address and port, then the other end's. Addresses as the report writes them. */
export type End = readonly [address: string, port: number, peerAddress: string, peerPort: number]

/** What the helper knows of one socket of this machine. A later message with the same id replaces it. */
export interface SocketFact {
  readonly id: number
  readonly end: End
  /** Found for the connection that was asked for with this time, and for no other; null: by the kernel's events. */
  readonly seenMs: number | null
  /** Unix milliseconds between which the socket had this end; null: before the helper began, and not over yet. */
  readonly openedMs: number | null
  readonly endedMs: number | null
  readonly side: ProcessSide
}

/** Helper to command, one JSON object a line. */
export type Answer =
  /** Once, at the start: which sources there are; `limits` are sentences for the user. */
  | { readonly ready: { readonly traces: boolean; readonly limits: readonly Limit[] } }
  | { readonly socket: SocketFact }
  /** All that the kernel had told when this number was asked for has been written. */
  | { readonly settled: number }
  /** Events were lost: what was said of sockets that are open may be out of date. */
  | { readonly lost: true }

/** Command to helper, one JSON object a line. */
export type Request =
  | { readonly settle: number }
  /** Of both ends of a connection whose first packet was seen at `seenMs`. Answered by `socket`, or not at all. */
  | { readonly ask: { readonly client: End; readonly seenMs: number } }

/** `traces`: no events of the kernel, so short connections will have no names. `others`: nor will programs of other users.
 *  `rights`: the helper could not give up what it does not need. */
export type Limit = 'traces' | 'others' | 'rights'

/** The same connection from its other end. */
export function opposite([address, port, peerAddress, peerPort]: End): End {
  return [peerAddress, peerPort, address, port]
}

/** What stands for the end in a map. */
export function endKey(end: End): string {
  return end.join(' ')
}
