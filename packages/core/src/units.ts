/** Named units: a plain number whose meaning the name carries. */

/** 1-based, as tcpdump `-#` and Wireshark count. 0 = no packet. */
export type PacketNumber = number
export type Bytes = number
export type Nanoseconds = number
export type Milliseconds = number
/** Absolute offset into a byte buffer. Ends are exclusive. */
export type Offset = number
/** Unsigned 32-bit TCP sequence number; compare with `(a - b) | 0` (RFC 9293 §3.4). */
export type SequenceNumber = number
/** Offset of a byte within one direction of a TCP connection; the first payload byte is 0 (sequence number ISN+1). */
export type StreamOffset = number
