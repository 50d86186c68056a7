import type { LookupRules } from './lookup.ts'
import type { RequestBody } from './request.ts'

/** What `wiretale fetch` was asked to do: its options, checked and read. */
export interface FetchOptions {
  /** -X; null: as the body and -I say. */
  readonly method: string | null
  /** -H in order; null removes a header that would be sent otherwise. */
  readonly headers: readonly (readonly [string, string | null])[]
  readonly body: RequestBody | null
  /** Content-Type that goes with -d. */
  readonly bodyType: string | null
  /** -T: appended to a URL that ends in a slash. */
  readonly uploadName: string | null
  readonly isUpload: boolean
  readonly head: boolean
  readonly follow: boolean
  /** -o; null: the body is counted only. */
  readonly output: string | null
  /** -u: `name:password`. */
  readonly user: string | null
  readonly insecure: boolean
  /** --cacert: PEM text. */
  readonly authorities: string | null
  readonly lookup: LookupRules
  readonly connectTo: readonly ConnectTo[]
  readonly maxTimeMs: number | null
  readonly connectTimeoutMs: number | null
  /** Null: HTTP/2 where TLS agrees on it, else 1.1. */
  readonly version: '1.0' | '1.1' | '2' | null
  readonly expectContinue: boolean
  /** -x; null: as the environment says; empty: none. */
  readonly proxy: string | null
  readonly compressed: boolean
}

/** --connect-to: empty strings and null stand for any, or for the original. */
export interface ConnectTo {
  readonly host: string
  readonly port: number | null
  readonly toHost: string
  readonly toPort: number | null
}
