import { Packet } from '../packet/packet.ts'
import type { Bytes, SequenceNumber } from '../units.ts'
import type { Side, Slot } from './stream.ts'

/** What the tracker made of one TCP segment; one instance is reused. */
export class Segment {
  packet: Packet = new Packet()
  slot: Slot = -1
  /** Sender. */
  side: Side = 0
  /** First packet of its conversation. */
  opens = false
  /** The conversation uses the 4-tuple of an older one that is still remembered. */
  isReuse = false
  /** Bits of Label. */
  labels = 0
  /** Relative to the sender's ISN (first payload byte = 1), or to its first segment seen. */
  relativeSeq: SequenceNumber = 0
  /** Relative to the receiver's ISN; -1 without ACK. */
  relativeAck: SequenceNumber = -1
  /** Payload bytes that had not been captured before. */
  freshBytes: Bytes = 0
  /** Sequence numbers of the receiver that this segment is the first to acknowledge: payload, and one each for SYN and FIN. */
  freshAck = 0
  /** Of these, sequence numbers that the capture does not hold. */
  unseenAck = 0
  /** It carries a FIN that was not seen before. */
  freshFin = false
  /** Starts exactly where its sender's last segment ended, and acknowledges nothing that was not captured. */
  exact = false
}
