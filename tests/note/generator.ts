import { isOfTheNote, isSizeOfTheNote } from './leftovers.ts'

/** The note's connection with every value drawn anew: eleven packets, a request in one segment, a response whose head and
 *  body leave in a segment each, a pause, and a close by either side. The same seed gives the same variant. */
export interface Variant {
  readonly seed: number
  readonly client: Host
  readonly server: Host
  readonly closer: 'client' | 'server'
  /** Where it was captured; `unclear`: both ends answer too fast to tell. */
  readonly vantage: 'client' | 'server' | 'between' | 'unclear'
  /** Nanoseconds since 1970 of each packet. */
  readonly times: readonly bigint[]
  /** TCP time stamps (RFC 7323) in every segment. */
  readonly hasTimestamps: boolean
  readonly request: Request
  readonly response: Response
  /** What the server's Date header says, in seconds since 1970. */
  readonly date: number
  /** Seconds that the server's Keep-Alive header offers; null: it has none. */
  readonly offered: number | null
  /** Neither side announced that it would close. */
  readonly isPersistent: boolean
  /** What must not appear in any report. */
  readonly secrets: readonly string[]
  /** Frames shorter than 60 bytes are padded, as a received one is. */
  readonly isPadded: boolean
  /** Local time minus UTC where tcpdump printed the text, in minutes. */
  readonly zoneMinutes: number
}

export interface Host {
  /** Four or sixteen bytes. */
  readonly address: readonly number[]
  /** As tcpdump prints it. */
  readonly text: string
  readonly port: number
  readonly mac: readonly number[]
  readonly isn: number
  readonly mss: number
  /** Windows of its SYN, before its first acknowledgement of data, and from then on. */
  readonly windows: readonly [number, number, number]
  readonly ttl: number
  /** Options of the SYN beside MSS and time stamps. */
  readonly sackPermitted: boolean
  readonly windowScale: number | null
}

export type Header = readonly [name: string, value: string]

interface Message {
  readonly headers: readonly Header[]
  readonly minor: 0 | 1
  readonly head: string
  readonly body: string
}

export interface Request extends Message {
  readonly method: string
  readonly target: string
  readonly host: string
}

export interface Response extends Message {
  readonly status: number
  readonly reason: string
}

/** Numbers from a seed (mulberry32). */
class Draw {
  private state: number

  constructor(seed: number) {
    this.state = (seed * 2_654_435_761) >>> 0
  }

  /** In [0, 1). */
  unit(): number {
    this.state = (this.state + 0x6d2b_79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** Whole number in [low, high]; none that the note has. */
  whole(low: number, high: number): number {
    for (;;) {
      const value = low + Math.floor(this.unit() * (high - low + 1))
      if (!isOfTheNote(value)) return value
    }
  }

  /** Evenly spread over magnitudes. */
  wide(low: number, high: number): number {
    return Math.round(low * (high / low) ** this.unit())
  }

  chance(share: number): boolean {
    return this.unit() < share
  }

  one<T>(list: readonly T[]): T {
    return list[Math.floor(this.unit() * list.length)]
  }

  shuffled<T>(list: readonly T[]): T[] {
    const rest = [...list]
    return list.map(() => rest.splice(Math.floor(this.unit() * rest.length), 1)[0])
  }

  /** Letters and digits that begin with a letter. */
  word(length: number): string {
    const letters = 'abcdefghijkmnpqrstuvwxyz'
    return Array.from({ length }, (_, i) => this.one([...(i === 0 ? letters : `${letters}3579`)])).join('')
  }
}

const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'REPORT', 'SEARCH']

const STATUSES: readonly (readonly [number, string])[] = [
  [200, 'Fine'],
  [201, 'Created'],
  [202, 'Accepted'],
  [203, 'Non-Authoritative Information'],
  [207, 'Multi-Status'],
  [301, 'Moved Permanently'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [404, 'Not Found'],
  [409, 'Conflict'],
  [418, "I'm a teapot"],
  [422, ''],
  [429, 'Too Many Requests'],
  [500, 'Internal Server Error'],
  [503, 'Service Unavailable'],
]

const SECOND = 1_000_000_000n

/** Draws until no value, size or duration is one of the note's own. */
export function makeVariant(seed: number): Variant {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const variant = drawVariant(seed, new Draw(seed * 1000 + attempt))
    if (!meetsNote(variant)) return variant
  }
  throw new Error(`seed ${seed} gives no variant`)
}

function drawVariant(seed: number, draw: Draw): Variant {
  const six = draw.chance(0.25)
  const hasTimestamps = draw.chance(0.3)
  const hasScale = draw.chance(0.4)
  const host = (port: number, mss: number): Host => {
    const address = six ? drawIpv6(draw) : drawIpv4(draw)
    return {
      address,
      text: addressText(address),
      port,
      mac: [0x02, ...Array.from({ length: 5 }, () => draw.whole(0, 255))],
      // Some numbers wrap within the connection.
      isn: draw.chance(0.3) ? (2 ** 32 - draw.whole(1, 1500)) >>> 0 : draw.whole(2 ** 21, 2 ** 32 - 1),
      mss,
      windows: [draw.whole(20_000, 65_000), draw.whole(20_000, 65_000), draw.whole(20_000, 65_000)],
      ttl: draw.whole(30, 255),
      sackPermitted: draw.chance(0.7),
      windowScale: hasScale ? draw.whole(0, 14) : null,
    }
  }
  const mss = draw.whole(536, draw.chance(0.2) ? 8960 : 1440)
  const mssOther = draw.chance(0.5) ? mss : draw.whole(mss, 9000)
  const first = draw.chance(0.5)
  const serverPort = draw.chance(0.4) ? draw.one([8080, 8000, 3128, 8888]) : draw.whole(1025, 49_000)
  const client = host(draw.whole(49_152, 65_000), first ? mss : mssOther)
  const server = host(serverPort, first ? mssOther : mss)
  const room = mss - (hasTimestamps ? 12 : 0)

  const vantage = draw.one(['client', 'server', 'between', 'unclear'] as const)
  const closer = draw.chance(0.6) ? 'client' : 'server'
  const times = drawTimes(draw, vantage, closer)
  // The server's clock: right, or seconds to years off.
  const offset = draw.chance(0.2) ? 0 : draw.wide(4, 3e8) * (draw.chance(0.5) ? 1 : -1)
  const date = Math.max(86_400, Number(times[5] / SECOND) + offset)
  const offered = draw.chance(0.7) ? draw.whole(1, 600) : null
  const minor = draw.chance(0.85) ? 1 : 0
  const announces = draw.one(['keep-alive', 'close', 'nothing'] as const)
  const isPersistent = announces === 'keep-alive' || (announces === 'nothing' && minor === 1)
  const secrets: string[] = []
  const request = drawRequest(draw, room, minor, secrets)
  const response = drawResponse(draw, room, minor, announces, offered, date, secrets)
  return {
    seed,
    client,
    server,
    closer,
    vantage,
    times,
    hasTimestamps,
    request,
    response,
    date,
    offered,
    isPersistent,
    secrets,
    isPadded: draw.chance(0.5),
    zoneMinutes: draw.chance(0.5) ? 0 : draw.whole(-11, 13) * 60 + draw.one([0, 0, 30, 45]),
  }
}

function drawIpv4(draw: Draw): number[] {
  return [draw.one([11, 23, 45, 100, 172, 203]), draw.whole(1, 254), draw.whole(0, 255), draw.whole(1, 254)]
}

function drawIpv6(draw: Draw): number[] {
  const groups = [draw.one([0x2001, 0x2a02, 0xfd00]), ...Array.from({ length: 7 }, () => draw.whole(0, 65_535))]
  const zeros = draw.whole(0, 5)
  for (let i = 0; i < zeros; i++) groups[2 + i] = 0
  return groups.flatMap((group) => [group >> 8, group & 255])
}

/** RFC 5952 for IPv6, by way of the platform's own. */
function addressText(address: readonly number[]): string {
  if (address.length === 4) return address.join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((address[2 * i] << 8) | address[2 * i + 1]).toString(16))
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1)
}

/** Answers of the near end take microseconds, those of the far end a round trip. */
function drawTimes(draw: Draw, vantage: Variant['vantage'], closer: Variant['closer']): bigint[] {
  const near = draw.wide(10_000, 200_000)
  const far = near * draw.whole(12, 400)
  const slow = draw.wide(1_300_000, 40_000_000)
  const fast = draw.wide(20_000, 200_000)
  const [client, server] = {
    client: [near, far],
    server: [far, near],
    between: [slow, slow * 1.3],
    unclear: [fast, fast * 1.3],
  }[vantage]
  const answer = (typical: number): number => Math.round(typical * (1 + draw.unit() / 2))
  const other = closer === 'client' ? 'server' : 'client'
  const ends = { client, server }
  // A close long after, or at once.
  const idle = draw.chance(0.7) ? draw.wide(1.1e9, 7.2e12) : draw.wide(1e6, 0.9e9)
  const gaps = [
    answer(server),
    answer(client),
    draw.wide(20_000, 40_000_000),
    answer(server),
    draw.wide(50_000, 5e9),
    draw.wide(5_000, 3_000_000),
    answer(client),
    idle,
    answer(ends[other]),
    answer(ends[closer]),
  ]
  // Some begin shortly before midnight, UTC.
  const day = draw.whole(9_200, 24_800)
  const second = draw.chance(0.2) ? 86_400 - draw.whole(1, 20) : draw.whole(0, 86_399)
  const times = [BigInt(day * 86_400 + second) * SECOND + BigInt(draw.whole(0, 999_999_999))]
  for (const gap of gaps) times.push(times[times.length - 1] + BigInt(gap))
  return times
}

function drawHost(draw: Draw): string {
  return `${draw.word(draw.whole(3, 9))}.${draw.word(draw.whole(3, 12))}.${draw.one(['example', 'test', 'invalid'])}`
}

/** Headers that say nothing special, none of them one of the note's. */
function drawHeaders(draw: Draw, count: number): Header[] {
  const names = draw.shuffled([
    'X-Trace',
    'Vary',
    'Via',
    'Cache-Control',
    'X-Note',
    'Content-Language',
    'Pragma',
    'X-Id',
  ])
  return names.slice(0, count).map((name) => [name, draw.word(draw.whole(3, 30))])
}

/** Start line and headers, filled up with one more header to `bytes` where there is room for it. */
function writeHead(draw: Draw, start: string, headers: Header[], bytes: number): { head: string; headers: Header[] } {
  const write = (list: readonly Header[]): string =>
    `${start}\r\n${list.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  const missing = bytes - write(headers).length - 'X-Fill: \r\n'.length
  const all: Header[] = missing > 0 ? [...headers, ['X-Fill', draw.word(missing)]] : headers
  const list = draw.shuffled(all)
  return { head: write(list), headers: list }
}

function drawRequest(draw: Draw, room: number, minor: 0 | 1, secrets: string[]): Request {
  const method = draw.one(METHODS)
  const path = Array.from({ length: draw.whole(1, 4) }, () => `/${draw.word(draw.whole(1, 8))}`).join('')
  const target = draw.chance(0.3) ? `${path}?${draw.word(3)}=${draw.word(4)}` : path
  const host = drawHost(draw)
  const body = draw.chance(0.5) ? draw.word(draw.whole(1, 150)) : ''
  const headers: Header[] = [['Host', host], ...drawHeaders(draw, draw.whole(0, 2))]
  if (body !== '') headers.push(['Content-Length', String(body.length)])
  if (draw.chance(0.4)) {
    secrets.push(draw.word(24))
    headers.push(draw.chance(0.5) ? ['Cookie', `sid=${secrets.at(-1)}`] : ['Authorization', `Bearer ${secrets.at(-1)}`])
  }
  const written = writeHead(draw, `${method} ${target} HTTP/1.${minor}`, headers, draw.whole(90, room - body.length))
  return { method, target, host, minor, body, ...written }
}

function drawResponse(
  draw: Draw,
  room: number,
  minor: 0 | 1,
  announces: 'keep-alive' | 'close' | 'nothing',
  offered: number | null,
  date: number,
  secrets: string[],
): Response {
  const [status, reason] = draw.one(STATUSES)
  const headers: Header[] = [
    ['Date', new Date(date * 1000).toUTCString()],
    ['Server', `${draw.word(6)}/${draw.whole(1, 9)}.${draw.whole(0, 9)}`],
    ...drawHeaders(draw, draw.whole(0, 1)),
  ]
  if (announces !== 'nothing') headers.push(['Connection', announces])
  if (offered !== null) headers.push(['Keep-Alive', draw.one([`timeout=${offered}`, `timeout=${offered}, max=77`])])
  if (draw.chance(0.2)) {
    secrets.push(draw.word(24))
    headers.push(['Set-Cookie', `id=${secrets.at(-1)}; Path=/`])
  }
  const start = `HTTP/1.${minor} ${status} ${reason}`
  const most = room - 20
  const headBytes = draw.whole(Math.min(300, most - 10), most - 10)
  const bodyBytes = draw.whole(1, room - headBytes)
  const sized: Header[] = [...headers, ['Content-Length', String(bodyBytes)]]
  return { status, reason, minor, body: draw.word(bodyBytes), ...writeHead(draw, start, sized, headBytes) }
}

/** Values that the note has too would hide what is left over from it. */
function meetsNote(v: Variant): boolean {
  const head = v.response.head.length
  const total = head + v.response.body.length
  const asked = v.request.head.length + v.request.body.length
  const room = Math.min(v.client.mss, v.server.mss) - (v.hasTimestamps ? 12 : 0)
  if (total > room || asked > room) return true
  const sizes = [v.request.head.length, v.request.body.length, asked, asked + 1, asked + 2, head, head + 1]
  sizes.push(total, total + 1, total + 2, v.response.body.length)
  if (sizes.some(isSizeOfTheNote)) return true
  const seconds = v.times.map((time) => Number(time) / 1e9)
  const moments = [...seconds, v.date, ...seconds.map((second) => second + v.zoneMinutes * 60)]
  if (moments.some((moment) => / 2008 | 10:13:| 02:(?:13:01|27:08)/.test(new Date(moment * 1000).toUTCString())))
    return true
  const spans = [...seconds, v.date].flatMap((to, i) => seconds.slice(0, i).map((from) => Math.abs(to - from)))
  return spans.some((s) => (s > 835 && s < 905) || (s > 8.9 && s < 10) || isOfTheNote(Math.round(s * 1000)))
}
