import { type Outcome, TcpFlag, type TcpPart } from './packet-line.ts'
import { isDigit, isSpace, isWordCode, type Scanner } from './scan.ts'
import { readOptions } from './tcp-options.ts'

const LETTERS: Readonly<Record<string, number>> = {
  F: TcpFlag.FIN,
  S: TcpFlag.SYN,
  R: TcpFlag.RST,
  P: TcpFlag.PSH,
  '.': TcpFlag.ACK,
  U: TcpFlag.URG,
  E: TcpFlag.ECE,
  W: TcpFlag.CWR,
  e: TcpFlag.AE,
}

/** Flags written out, as in notes and old course material. */
const WORDS: readonly (readonly [string, number])[] = [
  ['syn', TcpFlag.SYN],
  ['push', TcpFlag.PSH],
  ['psh', TcpFlag.PSH],
  ['fin', TcpFlag.FIN],
  ['reset', TcpFlag.RST],
  ['rst', TcpFlag.RST],
  ['ack', TcpFlag.ACK],
  ['urg', TcpFlag.URG],
]

export interface TcpOutcome {
  readonly outcome: Outcome
  readonly tcp: TcpPart
  readonly usable: boolean
}

/** Reads the fields after `SOURCE > TARGET: `. null, with the cursor unmoved, if they are no TCP fields.
 *  Modern (4.x): `Flags [P.], seq 1:612, ack 1, win 65535, options […], length 611`.
 *  Classic (3.x) and spelled out: `P 1:612(611) ack 1 win 65535 <…> (DF)`, `Push 1:612(611) …`. */
export function readTcp(s: Scanner): TcpOutcome | null {
  const from = s.at
  const tcp: TcpPart = {
    flags: 0,
    seq: null,
    ack: null,
    window: 0,
    urgent: 0,
    options: [],
    sackEdges: [],
    optionsUnknown: false,
    payloadBytes: 0,
  }
  const modern = s.literal('Flags')
  const flags = modern ? readModernFlags(s) : readClassicFlags(s)
  if (flags < 0) {
    if (modern && s.spaces().text.indexOf(']', s.at) < 0) return { outcome: 'open', tcp, usable: false }
    s.at = from
    return null
  }
  tcp.flags = flags
  const fields = new FieldReader(s, tcp, modern)
  fields.run()
  return fields.verdict(from)
}

/** ` [S.]`, ` [none]`. */
function readModernFlags(s: Scanner): number {
  if (!s.spaces().literal('[')) return -1
  if (s.literal('none]')) return 0
  let flags = 0
  for (; !s.ended; s.at++) {
    const letter = s.text[s.at]
    if (letter === ']') {
      s.at++
      return flags
    }
    const flag = LETTERS[letter]
    if (flag === undefined) return -1
    flags |= flag
  }
  return -1
}

/** `S`, `FP`, `.`, `SWE`, or words. In this form `.` means "none of S, F, R, P"; ACK is told by `ack N`. */
function readClassicFlags(s: Scanner): number {
  const from = s.at
  let flags = 0
  while (!s.ended && s.at - from < 8) {
    const flag = LETTERS[s.text[s.at]]
    if (flag === undefined || flag === TcpFlag.AE) break
    if (flag !== TcpFlag.ACK) flags |= flag
    s.at++
  }
  const code = s.code()
  if (s.at > from && (code < 0 || isSpace(code) || code === 0x2c || code === 0x5b)) return flags
  s.at = from
  return readFlagWords(s)
}

function readFlagWords(s: Scanner): number {
  let flags = 0
  let found = false
  for (;;) {
    const lower = s.text.slice(s.at, s.at + 6).toLowerCase()
    const word = WORDS.find(([name]) => lower.startsWith(name) && !isWordCode(lower.charCodeAt(name.length)))
    if (word === undefined) break
    const next = s.at + word[0].length
    // `ack 612` is a field, not the name of a flag.
    if (word[1] === TcpFlag.ACK && (!found || numberFollows(s.text, next))) break
    flags |= word[1]
    found = true
    s.at = next
    while (!s.ended && (isSpace(s.code()) || '+,/|-'.includes(s.text[s.at]))) s.at++
  }
  return found ? flags : -1
}

/** A number that is no range: `ack 612`, but not `Ack 1:612(611)`. */
function numberFollows(text: string, at: number): boolean {
  while (at < text.length && isSpace(text.charCodeAt(at))) at++
  const from = at
  while (at < text.length && at - from <= 10 && isDigit(text.charCodeAt(at))) at++
  return at > from && text[at] !== ':'
}

/** `<mss 1460,nop>`, `<[|tcp]>`: a remark may begin with `<` too. */
function startsOptions(s: Scanner): boolean {
  return /^<(?:mss|nop|wscale|sackOK|sack|timestamp|eol|opt-|unknown|echo|md5|\[\||>|$)/i.test(
    s.text.slice(s.at, s.at + 12),
  )
}

/** The fields of a TCP line in whatever order they come. */
class FieldReader {
  private readonly s: Scanner
  private readonly tcp: TcpPart
  private readonly modern: boolean
  private sawWindow = false
  private sawLength = false
  private cut = false
  /** Payload by `seq a:b`, -1 without. */
  private range = -1
  private fields = 0
  /** The text ended inside a field. */
  private dangling = false

  constructor(s: Scanner, tcp: TcpPart, modern: boolean) {
    this.s = s
    this.tcp = tcp
    this.modern = modern
  }

  run(): void {
    const s = this.s
    for (;;) {
      const before = s.at
      s.separators()
      if (s.ended) return
      if (this.sawLength || !this.field()) {
        s.at = before
        return
      }
      if (this.dangling) return
      this.fields++
    }
  }

  private field(): boolean {
    const s = this.s
    if (s.literal('cksum')) return this.checksum()
    if (s.word('seq')) return this.sequence(true)
    if (s.word('ack'))
      return this.number32((value) => {
        this.tcp.ack = value
        this.tcp.flags |= TcpFlag.ACK
      })
    if (s.literal('win ') || s.word('win'))
      return this.number32((value) => {
        // A larger number is a window with a remark's digits glued on.
        if (value <= 0xffff) this.tcp.window = value
        this.sawWindow = true
      })
    if (s.word('urg'))
      return this.number32((value) => {
        this.tcp.urgent = value & 0xffff
      })
    if (this.modern && s.word('options')) return this.options('[', ']')
    if (this.modern && s.word('length'))
      return this.number32((value) => {
        this.tcp.payloadBytes = value
        this.sawLength = true
      })
    if (s.literal('[|tcp]')) {
      this.cut = true
      return true
    }
    if (this.modern) return false
    if (s.code() === 0x3c) return startsOptions(s) && this.options('<', '>')
    if (isDigit(s.code())) return this.tcp.seq === null && !this.sawWindow && this.sequence(false)
    return this.trailer()
  }

  /** ` 0xb525 (correct)`, ` 0xb525 (incorrect -> 0x1234)`, 3.x ` 0xb525 (incorrect (-> 0x1234)`. */
  private checksum(): boolean {
    const s = this.s
    s.spaces()
    if (s.ended) this.dangling = true
    if (s.hex() < 0) return this.dangling
    const from = s.at
    s.spaces()
    if (s.code() !== 0x28) {
      s.at = from
      this.dangling = s.spaces().ended
      return true
    }
    if (!s.past(')')) {
      s.at = s.text.length
      this.dangling = true
    }
    return true
  }

  private number32(store: (value: number) => void): boolean {
    const s = this.s
    const from = s.at
    s.spaces()
    if (s.ended) {
      this.dangling = true
      return true
    }
    const value = s.number()
    if (value < 0 || value > 0xffff_ffff) {
      s.at = from
      return false
    }
    store(value)
    return true
  }

  /** `1`, `1:612` or `1:612(611)`. */
  private sequence(named: boolean): boolean {
    const s = this.s
    const from = s.at
    if (named) s.spaces()
    if (named && s.ended) {
      this.dangling = true
      return true
    }
    const first = s.number()
    if (first < 0 || first > 0xffff_ffff) {
      s.at = from
      return false
    }
    let last = first
    if (s.literal(':')) {
      last = s.number()
      if (s.ended && (last < 0 || !named)) this.dangling = true
      else if (last < 0) {
        s.at = from
        return false
      }
    } else if (!named) {
      this.dangling = s.ended
      if (!this.dangling) s.at = from
      return this.dangling
    }
    if (this.dangling) return true
    this.tcp.seq = first
    this.range = (last - first) >>> 0
    this.tcp.payloadBytes = this.range
    if (s.literal('(')) return this.bracketedLength(from)
    if (!named) s.at = from
    return named
  }

  private bracketedLength(from: number): boolean {
    const s = this.s
    const bytes = s.number()
    if (bytes >= 0 && s.literal(')')) {
      // The range wraps at 2^32, the printed length does not.
      this.tcp.payloadBytes = bytes
      return true
    }
    if (s.ended) {
      this.dangling = true
      return true
    }
    s.at = from
    this.tcp.seq = null
    return false
  }

  private options(open: string, close: string): boolean {
    const s = this.s
    s.spaces()
    if (s.ended) {
      this.dangling = true
      return true
    }
    if (!s.literal(open)) return false
    const end = closingBracket(s.text, s.at, open, close)
    const trunc = s.text.indexOf('[|tcp', s.at)
    if (trunc >= 0 && (end < 0 || trunc < end)) {
      this.cut = true
      readOptions(s, trunc, this.tcp)
      s.at = Math.min(s.text.length, trunc + 6)
      if (s.code() === close.charCodeAt(0)) s.at++
      return true
    }
    if (end < 0) {
      this.dangling = true
      s.at = s.text.length
      return true
    }
    readOptions(s, end, this.tcp)
    s.at = end + 1
    return true
  }

  /** 3.x: `(DF)`, `[tos 0x10]`, `(ttl 64, id 1, len 48)`, `[tcp sum ok]`, `[bad tcp cksum …]`, `[ECN-Echo,CWR]`. */
  private trailer(): boolean {
    const s = this.s
    for (const [open, close, words] of TRAILERS) {
      if (s.code() !== open) continue
      const word = words.find((candidate) => s.text.startsWith(candidate, s.at + 1))
      if (word === undefined) return false
      // As tcpdump 3.x prints it, and nothing else: a remark may begin alike.
      const ecn = /^\[(ECN-Echo)?,?(CWR)?\]/.exec(s.text.slice(s.at, s.at + 20))
      if (ecn?.[1] !== undefined) this.tcp.flags |= TcpFlag.ECE
      if (ecn?.[2] !== undefined) this.tcp.flags |= TcpFlag.CWR
      if (!s.past(close)) this.dangling = true
      return true
    }
    return false
  }

  verdict(from: number): TcpOutcome | null {
    const { tcp, s } = this
    const ended = s.ended || this.dangling
    const some = this.fields > 0
    if (this.modern) {
      // A length that differs from the range was broken off by a hard wrap: "length 6", and "11" on the next line.
      const consistent = this.range <= 0 || this.range === tcp.payloadBytes
      if (this.sawLength && !consistent) return { outcome: 'open', tcp, usable: true }
      if (this.cut || this.sawLength) return { outcome: 'whole', tcp, usable: true }
      const usable = this.sawWindow || this.sawLength
      return { outcome: ended ? 'open' : usable ? 'whole' : 'unreadable', tcp, usable }
    }
    if (!some && !ended) {
      s.at = from
      return null
    }
    if ((this.sawWindow || this.cut) && !this.dangling) return { outcome: 'whole', tcp, usable: true }
    // 3.x prints an empty flag field as "." and then only what is there: a bare reset has no more than its numbers.
    const usable = this.sawWindow || tcp.seq !== null
    return { outcome: ended ? 'open' : usable ? 'whole' : 'unreadable', tcp, usable }
  }
}

/** Where the bracket closes that was opened before `at` (an option may print brackets of its own), -1 if nowhere. */
function closingBracket(text: string, at: number, open: string, close: string): number {
  let depth = 1
  for (let i = at; i < text.length; i++) {
    if (text[i] === open) depth++
    else if (text[i] === close && --depth === 0) return i
  }
  return -1
}

const TRAILERS: readonly (readonly [number, string, readonly string[]])[] = [
  [0x28, ')', ['DF', 'ttl ', 'frag ', 'id ', 'len ']],
  [0x5b, ']', ['tos ', 'tcp sum', 'bad tcp', 'ECN-Echo', 'CWR', 'flowlabel', 'class', 'hlim', 'ttl ']],
]
