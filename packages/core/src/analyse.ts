import type { MemoryRoom } from './bytes/arena.ts'
import { segmentLimit } from './conversation/facts.ts'
import { Histories } from './conversation/history.ts'
import { Trait } from './conversation/known.ts'
import { labelNames } from './conversation/labels.ts'
import { FIRST_TIME, LAST_TIME, NUMBER, OPEN_TIME, SYN_TIME } from './conversation/page.ts'
import { type ConversationRecord, readConversation, readEnds, sideName } from './conversation/record.ts'
import type { Segment } from './conversation/segment.ts'
import { Side, type Slot } from './conversation/stream.ts'
import { Tracker, type TrackerEvents } from './conversation/tracker.ts'
import { Transitions } from './conversation/transitions.ts'
import { Writes } from './conversation/writes.ts'
import { linkTypeName } from './file/link-types.ts'
import type {
  CaptureDamage,
  CaptureInfo,
  CaptureSink,
  ClientLogLine,
  InterfaceInfo,
  PacketRecord,
  RecordScan,
} from './file/record.ts'
import { ClosedConversation } from './findings/close-facts.ts'
import type { ExchangeFacts } from './findings/facts.ts'
import type { Rule } from './findings/rule.ts'
import { rules } from './findings/rules.ts'
import { runRule } from './findings/run.ts'
import { ExchangeTallies } from './findings/tally.ts'
import type { HttpExchange } from './http/exchange.ts'
import { HttpExchanges, isHttpPort } from './http/exchanges.ts'
import type { CaptureLine, ConversationLine, Note, ReportLine, Severity, SideName } from './model/lines.ts'
import { Dissector } from './packet/dissect.ts'
import { Packet, Protocol } from './packet/packet.ts'
import type { Annotation } from './report/annotation.ts'
import { fitsClientLog, matchClientLog } from './report/lines/client-log.ts'
import { exchangeLine } from './report/lines/exchange.ts'
import { findingLine } from './report/lines/finding.ts'
import { frameLine, segmentLine } from './report/lines/packet.ts'
import { ConversationProcesses, type FindProcess } from './report/lines/process.ts'
import { SummaryCounts } from './report/lines/summary.ts'
import { CaptureClock } from './report/lines/time.ts'
import type { Survey } from './report/survey.ts'
import { HttpTeller } from './story/http-teller.ts'
import { Narrator } from './story/narrator.ts'
import type { Lang } from './story/note.ts'
import type { Milliseconds, Nanoseconds } from './units.ts'

export type LineType = ReportLine['type']

export interface AnalyseOptions {
  /** As the report names it; null for a stream. */
  file: string | null
  /** Lines wanted: what nobody wants is not built. */
  types: ReadonlySet<LineType>
  lang: Lang
  /** Show the values of Authorization, Cookie and Set-Cookie. */
  showSecrets: boolean
  /** Only these conversations, by their numbers, are told and read for HTTP; of the others packets and bytes are
   *  counted. The summary's exchanges and findings, and the numbers of exchanges, are theirs alone. Absent: all. */
  conversations?: ReadonlySet<number>
  /** Is told, whatever the types, what each TCP packet means, before packet() returns: what is known then and no more.
   *  So are other packets that say something of a connection. */
  annotate?: (annotation: Annotation) => void
  /** False: packet lines come without their notes, which is faster. Absent: with them. */
  narrate?: boolean
  /** Names the programs of this machine, for a capture that is being made on it. */
  findProcess?: FindProcess
  /** Is told of every conversation in numbers, whatever the types. */
  survey?: Survey
  /** Where the records of conversations may lie, for the scan of files; only where nothing but the summary is wanted. */
  room?: MemoryRoom
  /** Any number: makes hash collisions unpredictable for whoever prepared the capture. */
  seed?: number
  /** The packets come as they happen, for days perhaps: exchanges are told as soon as they end, and of more than `most`
   *  conversations at once the longest idle ones are ended. Whoever says so calls passTime(). */
  live?: { readonly most: number }
}

/** Exchanges that wait for the end of their connections, all together. */
const EXCHANGES_HELD = 512
/** A conversation that is over is told of when nothing has come for so long: a FIN or an ACK may have to be sent again. */
const QUIET: Nanoseconds = 5e9
const NAMES_KEPT = 65_536
/** Of one connection: a pasted log is about one exchange. */
const POSSIBLE_KEPT = 256

/** The pipeline: records in, report lines out (docs/report.md). Memory is bounded by the live conversations. */
export class Analysis implements CaptureSink, TrackerEvents {
  private readonly options: AnalyseOptions
  private readonly emit: (line: ReportLine) => void
  private readonly wants: Record<LineType, boolean>
  private readonly dissector = new Dissector()
  private readonly current = new Packet()
  private readonly http: HttpExchanges
  private readonly tracker: Tracker
  private readonly teller = new HttpTeller()
  private readonly narrator: Narrator | null
  private readonly transitions: Transitions | null
  private readonly processes: ConversationProcesses | null
  private readonly writes = new Writes()
  private readonly histories = new Histories()
  private readonly clock = new CaptureClock()
  private readonly summary = new SummaryCounts()
  private readonly tallies: ExchangeTallies
  private readonly exchanges = new Map<Slot, HttpExchange[]>()
  private exchangesHeld = 0
  /** Stand-in address → host name, of text sources. */
  private readonly names = new Map<string, string>()
  /** Of text sources. */
  private readonly possible = new Map<Slot, HttpExchange[]>()
  /** Of the conversation that is ending; one object for all. */
  private readonly facts: { readonly close: ClosedConversation; exchanges: ExchangeFacts; readonly clock: CaptureClock }
  /** Of the conversation that ended last. */
  private readonly found: Record<Severity, number> = { error: 0, warn: 0, note: 0, info: 0 }
  /** Of the first packet. */
  private firstTime: Nanoseconds = 0
  private readonly interfaces: InterfaceInfo[] = []
  private info: CaptureInfo | null = null
  /** The source is text: it holds no payload, and may name hosts. */
  private isText = false
  private isCaptureTold = false
  private log: readonly ClientLogLine[] = []

  constructor(options: AnalyseOptions, emit: (line: ReportLine) => void) {
    this.options = options
    this.emit = emit
    const has = (type: LineType): boolean => options.types.has(type)
    this.wants = {
      capture: has('capture'),
      packet: has('packet'),
      conversation: has('conversation'),
      exchange: has('exchange'),
      finding: has('finding'),
      summary: has('summary'),
    }
    const isNarrated = (this.wants.packet && options.narrate !== false) || options.annotate !== undefined
    const detail =
      isNarrated || this.wants.packet || this.wants.conversation || this.wants.exchange || this.wants.finding
    this.http = new HttpExchanges({
      detail,
      onExchange: (exchange) => this.takeExchange(exchange),
      ...(isNarrated ? { events: this.teller } : {}),
    })
    this.tracker = new Tracker(
      {
        history: detail || options.survey !== undefined,
        seed: options.seed ?? 0,
        ...(options.room === undefined || options.conversations !== undefined ? {} : { room: options.room }),
        ...(options.live === undefined ? {} : { most: options.live.most }),
      },
      this,
      this.http,
    )
    this.tallies = new ExchangeTallies((slot) => segmentLimit(this.tracker, slot))
    this.facts = { close: new ClosedConversation(this.tracker), exchanges: this.tallies.of(0), clock: this.clock }
    this.narrator = isNarrated ? new Narrator(this.tracker, this.teller, options.lang) : null
    this.transitions = options.annotate === undefined ? null : new Transitions(this.tracker)
    const { findProcess, lang } = options
    this.processes = findProcess === undefined ? null : new ConversationProcesses(this.tracker, findProcess, lang)
  }

  /** What the reader of a file may leave to the tracker; null: nothing. */
  get scan(): RecordScan | null {
    return this.tracker.lane
  }

  // CaptureSink: what the reader tells.

  capture(info: CaptureInfo): void {
    this.info ??= info
    this.isText = this.info.format === 'tcpdump-text'
    this.clock.dated = info.dated
  }

  interface(info: InterfaceInfo): void {
    this.interfaces.push(info)
  }

  packet(record: PacketRecord): void {
    const p = this.current
    this.dissector.dissect(record, p)
    if (!this.isCaptureTold) this.tellCapture(p)
    this.summary.add(p)
    const isOther = this.tracker.add(p) < 0
    if (isOther && (this.wants.packet || this.narrator !== null) && this.options.conversations === undefined)
      this.tellFrame(p)
    if (this.options.live !== undefined && this.exchangesHeld > 0)
      for (const slot of this.exchanges.keys()) this.tellExchanges(slot, null)
  }

  /** A text that names hosts has stand-in addresses for them: the report shows the names. */
  name(address: string, name: string): void {
    if (this.isText && this.names.size < NAMES_KEPT) this.names.set(address, name)
  }

  comment(text: string): void {
    this.summary.addComment(text)
  }

  dropped(_interfaceIndex: number, packets: number): void {
    this.summary.dropped += packets
  }

  unknownBlock(): void {
    this.summary.unknownBlocks++
  }

  clientLog(lines: readonly ClientLogLine[]): void {
    this.log = lines
  }

  /** It is `unixMs` now, by the clock that stamps the packets: tells of what has been over for some seconds. */
  passTime(unixMs: Milliseconds): void {
    if (this.isCaptureTold) this.tracker.endQuiet((unixMs - this.clock.baseSeconds * 1000) * 1e6 - QUIET)
  }

  /** The input is over. Ends all conversations and tells the summary. */
  finish(damage: CaptureDamage | null): void {
    if (!this.isCaptureTold) this.tellCapture(null)
    this.tracker.finish()
    if (this.tracker.lane !== null) this.summary.addPassed(this.tracker.lane.passed)
    if (this.wants.summary) this.emit(this.summary.line(this.tracker, this.info, damage, this.clock, this.options.lang))
  }

  // TrackerEvents

  opened(slot: Slot): void {
    const c = this.tracker.conversations
    const serverPort = c.serverPort(slot)
    // Text holds no payload, and a client's log that proves HTTP comes after the packets: until then it is possible.
    const isPossible = this.isText && !isHttpPort(serverPort)
    this.http.open(slot, serverPort, c.has(slot, Trait.MID_STREAM), isPossible)
    if (this.narrator !== null) this.teller.mute(slot, isPossible)
    if (!this.isTold(slot)) this.http.release(slot)
    else this.processes?.open(slot, this.current.baseSeconds * 1000 + this.current.time / 1e6)
  }

  segment(segment: Segment): void {
    if (!this.isTold(segment.slot)) return
    if (this.wants.conversation) {
      this.writes.add(segment, segmentLimit(this.tracker, segment.slot))
      this.histories.add(segment)
    }
    if (this.narrator === null && !this.wants.packet) return
    const notes = this.narrator?.tell(segment) ?? []
    if (this.processes !== null) notes.push(...this.processes.tell(segment.slot))
    if (this.wants.packet) this.emit(segmentLine(this.tracker, segment, this.clock, notes))
    const { slot, packet } = segment
    this.annotate(packet, slot, sideName(segment.side), notes, segment.labels, segment.opens)
  }

  ended(slot: Slot): void {
    if (!this.isTold(slot)) return
    this.http.release(slot)
    this.settlePossible(slot)
    const c = this.tracker.conversations
    const conversation = this.wants.conversation || this.wants.exchange ? this.conversationLine(slot) : null
    if (conversation !== null && this.wants.conversation) this.emit(conversation)
    this.tellExchanges(slot, conversation)
    this.tellFindings(slot, c.word(slot, NUMBER) - 1)
    const { survey } = this.options
    if (survey !== undefined) {
      const startMs = (c.time(slot, FIRST_TIME) - this.firstTime) / 1e6
      survey.addConversation(slot, this.readRecord(slot), startMs, this.found)
    }
    this.tallies.clear(slot)
    this.narrator?.forget(slot)
    this.transitions?.forget(slot)
    this.processes?.forget(slot)
  }

  /** A packet that is no TCP segment, or one that could not be read to its end. */
  private tellFrame(p: Packet): void {
    const notes = this.narrator?.tellOther(p) ?? []
    if (this.wants.packet) this.emit(frameLine(p, this.clock, notes))
    const about = this.tracker.quotedByIcmp
    if (about >= 0 || p.protocol === Protocol.TCP) this.annotate(p, about, null, notes, 0, false)
  }

  /** `slot`: of the conversation that the packet says something of, else -1. */
  private annotate(p: Packet, slot: Slot, from: SideName | null, notes: Note[], labels: number, opens: boolean): void {
    const { transitions } = this
    if (transitions === null) return
    this.options.annotate?.({
      n: p.number,
      conversation: slot < 0 ? null : this.tracker.conversations.word(slot, NUMBER) - 1,
      from,
      states: {
        client: slot < 0 ? null : transitions.take(slot, Side.CLIENT),
        server: slot < 0 ? null : transitions.take(slot, Side.SERVER),
      },
      isSelf: slot >= 0 && this.tracker.conversations.has(slot, Trait.SELF),
      notes,
      labels: labelNames(labels),
      ends: opens ? readEnds(this.tracker, slot) : null,
    })
  }

  private tellCapture(first: Packet | null): void {
    this.isCaptureTold = true
    if (first !== null) {
      this.clock.baseSeconds = first.baseSeconds
      this.firstTime = first.time
    }
    if (!this.wants.capture) return
    const line: CaptureLine = {
      v: 1,
      type: 'capture',
      file: this.options.file,
      format: this.info?.format ?? 'pcap',
      interfaces: this.interfaces.map(describeInterface),
      start: first === null ? null : this.clock.format(first.seconds, first.nanos),
    }
    if (first !== null && first.clock !== null && !this.clock.dated) line.clock = first.clock
    this.emit(line)
  }

  private conversationLine(slot: Slot): ConversationLine {
    const c = this.tracker.conversations
    const record = this.readRecord(slot)
    return {
      v: 1,
      type: 'conversation',
      ...record,
      start: this.clock.formatRelative(c.time(slot, FIRST_TIME)),
      end: this.clock.formatRelative(c.time(slot, LAST_TIME)),
      writes: this.writes.take(slot),
      history: this.histories.take(slot),
      ...(this.processes === null ? {} : { process: this.processes.take(slot) }),
    }
  }

  private takeExchange(exchange: HttpExchange): void {
    const { slot } = exchange
    if (this.isPossible(exchange)) {
      const held = this.possible.get(slot)
      if (held === undefined) this.possible.set(slot, [exchange])
      else if (held.length < POSSIBLE_KEPT) held.push(exchange)
      return
    }
    this.keepExchange(exchange)
  }

  private keepExchange(exchange: HttpExchange): void {
    const { slot } = exchange
    this.tallies.add(exchange)
    this.summary.exchanges++
    this.options.survey?.addExchange(exchange)
    if (!this.wants.exchange) return
    const held = this.exchanges.get(slot)
    if (held === undefined) this.exchanges.set(slot, [exchange])
    else held.push(exchange)
    // Connections that carry very many give their lines before they end: memory stays bounded.
    if (++this.exchangesHeld > EXCHANGES_HELD) this.tellExchanges(slot, null)
  }

  /** Bytes of unknown content on a port of its own: only a client's log, which is read last, can tell that it is HTTP. */
  private isPossible(exchange: HttpExchange): boolean {
    if (!this.isText || exchange.basis === 'observed') return false
    const serverPort = this.tracker.conversations.serverPort(exchange.slot)
    const hasContent = (exchange.request?.method ?? null) !== null || (exchange.response?.status ?? null) !== null
    return !hasContent && !isHttpPort(serverPort)
  }

  /** Of the exchanges that were possible, those that the log tells are kept. */
  private settlePossible(slot: Slot): void {
    // Nearly always empty, as the exchanges held are where no lines of them are wanted: the size is asked in no time.
    if (this.possible.size === 0) return
    for (const exchange of this.possible.get(slot) ?? [])
      if (fitsClientLog(this.log, exchange)) this.keepExchange(exchange)
    this.possible.delete(slot)
  }

  private tellExchanges(slot: Slot, line: ConversationLine | null): void {
    if (this.exchangesHeld === 0) return
    const held = this.exchanges.get(slot)
    if (held === undefined) return
    this.exchanges.delete(slot)
    this.exchangesHeld -= held.length
    const conversation = line ?? this.readRecord(slot)
    const c = this.tracker.conversations
    for (const exchange of held) {
      const notes = this.log.length === 0 ? [] : this.matchLog(exchange, conversation)
      this.emit(
        exchangeLine(exchange, {
          n: this.summary.exchangeLines++,
          conversation: conversation.n,
          syn: c.time(slot, SYN_TIME) === 0 ? null : c.time(slot, SYN_TIME) - 1,
          handshakeAck: c.time(slot, OPEN_TIME) === 0 ? null : c.time(slot, OPEN_TIME) - 1,
          rttMs: conversation.rttMs,
          vantage: conversation.vantage,
          retransmissions: conversation.retransmissions.client + conversation.retransmissions.server,
          showSecrets: this.options.showSecrets,
          notes,
        }),
      )
    }
  }

  /** The first exchange that the log fits takes it. */
  private matchLog(exchange: HttpExchange, conversation: ConversationRecord): Note[] {
    const notes = matchClientLog(this.log, exchange, conversation, this.options.lang, this.options.showSecrets)
    if (notes.length > 0) this.log = []
    return notes
  }

  /** The conversation so far, with the host names that a text gave. */
  private readRecord(slot: Slot): ConversationRecord {
    const record = readConversation(this.tracker, slot)
    for (const end of [record.client, record.server]) end.address = this.names.get(end.address) ?? end.address
    return record
  }

  /** Whether a conversation gets lines. */
  private isTold(slot: Slot): boolean {
    const { conversations } = this.options
    return conversations === undefined || conversations.has(this.tracker.conversations.word(slot, NUMBER) - 1)
  }

  private tellFindings(slot: Slot, conversation: number): void {
    const facts = this.facts
    facts.close.of(slot)
    facts.exchanges = this.tallies.of(slot)
    const { found: counts } = this
    if (this.options.survey !== undefined) counts.error = counts.warn = counts.note = counts.info = 0
    const isBuilt = this.wants.finding
    for (let at = 0; at < rules.length; at++) {
      const rule = rules[at]
      if (!isBuilt && rule.judge !== undefined) {
        const severity = rule.judge(facts)
        if (severity !== null) this.count(severity)
      } else this.tellRule(rule, conversation, isBuilt)
    }
  }

  private tellRule(rule: Rule, conversation: number, isBuilt: boolean): void {
    const found = runRule(rule, this.facts)
    if (found === null) this.summary.failedRules.set(rule.id, (this.summary.failedRules.get(rule.id) ?? 0) + 1)
    for (const finding of found ?? []) {
      this.count(finding.severity)
      if (isBuilt) this.emit(findingLine(rule.id, finding, conversation, this.clock, this.options.lang))
    }
  }

  private count(severity: Severity): void {
    this.summary.findings[severity]++
    if (this.options.survey !== undefined) this.found[severity]++
  }
}

function describeInterface(info: InterfaceInfo): CaptureLine['interfaces'][number] {
  const described = {
    name: info.name,
    link: linkTypeName(info.link),
    snaplen: info.snaplen === 0 ? null : info.snaplen,
  }
  return info.filter === null ? described : { ...described, filter: info.filter }
}
