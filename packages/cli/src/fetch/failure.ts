import type { Endpoint } from './endpoint.ts'

/** What the client was doing. */
export type Phase = 'lookup' | 'connect' | 'proxy' | 'tls' | 'send' | 'wait' | 'receive'

export type TlsProblem =
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-name'
  | 'self-signed'
  | 'unknown-issuer'
  | 'revoked'
  | 'not-tls'
  | 'version'
  | 'client-certificate'
  | 'other'

/** Why there is no complete response. Texts in it may come from the network: they are escaped where they are shown. */
export type Failure =
  /** `family`: of the addresses that were asked for; 0: any. */
  | { readonly kind: 'not-found'; readonly host: string; readonly family: 0 | 4 | 6 }
  | { readonly kind: 'lookup'; readonly host: string; readonly code: string }
  | { readonly kind: 'refused'; readonly remote: Endpoint; readonly tried: number }
  | { readonly kind: 'unreachable'; readonly remote: Endpoint; readonly code: string; readonly tried: number }
  /** `limit`: the option that ended it; `system`: the operating system gave up. */
  | {
      readonly kind: 'timeout'
      readonly phase: Phase
      readonly afterMs: number
      readonly limit: 'max-time' | 'connect-timeout' | 'system'
    }
  | { readonly kind: 'reset'; readonly phase: Phase; readonly received: number }
  /** The server closed; `expected`: bytes of content that the head announced, null where it announced none. */
  | { readonly kind: 'closed'; readonly phase: Phase; readonly received: number; readonly expected: number | null }
  | { readonly kind: 'tls'; readonly problem: TlsProblem; readonly host: string; readonly detail: string }
  | { readonly kind: 'not-http'; readonly beginning: string }
  | { readonly kind: 'framing'; readonly code: string; readonly received: number }
  | { readonly kind: 'redirect-loop'; readonly url: string }
  | { readonly kind: 'too-many-redirects'; readonly count: number }
  | { readonly kind: 'redirect-scheme'; readonly url: string }
  | { readonly kind: 'proxy-status'; readonly status: number; readonly reason: string }
  | { readonly kind: 'decoding'; readonly coding: string; readonly detail: string }
  | { readonly kind: 'output'; readonly path: string; readonly detail: string }
  | { readonly kind: 'input'; readonly path: string; readonly detail: string }
  | { readonly kind: 'http2'; readonly code: string }
  | { readonly kind: 'interrupted'; readonly phase: Phase }
  | { readonly kind: 'other'; readonly phase: Phase; readonly detail: string }

/** Whose side a failure is on, as far as the client can know. */
export type Side = 'here' | 'name' | 'network' | 'server' | 'proxy' | 'unknown'

export class FetchError extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.kind)
    this.failure = failure
  }
}

/** The `code` of a system or Node error, or its message. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.message : String(error)
}

/** A socket's error while `phase` went on. */
export function socketFailure(error: unknown, phase: Phase, received: number): Failure {
  if (error instanceof FetchError) return error.failure
  const code = errorCode(error)
  if (code === 'ECONNRESET' || code === 'EPIPE') return { kind: 'reset', phase, received }
  if (code === 'ETIMEDOUT') return { kind: 'timeout', phase, afterMs: Number.NaN, limit: 'system' }
  return { kind: 'other', phase, detail: code }
}

/** Whose side it is on: only what the failure itself proves. */
export function sideOf(failure: Failure): Side {
  switch (failure.kind) {
    case 'not-found':
    case 'lookup':
      return 'name'
    case 'unreachable':
      return 'network'
    case 'refused':
    case 'closed':
    case 'not-http':
    case 'framing':
    case 'redirect-loop':
    case 'too-many-redirects':
    case 'redirect-scheme':
    case 'decoding':
    case 'http2':
      return 'server'
    case 'tls':
      return failure.problem === 'other' || failure.problem === 'unknown-issuer' ? 'unknown' : 'server'
    case 'proxy-status':
      return 'proxy'
    case 'output':
    case 'input':
    case 'interrupted':
      return 'here'
    case 'timeout':
      if (failure.phase === 'lookup') return 'name'
      return failure.phase === 'wait' ? 'server' : 'unknown'
    case 'reset':
    case 'other':
      return 'unknown'
  }
}
