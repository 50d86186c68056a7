import type { SequenceNumber } from '../units.ts'

/** Facts about an endpoint, as bits of its FLAGS (page.ts). */
export const Known = {
  /** Its ISN is known: from its SYN, or from the peer's acknowledgement of it. */
  ISN: 1,
  /** NEXT and EDGE are known: it has been seen sending. */
  SEQUENCE: 2,
  /** Its FIN has been seen; FIN is its sequence number. */
  FIN: 4,
  /** It sent payload that had not been seen before. */
  DATA: 8,
  /** Its SYN carried a window scale option. */
  SCALE: 16,
  /** Its SYN has been seen. */
  SYN: 32,
  /** It sent sequence numbers, or the peer acknowledged some, that the capture does not hold: a FIN may be among them. */
  UNSEEN: 64,
  /** Its own FIN was seen, but whether it entered FIN_WAIT_1 or LAST_ACK cannot be told yet. */
  FIN_AMBIGUOUS: 128,
  /** The first FIN waiting to be delivered to it covers its own FIN; the same for the last. */
  FIRST_COVERS: 256,
  LAST_COVERS: 512,
  /** It sent a segment. */
  SPOKE: 1024,
  /** Its last segment was a keep-alive or a zero-window probe. */
  PROBED: 2048,
  /** ACKED is known: the peer has acknowledged something. */
  ACKED: 4096,
  /** Its SYN carried payload (RFC 7413). */
  FAST_OPEN: 8192,
  /** It asked for, or was granted, selective acknowledgements. */
  SACK: 16384,
  /** Its stream has been ended towards the sink. */
  ENDED: 32768,
  /** Its last segment carried payload. */
  DATA_LAST: 65536,
  /** The SYN-ACK that waits for it was sent again, or its own SYN was: the first did not arrive. */
  SYN_ACK_LOST: 131072,
  /** Its SYN offered timestamps. */
  TIMESTAMPS: 262144,
} as const

/** Facts about a conversation, as bits of its FLAGS (page.ts). */
export const Trait = {
  /** Client and server are known from a SYN or SYN-ACK. */
  ROLES_OBSERVED: 1,
  /** The first packet seen was neither SYN nor SYN-ACK. */
  MID_STREAM: 2,
  /** Both ends have the same address and port: one endpoint. */
  SELF: 4,
  /** The capture holds a SYN, its SYN-ACK and the acknowledgement. */
  HANDSHAKE: 8,
  SIMULTANEOUS_OPEN: 16,
  /** A reset answered the SYN. */
  REFUSED: 32,
  /** A reset ended the connection. */
  RESET: 64,
  /** The side that sent the first FIN or RST is the server (else the client), if CLOSING is set. */
  CLOSED_BY_SERVER: 128,
  CLOSING: 256,
  /** Each FIN left before the other had arrived. */
  SIMULTANEOUS_CLOSE: 512,
  /** Who closed first cannot be told. */
  CLOSER_UNKNOWN: 1024,
  /** The conversation is over and waits for stragglers. */
  LINGERING: 2048,
  /** Newer packets of the 4-tuple belong to another conversation. */
  SUPERSEDED: 4096,
  /** Its addresses are IPv6's. */
  IPV6: 8192,
  /** Three bits: a value of Phase. */
  PHASE: 114688,
} as const
export const PHASE_SHIFT = 14

/** How far an ordinary conversation, of which nothing was lost, has come (usual.ts). Without history only. */
export const Phase = {
  /** Not an ordinary one, or not at a moment of these. */
  OTHER: 0,
  /** Its SYN has been seen; its SYN-ACK too. */
  SYN: 1,
  SYN_ACK: 2,
  /** Both ends are established; but payload would prove it of one that has not shown it yet. */
  UNPROVEN: 3,
  ESTABLISHED: 4,
  /** A FIN has been seen; its acknowledgement too. */
  FIN: 5,
  FIN_ACKED: 6,
  /** Both FINs; the second acknowledged the first. */
  BOTH_FINS: 7,
} as const

/** a - b as a signed distance on the sequence number circle (RFC 9293 §3.4). */
export function distance(a: SequenceNumber, b: SequenceNumber): number {
  return (a - b) | 0
}
