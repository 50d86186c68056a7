import type { Confidence, Severity, SideName } from '../../model/lines.ts'
import type { Bytes, Milliseconds, PacketNumber } from '../../units.ts'

/** The words of the conclusion, the ladder's frame and the table of conversations. Each language implements all of
 *  it, so a missing message or a misnamed parameter does not compile. English is plain ASCII. */

export type SectionName =
  | 'process'
  | 'exchange'
  | 'log'
  | 'time'
  | 'segments'
  | 'close'
  | 'states'
  | 'findings'
  | 'health'

/** What one segment of a message carries; null where the captured bytes do not prove it. */
export type SegmentPart = 'head' | 'body' | 'head-and-body' | null

export type PhaseName = 'dns' | 'connect' | 'tls' | 'idle' | 'send' | 'wait' | 'server' | 'receive' | 'close'

/** Why a conversation was chosen to be shown in full. */
export type Reason =
  | { kind: 'all' }
  | { kind: 'asked' }
  | { kind: 'findings'; severity: Severity; count: number }
  | { kind: 'reset' }
  | { kind: 'refused' }
  | { kind: 'unanswered' }
  | { kind: 'retransmissions'; count: number }
  | { kind: 'incomplete-exchange' }
  | { kind: 'status'; status: number }
  | { kind: 'unusual-open' }
  | { kind: 'unusual-close' }
  | { kind: 'slowest-wait'; ms: Milliseconds }
  | { kind: 'typical'; alike: number }

export interface LayoutMessages {
  /** Column headings. */
  client: string
  server: string
  milliseconds: string
  /** After a state, in the margin: those that were named before and are not so, `A>B`. */
  withdrawn(p: { states: string }): string
  /** Under a packet: states of a side that were named before and are not so. */
  neverEntered(p: { side: SideName; states: readonly string[] }): string
  /** Column heading of a conversation's number, at most 5 cells. */
  conversation: string
  /** Over a live ladder: what its marks stand for. */
  liveLegend: string
  note: string
  segment: string
  /** A run of packets that is not drawn one by one. */
  run(of: { packets: number; segments: number; bytes: Bytes; acks: number; unusual: number }): string
  /** A packet's label in words. */
  label(of: { label: string }): string
  conclusion: string
  section: Record<SectionName, string>
  listSeparator: string
  /** A side's states in order. */
  chain(of: { side: SideName; states: string }): string
  legendInferred(of: { states: string }): string
  legendAllInferred(of: { side: SideName }): string
  legendNothingInferred: string
  legendExpected: string
}

export interface TableMessages {
  title(of: { conversations: number; packets: number; span: Milliseconds | null }): string
  startColumn: string
  packetsColumn: string
  bytesColumn: string
  closeColumn: string
  exchangesColumn: string
  marksColumn: string
  /** Short words for a cell, at most 10 cells wide. */
  closeCell: Record<
    | 'client-fin'
    | 'server-fin'
    | 'both-fin'
    | 'fin'
    | 'half'
    | 'client-reset'
    | 'server-reset'
    | 'reset'
    | 'refused'
    | 'unanswered'
    | 'open',
    string
  >
  /** Under the table: what the marks stand for. */
  legend: string
  rest(of: { conversations: number; packets: number; exchanges: number }): string
  chosen(of: { shown: number; conversations: number }): string
  reason(of: Reason): string
  showOther: string
  others(of: { packets: number }): string
  /** Of so many packets and conversations at once only a part was kept. */
  thinned: string
  nothing(of: { packets: number }): string
  noSuchConversation(of: { asked: number; conversations: number }): string
}

export interface ConclusionMessages {
  /** `seen`: its packets were captured, whether or not they can be read. */
  exchange(of: {
    request: string | null
    requestSeen: boolean
    answer: string | null
    responseSeen: boolean
    requestBytes: Bytes | null
    responseBytes: Bytes | null
    complete: boolean
    /** Whether all bytes of the packets are in the capture: what cannot be read is no HTTP then. */
    captured: boolean
  }): string
  /** What a client's log pasted with the trace says where the packets' content was not captured. */
  logExchange(of: { request: string | null; status: string | null }): string
  /** Its body bytes against the sizes of the segments. `after`: the packets that hold the body and nothing else. */
  logBody(of: { body: Bytes; head: Bytes; headPackets: PacketNumber[]; bodyPackets: PacketNumber[] }): string
  /** Header lines of the log shown as one. */
  logHeaders(of: { count: number; of: 'request' | 'response' }): string
  moreExchanges(of: { count: number; shown: number }): string
  noExchange(of: { client: Bytes; server: Bytes }): string

  phase: Record<PhaseName, string>
  /** Before the phases, each with the packets it lies between. */
  phaseBorders(of: { isOnly: boolean }): string
  waitSplit(of: { server: Milliseconds; network: Milliseconds }): string
  waitUndivided: string
  /** A segment was sent again while the client waited. */
  waitDisturbed: string
  thenIdle(of: { idle: Milliseconds; closer: SideName | 'both' | 'none' | null }): string
  severalWaits(of: { count: number; total: Milliseconds; slowest: Milliseconds }): string
  roundTrip(of: { rtt: Milliseconds; vantage: SideName | 'between' | null }): string

  segments(of: { of: SideName; parts: { bytes: Bytes; part: SegmentPart }[]; more: number }): string
  headEndUnproven(of: { total: Bytes }): string
  writes(of: { by: SideName; writes: number; segments: number; confidence: Confidence }): string
  fitsOneSegment(of: { total: Bytes; mss: Bytes }): string
  splitBySize(of: { total: Bytes; mss: Bytes; segments: number }): string

  closedByFin(of: { first: SideName | 'both' | null }): string
  /** Only `seen`'s FIN was captured (null: none, or both without the end). */
  halfClosed(of: { first: SideName | 'both' | null; seen: SideName | null }): string
  closedByReset(of: { by: SideName | null; finFirst: SideName | null }): string
  refused: string
  /** An ICMP message said that the SYN cannot be delivered. */
  undeliverable: string
  unanswered: string
  notClosed: string
  timeWait(of: { side: SideName | 'both'; otherIsClosed: boolean }): string
  timeWaitNobody: string
  timeWaitUnknown: string

  healthOk: string
  retransmissions(of: { client: number; server: number }): string
  labelled(of: { label: string; count: number }): string
  reset(of: { by: SideName | null }): string
  dropped(of: { count: number }): string
  truncated(of: { offset: number }): string
  midStream: string
  /** Only one side's packets were captured. */
  oneSided(of: { side: SideName }): string
  /** A state's packet is older than that of the state before it. */
  crossed: string
  rolesInferred: string
  /** What stands before a finding's sentence. */
  findingHead(of: { severity: Severity; confidence: Confidence }): string
  alternative(of: { text: string }): string
}

/** The live table's words. */
export interface TopMessages {
  title(of: { conversations: number; packetRate: string; byteRate: string }): string
  /** Column headings; `rate`: bytes a second that a side sends. */
  state: string
  rate: Record<SideName, string>
  retransmitted: string
  waits: string
  exchange: string
  /** `what`: a duration. */
  wait(of: {
    for: SideName
    why: 'open' | 'request' | 'response' | 'data' | 'window' | 'close'
    what: string
    isInferred: boolean
  }): string
  /** A cell of the line under a conversation. */
  retransmissions(of: { count: number }): string
  empty: string
  more(of: { conversations: number }): string
  /** What the keys do: sort by one of these, or end. */
  sort: string
  order: Record<'rate' | 'wait' | 'retransmissions' | 'state' | 'number' | 'exchange', string>
  quit: string
}

export interface ReportMessages {
  layout: LayoutMessages
  top: TopMessages
  table: TableMessages
  conclusion: ConclusionMessages
}
