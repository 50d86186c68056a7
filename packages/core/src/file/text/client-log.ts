import type { ClientLogLine } from '../record.ts'

/** More lines than any client writes for one page; the rest is not kept. */
const MOST_LINES = 2000
const LONGEST_TEXT = 8192
/** So many lines that mean nothing end a log. */
const PATIENCE = 3

type Phase = 'outside' | 'request' | 'response'

/** Collects the log of an HTTP client that was pasted with a trace: the note's form, curl -v and wget. A log begins at a
 *  line about finding or connecting to a host, so that a message's own text elsewhere is not taken for one. */
export class ClientLog {
  readonly lines: ClientLogLine[] = []
  private phase: Phase = 'outside'
  private strange = 0

  /** A packet line: whatever log there was has ended. */
  interrupt(): void {
    this.phase = 'outside'
  }

  take(raw: string): void {
    const text = raw.trim()
    if (text === '' || text.length > LONGEST_TEXT || this.lines.length >= MOST_LINES) return
    const line = this.start(text) ?? (this.phase === 'outside' ? null : this.within(text))
    if (line === null) {
      if (this.phase !== 'outside' && !text.startsWith('*') && ++this.strange > PATIENCE) this.phase = 'outside'
      return
    }
    this.strange = 0
    this.lines.push(line)
  }

  /** Lines that may open a log. */
  private start(text: string): ClientLogLine | null {
    const line = readResolved(text) ?? readConnecting(text) ?? readConnected(text)
    if (line !== null) this.phase = 'request'
    return line
  }

  private within(text: string): ClientLogLine | null {
    const sent = readSent(text)
    if (sent !== null) {
      this.phase = 'response'
      return sent
    }
    const data = readData(text)
    if (data !== null) {
      this.phase = 'response'
      return data
    }
    const complete = readComplete(text)
    if (complete !== null) {
      this.phase = 'outside'
      return complete
    }
    return readRequestLine(text) ?? this.readHeader(text)
  }

  private readHeader(text: string): ClientLogLine | null {
    let body = text
    let kind: 'request-header' | 'response-header' = this.phase === 'request' ? 'request-header' : 'response-header'
    if (text.startsWith('> ')) {
      kind = 'request-header'
      body = text.slice(2)
    } else if (text.startsWith('< ')) {
      kind = 'response-header'
      body = text.slice(2)
      this.phase = 'response'
    }
    const status = /^HTTP\/[0-9.]{1,4} ([0-9]{3})\b/.exec(body)
    if (status !== null) return made('response-header', text, { status: Number(status[1]) })
    const colon = body.indexOf(':')
    const name = body.slice(0, colon)
    // RFC 9110 §5.1: a field name is a token; nothing may stand between it and the colon.
    if (colon < 1 || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,80}$/.test(name)) return null
    if (body.length > colon + 1 && body[colon + 1] !== ' ' && kind === 'response-header' && body === text) return null
    return made(kind, text, { name, value: body.slice(colon + 1).trim() })
  }
}

function made(kind: ClientLogLine['kind'], text: string, known: Partial<ClientLogLine>): ClientLogLine {
  return {
    kind,
    text,
    host: null,
    address: null,
    name: null,
    value: null,
    bytes: null,
    total: null,
    status: null,
    ...known,
  }
}

const ADDRESS = '(?:[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|\\[?[0-9A-Fa-f:.]{2,45}\\]?)'
const HOST = '[A-Za-z0-9_.-]{1,255}'
const SITE_FOUND = new RegExp(`^Site found: ?(${HOST}) ?= ?(${ADDRESS})$`)
const CURL_RESOLVED = new RegExp(`^\\* IPv[46]: (${ADDRESS})(?:, .*)?$`)
const WGET_RESOLVED = new RegExp(`^Resolving (${HOST})(?: \\(${HOST}\\))?\\.\\.\\. (${ADDRESS})(?:, .*)?$`)
const CONNECTING = new RegExp(`^Connecting to (${ADDRESS})(?:[: ](?:port )?[0-9]{1,5})?(?:\\.\\.\\.)?$`)
const CONNECTING_HOST = /^Connecting to ([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)(?::[0-9]{1,5})?(?:\.\.\.)?$/
const CURL_TRYING = new RegExp(`^\\* +Trying (${ADDRESS})(?::[0-9]{1,5})?\\.\\.\\.$`)
const WGET_CONNECTING = new RegExp(
  `^Connecting to (${HOST})(?: \\(${HOST}\\))?\\|(${ADDRESS})\\|:[0-9]{1,5}\\.\\.\\. connected\\.$`,
)
const CONNECTED = new RegExp(`^Connected to (${ADDRESS})(?:[: ](?:port )?[0-9]{1,5})?\\.?$`)
const CURL_CONNECTED = new RegExp(`^\\* Connected to (${HOST}) \\((${ADDRESS})\\) port [0-9]{1,5}\\b`)

function readResolved(text: string): ClientLogLine | null {
  const found = SITE_FOUND.exec(text) ?? WGET_RESOLVED.exec(text)
  if (found !== null) return made('resolved', text, { host: found[1], address: bare(found[2]) })
  const curl = CURL_RESOLVED.exec(text)
  return curl === null ? null : made('resolved', text, { address: bare(curl[1]) })
}

function readConnecting(text: string): ClientLogLine | null {
  const address = CONNECTING.exec(text) ?? CURL_TRYING.exec(text)
  if (address !== null) return made('connecting', text, { address: bare(address[1]) })
  const host = CONNECTING_HOST.exec(text)
  return host === null ? null : made('connecting', text, { host: host[1] })
}

function readConnected(text: string): ClientLogLine | null {
  const plain = CONNECTED.exec(text)
  if (plain !== null) return made('connected', text, { address: bare(plain[1]) })
  const named = CURL_CONNECTED.exec(text) ?? WGET_CONNECTING.exec(text)
  return named === null ? null : made('connected', text, { host: named[1], address: bare(named[2]) })
}

function bare(address: string): string {
  return address.startsWith('[') ? address.slice(1, -1) : address
}

/** `GET http:// www.example.com/` (a blank slipped in when it was pasted), `> GET / HTTP/1.1`. */
function readRequestLine(text: string): ClientLogLine | null {
  const found = /^(?:> )?([A-Z]{3,10}) +(\S.*)$/.exec(text)
  if (found === null) return null
  const target = found[2].replace(/ HTTP\/[0-9.]{1,4}$/, '').replace(':// ', '://')
  if (target.includes(' ') || !/^(?:\/|\*$|[a-z][a-z0-9+.-]{0,20}:\/\/|[\w.-]+:[0-9]+$)/.test(target)) return null
  return made('request-line', text, { name: found[1], value: target })
}

function readSent(text: string): ClientLogLine | null {
  const sent = /^Request sent[.:,]? *([0-9]{1,10}) bytes?\b/.exec(text)
  if (sent !== null) return made('request-sent', text, { bytes: Number(sent[1]) })
  if (/^\* Request completely sent off$/.test(text)) return made('request-sent', text, {})
  const wget = /^HTTP request sent, awaiting response\.\.\. ([0-9]{3})\b/.exec(text)
  return wget === null ? null : made('request-sent', text, { status: Number(wget[1]) })
}

function readData(text: string): ClientLogLine | null {
  const data = /^Data available[.:,]? *([0-9]{1,12})(?:\/([0-9]{1,12}))? bytes?\b/.exec(text)
  if (data !== null) {
    return made('data', text, { bytes: Number(data[1]), total: data[2] === undefined ? null : Number(data[2]) })
  }
  const curl = /^\{ \[([0-9]{1,12}) bytes data\]$/.exec(text)
  return curl === null ? null : made('data', text, { bytes: Number(curl[1]) })
}

function readComplete(text: string): ClientLogLine | null {
  const done = /^([1-5][0-9]{2}) Request complete\b/i.exec(text)
  return done === null ? null : made('complete', text, { status: Number(done[1]) })
}
