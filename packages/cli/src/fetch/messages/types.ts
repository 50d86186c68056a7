import type { TlsFacts } from '../event.ts'
import type { Failure, Side } from '../failure.ts'

/** Times of a run that a limit or a table names. */
export type PhaseName = 'dns' | 'connect' | 'tls' | 'send' | 'wait' | 'receive' | 'total'

/** The words of the client's log. Each language implements all of it. Texts from the network come in escaped. */
export interface FetchMessages {
  readonly milliseconds: string
  readonly client: string
  lookup(of: { host: string }): string
  found(of: { host: string; addresses: readonly string[] }): string
  connecting(of: { remote: string; proxy: boolean }): string
  connectFailed(of: { remote: string; code: string }): string
  connectAbandoned(of: { remote: string }): string
  connected(of: { port: number }): string
  tunnelRequest(of: { target: string; bytes: number }): string
  tunnel(of: { status: number; reason: string; bytes: number }): string
  tlsStart(of: { host: string }): string
  tls(of: { facts: TlsFacts; sent: number; received: number }): string
  certificate(of: { certificate: NonNullable<TlsFacts['certificate']> }): string
  distrusted(of: { code: string }): string
  reused(of: { port: number }): string
  headSent(of: { bytes: number }): string
  continueMissing: string
  requestSent(of: { headBytes: number; bodyBytes: number }): string
  interim(of: { status: number; reason: string; bytes: number }): string
  data(of: { contentBytes: number; bodyBytes: number; total: number | null }): string
  complete(of: { status: number }): string
  redirect(of: { status: number; method: string; url: string }): string
  retry: string
  serverClosed: string
  closing: string

  /** Sizes of an exchange, head and body apart. */
  sizes(of: { request: [number, number]; response: [number, number]; content: number; decoded: number | null }): string
  readonly phase: Readonly<Record<PhaseName, string>>
  /** The longest part of the time, if one stands out. */
  longest(of: { phase: PhaseName; ms: number; total: number }): string
  readonly withoutWire: string
  saved(of: { path: string; bytes: number }): string

  readonly sideHead: string
  readonly hintHead: string
  failure(of: Failure): string
  /** Whose side it is on, and what that rests on. */
  side(of: { side: Side; failure: Failure }): string
  /** What to try; null: nothing to say. */
  hint(of: Failure): string | null

  repeatTitle(of: { runs: number; connections: number; failed: number }): string
  runFailed(of: { n: number; failure: Failure }): string
  run(of: { n: number; status: number | null; total: string }): string
  compareTitle(of: { runs: number }): string
  sloMissed(of: { phase: PhaseName; ms: number; limit: number; missed: number; runs: number }): string
  readonly sloKept: string
}
