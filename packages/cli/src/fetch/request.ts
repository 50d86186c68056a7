/** One request as it goes on the wire, before any protocol version is chosen. */
export interface PreparedRequest {
  readonly url: URL
  readonly method: string
  /** In order, `Host` first; with the length of the body. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: RequestBody | null
  /** The target of the request line: the path, or the whole URL for a proxy. */
  readonly target: string
  /** Wait for 100 before the body. */
  readonly expectsContinue: boolean
}

/** The body: bytes at hand, or read piece by piece. */
export type RequestBody =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** `length`: null if not known before its end. */
  | { readonly kind: 'stream'; readonly length: number | null; open(): AsyncIterable<Uint8Array> }

/** Whether HTTP/1.1 must send it in chunks. */
export function isChunked(request: PreparedRequest): boolean {
  return request.body?.kind === 'stream' && request.body.length === null
}
