import type {
  CaptureLine,
  ConversationLine,
  ExchangeLine,
  FindingLine,
  Note,
  PacketLine,
  PerSide,
  ReportLine,
  SideName,
  StateNow,
  SummaryLine,
} from '../../packages/core/src/model/lines.ts'

/** Report lines as the pipeline emits them, made by hand: renderers are tested apart from the engine. */

/** A note with its English and Chinese text. */
function note(id: string, text: string, textZh: string): Note {
  return { id, params: {}, text, textZh }
}

const DAY = '2008-08-10T02:13:'

interface Step {
  n: number
  at: string
  from: SideName
  flags: string[]
  seq: [number, number]
  ack: number | null
  note: Note
}

const steps: Step[] = [
  {
    n: 1,
    at: '01.617505000Z',
    from: 'client',
    flags: ['SYN'],
    seq: [0, 1],
    ack: null,
    note: note('tcp.open', 'Client asks to open a connection.', '客户端发起连接。'),
  },
  {
    n: 2,
    at: '01.617631000Z',
    from: 'server',
    flags: ['SYN', 'ACK'],
    seq: [0, 1],
    ack: 1,
    note: note('tcp.accept', 'Server answers, with its own sequence number.', '服务器应答。'),
  },
  {
    n: 3,
    at: '01.617766000Z',
    from: 'client',
    flags: ['ACK'],
    seq: [1, 1],
    ack: 1,
    note: note('tcp.opened', 'Handshake done in 0.26 ms.', '三次握手完成，0.26 ms。'),
  },
  {
    n: 4,
    at: '01.618011000Z',
    from: 'client',
    flags: ['PSH', 'ACK'],
    seq: [1, 612],
    ack: 1,
    note: note('http.request', 'Client sends the request: GET / HTTP/1.1', '客户端发送数据（HTTP 请求）GET / HTTP/1.1'),
  },
  {
    n: 5,
    at: '01.618023000Z',
    from: 'server',
    flags: ['ACK'],
    seq: [1, 1],
    ack: 612,
    note: note('tcp.ack.all', "Server's TCP has all 611 bytes.", '服务器 TCP 已收到全部 611 字节。'),
  },
  {
    n: 6,
    at: '01.618486000Z',
    from: 'server',
    flags: ['PSH', 'ACK'],
    seq: [1, 329],
    ack: 612,
    note: note(
      'http.response.head',
      'Response 1 of 2: headers, 200 OK, after 0.48 ms.',
      '服务器发送响应（1/2）：响应头 200 OK，等待了 0.48 ms。',
    ),
  },
  {
    n: 7,
    at: '01.618510000Z',
    from: 'server',
    flags: ['PSH', 'ACK'],
    seq: [329, 1303],
    ack: 612,
    note: note(
      'http.response.body',
      'Response 2 of 2: body, 974/974 bytes.',
      '服务器发送响应（2/2）：正文 974/974 字节。',
    ),
  },
  {
    n: 8,
    at: '01.619638000Z',
    from: 'client',
    flags: ['ACK'],
    seq: [612, 612],
    ack: 1303,
    note: note('tcp.ack.response', 'Client has the whole response (328 + 974).', '客户端已收到完整响应（328 + 974）。'),
  },
  {
    n: 9,
    at: '11.574352000Z',
    from: 'client',
    flags: ['FIN', 'ACK'],
    seq: [612, 613],
    ack: 1303,
    note: note(
      'tcp.close.first',
      'Client closes first, after 9.95 s without traffic although the server offered to keep the connection for 15 s.',
      '客户端在空闲 9.95 秒后主动关闭，尽管服务器愿意将连接保持 15 秒。',
    ),
  },
  {
    n: 10,
    at: '11.574455000Z',
    from: 'server',
    flags: ['FIN', 'ACK'],
    seq: [1303, 1304],
    ack: 613,
    note: note('tcp.close.second', 'Server acknowledges and closes too.', '服务器确认，并且也关闭。'),
  },
  {
    n: 11,
    at: '11.574991000Z',
    from: 'client',
    flags: ['ACK'],
    seq: [613, 613],
    ack: 1304,
    note: note(
      'tcp.time-wait',
      'Last ACK. Client stays in TIME_WAIT, about 60 s.',
      '客户端进入 TIME_WAIT，约 60 秒后 CLOSED。',
    ),
  },
]

const states: ConversationLine['states'] = {
  client: [
    { state: 'CLOSED', packet: null, basis: 'inferred' },
    { state: 'SYN_SENT', packet: 1, basis: 'observed' },
    { state: 'ESTABLISHED', packet: 2, basis: 'inferred', provenBy: 3 },
    { state: 'FIN_WAIT_1', packet: 9, basis: 'observed' },
    { state: 'FIN_WAIT_2', packet: 10, basis: 'inferred' },
    { state: 'TIME_WAIT', packet: 10, basis: 'inferred', provenBy: 11 },
    { state: 'CLOSED', packet: null, basis: 'expected', after: '2MSL' },
  ],
  server: [
    { state: 'CLOSED', packet: null, basis: 'inferred' },
    { state: 'LISTEN', packet: null, basis: 'inferred' },
    { state: 'SYN_RCVD', packet: 1, basis: 'inferred', provenBy: 2 },
    { state: 'ESTABLISHED', packet: 3, basis: 'inferred', provenBy: 6 },
    { state: 'CLOSE_WAIT', packet: 9, basis: 'inferred', provenBy: 10 },
    { state: 'LAST_ACK', packet: 10, basis: 'observed' },
    { state: 'CLOSED', packet: 11, basis: 'inferred' },
  ],
}

function stateAfter(side: SideName, packet: number): StateNow {
  let now: StateNow = null
  for (const { state, packet: at, basis } of states[side]) {
    if (basis === 'expected' || (at !== null && at > packet)) break
    now = { name: state, basis }
  }
  return now
}

/** How a language setting fills `text` and `textZh`. */
export type Lang = 'en' | 'zh' | 'both'

function say<T extends { text: string; textZh?: string }>(sentence: T, lang: Lang): T {
  const { textZh, ...rest } = sentence
  if (lang === 'en' || textZh === undefined) return rest as T
  return lang === 'zh' ? ({ ...rest, text: textZh } as T) : sentence
}

export function captureLine(): CaptureLine {
  return {
    v: 1,
    type: 'capture',
    file: 'http-practice.pcap',
    format: 'pcap',
    interfaces: [{ name: null, link: 'EN10MB', snaplen: 262144 }],
    start: `${DAY}01.617505000Z`,
  }
}

export function summaryLine(of: Partial<SummaryLine> = {}): SummaryLine {
  return {
    v: 1,
    type: 'summary',
    packets: 11,
    bytes: 2599,
    start: `${DAY}01.617505000Z`,
    end: `${DAY}11.574991000Z`,
    truncated: null,
    conversations: 1,
    exchanges: 1,
    findings: { error: 0, warn: 0, note: 1, info: 1 },
    dropped: 0,
    notes: [],
    ...of,
  }
}

/** The conversation of the note as number `n`, its packets numbered from `base` + 1. */
export function noteConversation(
  n: number,
  base: number,
  lang: Lang,
  conversationOf: Partial<ConversationLine> = {},
): ReportLine[] {
  const shift = <T extends { packet: number | null; provenBy?: number }>(record: T): T => ({
    ...record,
    packet: record.packet === null ? null : record.packet + base,
    ...(record.provenBy === undefined ? {} : { provenBy: record.provenBy + base }),
  })
  const packets = steps.map(
    (step): PacketLine => ({
      v: 1,
      type: 'packet',
      n: step.n + base,
      time: DAY + step.at,
      conversation: n,
      from: step.from,
      tcp: {
        flags: step.flags,
        seq: step.seq,
        ack: step.ack,
        window: 6721,
        bytes: step.flags.includes('SYN') || step.flags.includes('FIN') ? 0 : step.seq[1] - step.seq[0],
      },
      labels: [],
      state: { client: stateAfter('client', step.n), server: stateAfter('server', step.n) },
      notes: [say(step.note, lang)],
    }),
  )
  const conversation: ConversationLine = {
    v: 1,
    type: 'conversation',
    n,
    protocol: 'tcp',
    client: { address: '10.1.9.11', port: 58384 + n },
    server: { address: '192.168.64.71', port: 80 },
    roles: 'observed',
    start: `${DAY}01.617505000Z`,
    end: `${DAY}11.574991000Z`,
    packets: { client: 6, server: 5 },
    bytes: { client: 611, server: 1302 },
    states: { client: states.client.map(shift), server: states.server.map(shift) } as PerSide<
      ConversationLine['states']['client']
    >,
    open: 'handshake',
    close: 'fin',
    closedFirst: 'client',
    timeWait: 'client',
    rttMs: 0.261,
    vantage: 'server',
    retransmissions: { client: 0, server: 0 },
    mss: { client: 1460, server: 1460 },
    writes: {
      client: [{ bytes: 611, packets: [4 + base], confidence: 'likely' }],
      server: [
        { bytes: 328, packets: [6 + base], confidence: 'likely' },
        { bytes: 974, packets: [7 + base], confidence: 'likely' },
      ],
    },
    history: 'ShADadFfA',
    ...conversationOf,
  }
  const exchange: ExchangeLine = {
    v: 1,
    type: 'exchange',
    n,
    conversation: n,
    protocol: 'http/1.1',
    method: 'GET',
    target: '/',
    host: 'tsf.oa.com',
    status: 200,
    reason: 'OK',
    request: { headBytes: 611, bodyBytes: 0, totalBytes: 611, packets: [4 + base], headers: [['Host', 'tsf.oa.com']] },
    response: {
      headBytes: 328,
      bodyBytes: 974,
      totalBytes: 1302,
      packets: [6 + base, 7 + base],
      headers: [['Content-Length', '974']],
      complete: true,
    },
    ms: { dns: null, connect: 0.261, tls: null, idle: 0.245, send: 0, wait: 0.475, receive: 0.024, total: 1.005 },
    waitSplit: { networkMs: 0, serverMs: 0.475 },
    notes: [],
  }
  const finding: FindingLine = {
    v: 1,
    type: 'finding',
    rule: 'tcp/two-writes',
    severity: 'note',
    confidence: 'likely',
    conversation: n,
    evidence: [
      { packet: 6 + base, why: 'headers' },
      { packet: 7 + base, why: 'body' },
    ],
    interval: [null, null],
    params: {},
    text: 'The server sent headers and body with two writes.',
    textZh: '服务器分两次 send 发送响应头与正文。',
    advice: 'One writev() would save a segment.',
    adviceZh: '改用一次 writev() 可少发一个报文段。',
    alternative: null,
  }
  const spoken = lang === 'zh' ? { ...say(finding, 'zh'), advice: finding.adviceZh ?? null } : say(finding, lang)
  return [...packets, conversation, exchange, spoken]
}

/** The note's trace, whole. */
export function noteLines(lang: Lang): ReportLine[] {
  return [captureLine(), ...noteConversation(0, 0, lang), summaryLine()]
}

/** Thirty conversations of the note's kind; three of them went otherwise. */
export function manyLines(lang: Lang): ReportLine[] {
  const lines: ReportLine[] = [captureLine()]
  for (let n = 0; n < 30; n++) {
    const odd: Partial<ConversationLine> =
      n === 7
        ? { close: 'reset', closedFirst: 'server', timeWait: 'none' }
        : n === 19
          ? { retransmissions: { client: 0, server: 4 } }
          : n === 23
            ? { server: { address: '2001:db8:1234:5678:9abc:def0:1234:5678', port: 8080 } }
            : {}
    lines.push(...noteConversation(n, n * 11, lang, odd))
  }
  return [...lines, summaryLine({ packets: 330, conversations: 30, exchanges: 30 })]
}

/** One conversation that carries a body of 400 segments. */
export function longLines(lang: Lang): ReportLine[] {
  const [capture, ...rest] = noteLines(lang)
  const packets = rest.filter((line): line is PacketLine => line.type === 'packet')
  const others = rest.filter((line) => line.type !== 'packet')
  const seventh = packets[6]
  const body = Array.from(
    { length: 400 },
    (_, i): PacketLine => ({
      ...seventh,
      n: 8 + i,
      notes: [],
      labels: i === 200 ? ['retransmission'] : [],
      tcp: { ...seventh.tcp!, seq: [1303 + i * 1000, 2303 + i * 1000], bytes: 1000 },
    }),
  )
  const moved = packets.slice(7).map((packet) => ({ ...packet, n: packet.n + 400 }))
  const later = (packet: number | null): number | null => (packet === null || packet < 8 ? packet : packet + 400)
  return [
    capture,
    ...packets.slice(0, 7),
    ...body,
    ...moved,
    ...others.map((line): ReportLine => {
      if (line.type !== 'conversation') return line
      const move = (records: ConversationLine['states']['client']): ConversationLine['states']['client'] =>
        records.map((record) => ({
          ...record,
          packet: later(record.packet),
          ...(record.provenBy === undefined ? {} : { provenBy: later(record.provenBy)! }),
        }))
      return {
        ...line,
        states: { client: move(line.states.client), server: move(line.states.server) },
        retransmissions: { client: 0, server: 1 },
      }
    }),
  ]
}
