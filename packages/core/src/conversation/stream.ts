import type { Bytes, Nanoseconds, Offset, PacketNumber, StreamOffset } from '../units.ts'

/** The two ends of a conversation. Everything kept per endpoint is indexed by it. */
export const Side = { CLIENT: 0, SERVER: 1 } as const
export type Side = 0 | 1

/** Index of a live conversation: small, reused after the conversation ended. */
export type Slot = number

/** Receives each direction of each TCP connection as one ordered stream: retransmissions and overlaps
 *  removed (first copy wins), holes named. Calls for one (slot, side) come with growing offsets and no gaps. */
export interface StreamSink {
  /** Payload bytes that became next in order; buffer[at, end) is only valid during the call.
   *  `packet` carried them and `time` is its capture time; if they had to wait for a hole to fill, `packet` and
   *  `time` are still those of the segment that carried them. */
  data(
    slot: Slot,
    side: Side,
    offset: StreamOffset,
    buffer: Uint8Array,
    at: Offset,
    end: Offset,
    packet: PacketNumber,
    time: Nanoseconds,
  ): void
  /** `count` payload bytes passed that the capture does not hold: cut by the snapshot length (`packet` carried
   *  them) or never captured although acknowledged (`packet` is the one that proves it). */
  missing(
    slot: Slot,
    side: Side,
    offset: StreamOffset,
    count: Bytes,
    cut: boolean,
    packet: PacketNumber,
    time: Nanoseconds,
  ): void
  /** The direction ended at `offset`: by FIN, by a reset (either side's), or because the capture did. */
  end(
    slot: Slot,
    side: Side,
    offset: StreamOffset,
    how: 'fin' | 'reset' | 'capture-end',
    packet: PacketNumber,
    time: Nanoseconds,
  ): void
}
