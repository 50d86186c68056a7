import type { Host, Variant } from './generator.ts'
import { type Segment, segmentsOf } from './wire.ts'

/** A variant as text: what tcpdump prints with -n, in three forms.
 *  `modern`: 4.x. `classic`: 3.x. `note`: flags written out, remarks glued to the fields, prose around the trace, and the
 *  log of the client behind it. */
export type TextForm = 'modern' | 'classic' | 'note'

export const TEXT_FORMS: readonly TextForm[] = ['modern', 'classic', 'note']

/** As the text prints it: microseconds, local time, no date. */
export function clockOf(v: Variant, time: bigint): string {
  const local = Number(time / 1_000_000_000n) + v.zoneMinutes * 60
  const micros = (time % 1_000_000_000n) / 1000n
  return `${new Date(local * 1000).toISOString().slice(11, 19)}.${String(micros).padStart(6, '0')}`
}

export function textOf(v: Variant, form: TextForm): string {
  const segments = segmentsOf(v)
  const lines = segments.map((segment, i) => {
    const source = v[segment.from]
    const target = segment.from === 'client' ? v.server : v.client
    const family = source.address.length === 4 ? 'IP' : 'IP6'
    const head = `${clockOf(v, v.times[i])} ${family} ${source.text}.${source.port} > ${target.text}.${target.port}: `
    const fields = form === 'modern' ? modernFields(v, segment, i) : classicFields(v, segment, i, form === 'note')
    return head + fields + (form === 'note' ? REMARKS[(v.seed + i) % REMARKS.length] : '')
  })
  const filter = `host ${v.server.text} and port ${v.server.port}`
  if (form === 'modern') return [...lines, ''].join('\n')
  if (form === 'classic') return ['tcpdump: listening on en7', ...lines, ''].join('\n')
  return [
    '一次抓包的记录 / notes on one capture',
    '双方的状态依次变化，如下所示：',
    `# tcpdump ${filter} -n`,
    'tcpdump: verbose output suppressed, use -v or -vv for full protocol decode',
    'listening on en7, link-type EN10MB (Ethernet), capture size 96 bytes',
    ...lines,
    `* 服务器(${v.server.text}.${v.server.port})把响应分成两段发给客户端(${v.client.text}.${v.client.port})：`,
    `前一段 ${v.response.head.length} 字节，后一段 ${v.response.body.length} 字节。`,
    ...clientLog(v),
    'So head and body were written apart, one send() each.',
    '-x 选项显示包的内容。',
  ].join('\n')
}

/** What people write behind the fields. */
const REMARKS = [
  '',
  ' 请求连接',
  '这里开始',
  ' <- the part that matters',
  '，见下文',
  ' запрос клиента',
  '（応答）',
  '',
]

function logTarget(v: Variant): string {
  return `http:// ${v.request.host}${v.request.target}`
}

/** The log of the HTTP client, in the note's manner. */
export function clientLog(v: Variant): string[] {
  const { request, response, server } = v
  const body = response.body.length
  return [
    `Site found: ${request.host}=${server.text}`,
    `Connecting to ${server.text}`,
    `Connected to ${server.text}`,
    `${request.method} ${logTarget(v)}`,
    ...request.headers.map(([name, value]) => `> ${name}: ${value}`),
    `Request sent. ${request.head.length + request.body.length} bytes`,
    `Data available. ${body}/${body} bytes`,
    ...response.headers.map(([name, value]) => `${name}: ${value}`),
    `${response.status} Request complete`,
  ]
}

/** Printed sequence numbers: relative to the SYNs, which are printed absolute. */
function numbersOf(v: Variant, segment: Segment, index: number): { first: number; end: number; ack: number | null } {
  const own = v[segment.from].isn
  const peer = segment.from === 'client' ? v.server.isn : v.client.isn
  const first = index < 2 ? segment.seq : (segment.seq - own) >>> 0
  const ack = segment.ack === null ? null : index < 2 ? segment.ack : (segment.ack - peer) >>> 0
  return { first, end: first + segment.payload.length, ack }
}

function optionWords(segment: Segment, host: Host, modern: boolean): string[] {
  const words: string[] = []
  const stamp =
    segment.stamp === null
      ? null
      : modern
        ? `TS val ${segment.stamp[0]} ecr ${segment.stamp[1]}`
        : `timestamp ${segment.stamp[0]} ${segment.stamp[1]}`
  if (segment.flags.includes('SYN')) {
    words.push(`mss ${host.mss}`)
    if (stamp !== null) words.push(...(host.sackPermitted ? ['sackOK'] : ['nop', 'nop']), stamp)
    else if (host.sackPermitted) words.push('nop', 'nop', 'sackOK')
    if (host.windowScale !== null) words.push('nop', `wscale ${host.windowScale}`)
  } else if (stamp !== null) words.push('nop', 'nop', stamp)
  return words
}

/** Ports whose payload tcpdump names. */
const NAMED: ReadonlySet<number> = new Set([80, 8080, 3128])

function modernFields(v: Variant, segment: Segment, index: number): string {
  const { first, end, ack } = numbersOf(v, segment, index)
  const letters = segment.flags.map((flag) => (flag === 'ACK' ? '.' : flag[0])).join('')
  const bytes = segment.payload.length
  const parts = [`Flags [${letters}]`]
  if (bytes > 0) parts.push(`seq ${first}:${end}`)
  else if (letters !== '.') parts.push(`seq ${first}`)
  if (ack !== null) parts.push(`ack ${ack}`)
  parts.push(`win ${segment.window}`)
  const options = optionWords(segment, v[segment.from], true)
  if (options.length > 0) parts.push(`options [${options.join(',')}]`)
  const isNamed = bytes > 0 && NAMED.has(v.server.port)
  const start = /^(?:[A-Z]+ [^\r]* )?HTTP\/1\.[01][^\r]*/.exec(segment.payload)?.[0]
  const named = isNamed ? `: HTTP${start === undefined ? '' : `: ${start}`}` : ''
  return `${parts.join(', ')}, length ${bytes}${named}`
}

const SPELLED: Record<string, string> = { S: 'Syn', P: 'Push', F: 'Fin' }

function classicFields(v: Variant, segment: Segment, index: number, spelled: boolean): string {
  const { first, end, ack } = numbersOf(v, segment, index)
  const letter = segment.flags.find((flag) => flag !== 'ACK')?.[0] ?? '.'
  const parts = [spelled ? (SPELLED[letter] ?? letter) : letter]
  if (letter !== '.') parts.push(`${first}:${end}(${segment.payload.length})`)
  if (ack !== null) parts.push(`ack ${ack}`)
  parts.push(`win ${segment.window}`)
  const options = optionWords(segment, v[segment.from], false)
  if (options.length > 0) parts.push(`<${options.join(',')}>`)
  if (!spelled && v[segment.from].address.length === 4) parts.push('(DF)')
  return parts.join(' ')
}
