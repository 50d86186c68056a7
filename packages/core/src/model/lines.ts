import type { Bytes, Milliseconds, PacketNumber } from '../units.ts'

/** The JSON contract (docs/report.md): what the library returns, the command prints and the page reads.
 *  Absent knowledge is null. `v` names the contract's version. */
export type Basis = 'observed' | 'inferred' | 'expected'
export type SideName = 'client' | 'server'
export type Severity = 'error' | 'warn' | 'note' | 'info'
export type Confidence = 'certain' | 'likely' | 'possible'

export interface PerSide<T> {
  client: T
  server: T
}

/** RFC 9293 §3.3.2 names; `unknown` before a mid-stream capture gives a hint. */
export type StateName =
  | 'CLOSED'
  | 'LISTEN'
  | 'SYN_SENT'
  | 'SYN_RCVD'
  | 'ESTABLISHED'
  | 'FIN_WAIT_1'
  | 'FIN_WAIT_2'
  | 'CLOSE_WAIT'
  | 'CLOSING'
  | 'LAST_ACK'
  | 'TIME_WAIT'

export interface CaptureLine {
  v: 1
  type: 'capture'
  file: string | null
  format: 'pcap' | 'pcapng' | 'tcpdump-text'
  interfaces: { name: string | null; link: string; snaplen: Bytes | null; filter?: string }[]
  /** RFC 3339 UTC with nanoseconds; null for a source without a date. */
  start: string | null
  /** As printed, for a source without a date. */
  clock?: string
}

/** A sentence as data: id and parameters make its text in any language. */
export interface Note {
  id: string
  params: Record<string, string | number | boolean | null | number[]>
  text: string
  textZh?: string
}

/** A state that is not known is null: no packet gives a hint of it. */
export type StateNow = { name: StateName; basis: Basis } | null

export interface PacketLine {
  v: 1
  type: 'packet'
  n: PacketNumber
  time: string | null
  clock?: string
  /** Null for packets that belong to no TCP conversation. */
  conversation: number | null
  from: SideName | null
  tcp: {
    flags: string[]
    /** Relative to the sender's initial sequence number; [first, end). */
    seq: [number, number]
    ack: number | null
    window: number
    bytes: Bytes
  } | null
  labels: string[]
  state: PerSide<StateNow> | null
  notes: Note[]
}

export interface StateRecord {
  state: StateName
  /** The packet that was sent or received to enter it; null: no packet shows it. */
  packet: PacketNumber | null
  basis: Basis
  provenBy?: PacketNumber
  /** Expected states: the timer that will do it. */
  after?: '2MSL'
}

export interface WriteRecord {
  bytes: Bytes
  packets: PacketNumber[]
  confidence: Confidence
}

/** A program of the capturing machine. */
export interface ProcessRecord {
  /** Null: one of the program's processes, nobody tells which. */
  pid: number | null
  /** As ps names it. */
  name: string
  /** The file that is executed; null: not known. */
  program: string | null
}

/** Who holds one end of a connection. */
export interface ProcessSide {
  /** `inferred`: the program accepts connections for that port. */
  basis: 'observed' | 'inferred'
  /** It called connect(), holds the `socket`, called close(), or listens. */
  by: 'connect' | 'socket' | 'close' | 'listener'
  /** More than one: they share the socket. */
  processes: ProcessRecord[]
}

export interface ConversationLine {
  v: 1
  type: 'conversation'
  n: number
  protocol: 'tcp'
  client: { address: string; port: number }
  server: { address: string; port: number }
  roles: 'observed' | 'inferred'
  start: string | null
  end: string | null
  packets: PerSide<number>
  bytes: PerSide<Bytes>
  states: PerSide<StateRecord[]>
  open: 'handshake' | 'simultaneous' | 'fast-open' | 'mid-stream' | 'refused' | 'unanswered'
  close: 'fin' | 'simultaneous' | 'half-closed' | 'reset' | 'none'
  closedFirst: SideName | 'both' | 'none' | null
  timeWait: SideName | 'both' | 'none' | null
  rttMs: Milliseconds | null
  vantage: 'client' | 'server' | 'between' | null
  retransmissions: PerSide<number>
  /** Largest segment that each side announced it accepts (RFC 9293 §3.7.1): it bounds what the *other* side sends.
   *  Null: its SYN was not captured or carries no such option. */
  mss: PerSide<Bytes | null>
  writes: PerSide<WriteRecord[]>
  /** Zeek's letters: upper case from the client. */
  history: string
  /** Programs of the capturing machine; null: not known. Absent: it was not asked for. */
  process?: PerSide<ProcessSide | null>
}

export interface MessagePart {
  headBytes: Bytes | null
  bodyBytes: Bytes | null
  /** Head and body together: known from sequence numbers even where their border is not. */
  totalBytes: Bytes
  packets: PacketNumber[]
  headers: [string, string][]
}

export interface TimeSplit {
  dns: Milliseconds | null
  connect: Milliseconds | null
  tls: Milliseconds | null
  idle: Milliseconds | null
  send: Milliseconds | null
  wait: Milliseconds | null
  receive: Milliseconds | null
  total: Milliseconds | null
}

export interface ExchangeLine {
  v: 1
  type: 'exchange'
  /** Counts exchanges over the whole capture. */
  n: number
  conversation: number
  protocol: string
  method: string | null
  target: string | null
  host: string | null
  status: number | null
  reason: string | null
  request: MessagePart | null
  /** `complete`: null where its framing cannot be known. */
  response: (MessagePart & { complete: boolean | null }) | null
  ms: TimeSplit
  waitSplit: { networkMs: Milliseconds; serverMs: Milliseconds } | null
  notes: Note[]
}

export interface FindingLine {
  v: 1
  type: 'finding'
  rule: string
  severity: Severity
  confidence: Confidence
  conversation: number
  evidence: { packet: PacketNumber; why: string }[]
  interval: [string | null, string | null]
  params: Note['params']
  text: string
  textZh?: string
  advice: string | null
  adviceZh?: string | null
  alternative: string | null
  alternativeZh?: string | null
}

export interface SummaryLine {
  v: 1
  type: 'summary'
  packets: number
  bytes: Bytes
  start: string | null
  end: string | null
  /** Where and how the input ends early, else null. */
  truncated: { offset: number; message: string } | null
  conversations: number
  exchanges: number
  findings: Record<Severity, number>
  /** Packets that the capture says were dropped. */
  dropped: number
  notes: Note[]
}

export type ReportLine = CaptureLine | PacketLine | ConversationLine | ExchangeLine | FindingLine | SummaryLine
