import type { PerSide, SideName } from '../model/lines.ts'
import type { Bytes, Nanoseconds, PacketNumber } from '../units.ts'

/** How the conversation was closed. */
export interface CloseFacts {
  /** Null: cannot be known; `none`: not closed. */
  first: SideName | 'both' | 'none' | null
  timeWait: SideName | 'both' | 'none' | null
  /** A reset ended it. */
  reset: boolean
  /** First FIN or RST of each side; 0 = none seen. */
  packets: PerSide<PacketNumber>
  /** Of the first one. */
  time: Nanoseconds
  /** Of the last packet: the end of the close, as far as it was seen. */
  end: Nanoseconds
  /** Every step of it was captured, in both directions. */
  isWhole: boolean
}

/** A head that was sent apart from its body. */
export interface SplitMessage {
  side: SideName
  headBytes: Bytes
  bodyBytes: Bytes
  headPacket: PacketNumber
  bodyPacket: PacketNumber
  time: Nanoseconds
}

/** What the rules need of the conversation's HTTP exchanges. */
export interface ExchangeFacts {
  /** First message whose head and body left in separate segments although they would have shared one, and how many. */
  split: SplitMessage | null
  splits: number
  /** End of the last exchange, if its response is whole and announced that the connection stays open; else null. */
  idleFrom: Nanoseconds | null
  /** Of that response. */
  lastPacket: PacketNumber
  /** Seconds of its `Keep-Alive: timeout=`, or null. */
  lastKeepAlive: number | null
  /** First response with a Date header: seconds since 1970, and when its head was complete. */
  date: number | null
  dateTime: Nanoseconds
  datePacket: PacketNumber
}

/** The capture's clock. */
export interface ClockFacts {
  /** Unix time in seconds of a capture time, or null for a source without a date. */
  toUnix(time: Nanoseconds): number | null
}

/** Facts of one conversation, computed once and shared by all rules. */
export interface Facts {
  close: CloseFacts
  exchanges: ExchangeFacts
  clock: ClockFacts
}
