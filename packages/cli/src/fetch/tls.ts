import { readFileSync } from 'node:fs'
import { type ConnectionOptions, connect, type PeerCertificate, type SecureContext, type TLSSocket } from 'node:tls'
import { type Moment, now } from './clock.ts'
import type { TlsFacts } from './event.ts'
import { errorCode, FetchError, type TlsProblem } from './failure.ts'
import type { Halt } from './halt.ts'
import type { Journal } from './journal.ts'
import { type Channel, ChannelStream, type Taker, type Wire } from './wire.ts'

export interface TlsRules {
  /** -k: any certificate will do. */
  readonly insecure: boolean
  /** Whom to trust. */
  readonly context: SecureContext
}

/** Sessions and keys that outlive a connection. */
export interface TlsMemory {
  /** `host:port` to the session to resume. */
  readonly sessions: Map<string, Buffer>
  /** NSS key log lines of this run's connections, in memory only: whoever holds them reads the traffic. */
  readonly keys: string[]
}

const MAX_KEY_LINES = 1000

/** Plaintext in a record (RFC 8446 §5.1). */
const RECORD_BYTES = 16_384
/** A write of no more than this is handed on by OpenSSL and Node in one piece. */
const WHOLE_BYTES = 4 * RECORD_BYTES

/** TLS over a channel: what it reads is timed by the TCP read that brought it, what it writes by the TCP write. */
class TlsChannel implements Channel {
  readonly socket: TLSSocket
  private readonly wire: Wire
  private readonly below: ChannelStream
  /** Bytes that a record adds to its plaintext; null: they differ from one to the next. */
  private readonly overhead: number | null
  private taker: Taker | null = null
  /** Writes that wait for their last byte to be given to the socket: up to which byte of `below` that is. */
  private readonly waiting: { readonly until: number; readonly done: (at: Moment) => void }[] = []

  constructor(socket: TLSSocket, wire: Wire, below: ChannelStream) {
    this.socket = socket
    this.wire = wire
    this.below = below
    this.overhead = recordOverhead(socket)
    below.onWritten = (at) => {
      while (this.waiting.length > 0 && this.waiting[0].until <= below.writtenBytes) this.waiting.shift()?.done(at)
    }
    socket.on('data', (bytes: Buffer) => {
      if (this.taker !== null && !this.taker.data(bytes, wire.readAt)) socket.pause()
    })
    socket.on('end', () => this.taker?.end(now()))
    socket.on('error', (error) => this.taker?.fail(error))
    socket.pause()
  }

  handTo(taker: Taker | null): void {
    this.taker = taker
    if (taker === null) this.socket.pause()
    else this.socket.resume()
  }

  /** Node tells that a write is done only in the loop's next turn, when the response may have come: for writes of usual
   *  size it is counted here which byte of the ciphertext is their last. */
  write(bytes: Uint8Array, done: (at: Moment) => void): void {
    const { overhead } = this
    if (overhead === null || bytes.length > WHOLE_BYTES || bytes.length === 0) {
      this.socket.write(bytes, (error) => {
        if (!error) done(this.wire.writtenAt)
      })
      return
    }
    const records = Math.ceil(bytes.length / RECORD_BYTES)
    const before = this.waiting.at(-1)?.until ?? this.below.passedBytes
    this.waiting.push({ until: Math.max(before, this.below.passedBytes) + bytes.length + records * overhead, done })
    this.socket.write(bytes)
  }

  resume(): void {
    this.socket.resume()
  }

  end(): void {
    this.socket.end()
  }

  destroy(): void {
    this.socket.destroy()
    this.wire.destroy()
  }
}

/** A record's header, tag and, in TLS 1.3, content type (RFC 8446 §5.2) or, before it, explicit nonce (RFC 5288 §3, RFC
 *  6655 §3; none in RFC 7905). Null with padding. */
function recordOverhead(socket: TLSSocket): number | null {
  const { name } = socket.getCipher()
  if (socket.getProtocol() === 'TLSv1.3') return 22
  if (name.includes('CHACHA20')) return 21
  if (name.includes('GCM')) return 29
  return null
}

/** Makes the channel over `below` (TCP, or a tunnel through a TLS proxy) a TLS connection with `host`; `wire` is the TCP
 *  under all. Throws FetchError: a certificate that is not trusted is one unless `rules.insecure`. */
export async function secure(
  below: Channel,
  wire: Wire,
  host: string,
  port: number,
  alpn: readonly string[],
  rules: TlsRules,
  memory: TlsMemory,
  journal: Journal,
  halt: Halt,
): Promise<TlsChannel> {
  halt.phase = 'tls'
  const { sent, received } = wire
  const key = `${host}:${port}`
  journal.note({ kind: 'tls-start', host }, wire)
  const session = memory.sessions.get(key)
  const stream = new ChannelStream(below)
  const options: ConnectionOptions = {
    socket: stream,
    ALPNProtocols: [...alpn],
    // Looked at below, where what is wrong can be told.
    rejectUnauthorized: false,
    ...(isName(host) ? { servername: host } : { host }),
    secureContext: rules.context,
    ...(session === undefined ? {} : { session }),
  }
  let socket: TLSSocket | null = null
  return halt.wait(
    (done, failed) => {
      let settled = false
      const fail = (error: unknown): void => {
        if (settled) return
        settled = true
        wire.destroy()
        failed(new FetchError(handshakeFailure(error, host, wire.received - received)))
      }
      try {
        socket = connect(options)
      } catch (error) {
        fail(error)
        return
      }
      const secured = socket
      secured.on('error', fail)
      secured.on('close', () => fail(new Error('closed')))
      secured.on('keylog', (line: Buffer) => {
        if (memory.keys.length < MAX_KEY_LINES) memory.keys.push(line.toString('latin1').trim())
      })
      secured.on('session', (ticket: Buffer) => memory.sessions.set(key, ticket))
      secured.once('secureConnect', () => {
        if (settled) return
        settled = true
        const bytes = { sent: wire.sent - sent, received: wire.received - received }
        if (!secured.authorized && !rules.insecure) {
          const facts = describe(secured)
          journal.note({ kind: 'tls', facts, ...bytes }, wire, wire.readAt)
          secured.on('error', () => {})
          secured.end()
          const problem = problemOf(facts.distrust ?? '')
          failed(new FetchError({ kind: 'tls', problem, host, detail: detailOf(facts) }))
          return
        }
        // Reading the certificate takes milliseconds: the request goes out first.
        setImmediate(() => journal.settle())
        journal.note(() => ({ kind: 'tls', facts: describe(secured), ...bytes }), wire, wire.readAt)
        done(new TlsChannel(secured, wire, stream))
      })
    },
    () => {
      socket?.on('error', () => {})
      socket?.destroy()
      wire.destroy()
    },
  )
}

/** RFC 6066 §3: an address is never sent as a server name. */
function isName(host: string): boolean {
  return !/^[\d.]+$/.test(host) && !host.includes(':')
}

function describe(socket: TLSSocket): TlsFacts {
  // Of a connection that ended at once nothing can be asked any more.
  const peer: Partial<PeerCertificate> = socket.getPeerCertificate() ?? {}
  const { valid_from: validFrom, valid_to: validTo } = peer
  const distrust = socket.authorized ? null : socket.authorizationError
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher()?.standardName ?? '',
    alpn: socket.alpnProtocol || null,
    resumed: socket.isSessionReused(),
    certificate:
      validFrom === undefined || validTo === undefined
        ? null
        : {
            subject: one(peer.subject?.CN) ?? peer.subjectaltname ?? '',
            issuer: one(peer.issuer?.CN) ?? one(peer.issuer?.O) ?? '',
            names: peer.subjectaltname ?? '',
            validFrom: day(validFrom),
            validTo: day(validTo),
          },
    distrust: distrust === null || distrust === undefined ? null : errorText(distrust),
  }
}

/** A name's part may be there several times. */
function one(text: string | string[] | undefined): string | undefined {
  return Array.isArray(text) ? text[0] : text
}

function errorText(error: unknown): string {
  return typeof error === 'string' ? error : errorCode(error)
}

/** `2027-01-31` of `Jan 31 12:00:00 2027 GMT`. */
function day(text: string): string {
  const time = Date.parse(text)
  return Number.isNaN(time) ? text : new Date(time).toISOString().slice(0, 10)
}

const PROBLEMS: Readonly<Record<string, TlsProblem>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-issuer',
  CERT_REVOKED: 'revoked',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not-tls',
  ERR_SSL_HTTP_REQUEST: 'not-tls',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'version',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'version',
  ERR_SSL_TLSV1_ALERT_CERTIFICATE_REQUIRED: 'client-certificate',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'client-certificate',
}

function problemOf(code: string): TlsProblem {
  return PROBLEMS[code] ?? 'other'
}

/** What the certificate itself says about what is wrong. */
function detailOf({ certificate, distrust }: TlsFacts): string {
  if (certificate === null || distrust === null) return distrust ?? ''
  switch (problemOf(distrust)) {
    case 'expired':
      return certificate.validTo
    case 'not-yet-valid':
      return certificate.validFrom
    case 'wrong-name':
      return certificate.names === '' ? certificate.subject : certificate.names
    case 'self-signed':
    case 'unknown-issuer':
      return certificate.issuer
    default:
      return distrust
  }
}

function handshakeFailure(error: unknown, host: string, received: number): FetchError['failure'] {
  if (error instanceof FetchError) return error.failure
  const code = errorCode(error)
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'closed') {
    // Node says ECONNRESET of a FIN during the handshake, too.
    return /socket disconnected/.test(error instanceof Error ? error.message : '') || code === 'closed'
      ? { kind: 'closed', phase: 'tls', received, expected: null }
      : { kind: 'reset', phase: 'tls', received }
  }
  return { kind: 'tls', problem: problemOf(code), host, detail: code }
}

/** The PEM file of --cacert. Throws FetchError. */
export function readAuthorities(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch (error) {
    throw new FetchError({ kind: 'input', path, detail: errorCode(error) })
  }
}
