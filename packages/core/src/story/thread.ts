import type { Nanoseconds, PacketNumber } from '../units.ts'

/** What the narrator remembers of a conversation. Pairs are by side; 0 = none. */
export interface Thread {
  /** Newest SYN and SYN-ACK of each side. */
  syn: [PacketNumber, PacketNumber]
  synTime: [Nanoseconds, Nanoseconds]
  synAck: [PacketNumber, PacketNumber]
  synAckTime: [Nanoseconds, Nanoseconds]
  /** Last segment with new payload. */
  data: PacketNumber
  dataTime: Nanoseconds
  /** The last segment of either side was a probe of this kind. */
  probe: 'keep-alive' | 'zero-window' | null
  isOpenTold: boolean
  isHalfCloseTold: boolean
}

export function newThread(): Thread {
  return {
    syn: [0, 0],
    synTime: [0, 0],
    synAck: [0, 0],
    synAckTime: [0, 0],
    data: 0,
    dataTime: 0,
    probe: null,
    isOpenTold: false,
    isHalfCloseTold: false,
  }
}
