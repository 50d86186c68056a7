import type { Moment } from './clock.ts'
import type { Endpoint } from './endpoint.ts'
import type { Failure } from './failure.ts'

/** Facts of a TLS handshake, as the client knows them. */
export interface TlsFacts {
  readonly version: string
  readonly cipher: string
  readonly alpn: string | null
  readonly resumed: boolean
  /** Of the server's certificate; null: none was sent (resumption). */
  readonly certificate: {
    readonly subject: string
    readonly issuer: string
    readonly names: string
    readonly validFrom: string
    readonly validTo: string
  } | null
  /** Why the certificate is not trusted; null: it is. */
  readonly distrust: string | null
}

/** What happened, as the client's side saw it. */
export type Happening =
  | { readonly kind: 'lookup'; readonly host: string }
  | { readonly kind: 'found'; readonly host: string; readonly addresses: readonly string[] }
  | { readonly kind: 'connecting'; readonly remote: Endpoint; readonly local: Endpoint | null; readonly proxy: boolean }
  | { readonly kind: 'connect-failed'; readonly remote: Endpoint; readonly code: string }
  /** Another address was faster (RFC 8305 §5). */
  | { readonly kind: 'connect-abandoned'; readonly remote: Endpoint }
  | { readonly kind: 'connected'; readonly remote: Endpoint; readonly local: Endpoint }
  | { readonly kind: 'tunnel-request'; readonly target: string; readonly bytes: number }
  | { readonly kind: 'tunnel'; readonly status: number; readonly reason: string; readonly bytes: number }
  | { readonly kind: 'tls-start'; readonly host: string }
  /** Wire bytes of the handshake in both directions. */
  | { readonly kind: 'tls'; readonly facts: TlsFacts; readonly sent: number; readonly received: number }
  | { readonly kind: 'reused'; readonly remote: Endpoint; readonly local: Endpoint }
  /** `line`: what the request line says, or would say in HTTP/2. */
  | { readonly kind: 'request'; readonly line: string; readonly headers: readonly (readonly [string, string])[] }
  /** The head has been sent, the body waits for 100 (RFC 9110 §10.1.1). */
  | { readonly kind: 'head-sent'; readonly bytes: number }
  /** The body is sent without it. */
  | { readonly kind: 'continue-missing' }
  | { readonly kind: 'request-sent'; readonly headBytes: number; readonly bodyBytes: number }
  | { readonly kind: 'interim'; readonly status: number; readonly reason: string; readonly bytes: number }
  | {
      readonly kind: 'response'
      readonly protocol: string
      readonly status: number
      readonly reason: string
      readonly headers: readonly (readonly [string, string])[]
      readonly headBytes: number
    }
  /** Content so far, and body bytes with their framing; `total`: what the head announced. */
  | {
      readonly kind: 'data'
      readonly contentBytes: number
      readonly bodyBytes: number
      readonly total: number | null
    }
  | {
      readonly kind: 'complete'
      readonly status: number
      readonly headBytes: number
      readonly bodyBytes: number
      readonly contentBytes: number
    }
  | { readonly kind: 'redirect'; readonly status: number; readonly method: string; readonly url: string }
  /** A kept connection had been closed meanwhile: the request goes out again on a new one. */
  | { readonly kind: 'retry' }
  | { readonly kind: 'server-closed' }
  | { readonly kind: 'closing' }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** A happening at its moment. `connection` counts the connections of the run from 0; `sent` and `received` are how many
 *  bytes its TCP socket had written and read by then: a packet is found by them, from the initial sequence number + 1. */
export type ClientEvent = Happening & {
  readonly at: Moment
  readonly connection: number | null
  readonly sent: number
  readonly received: number
}
