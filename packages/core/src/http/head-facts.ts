import type { Bytes } from '../units.ts'

/** What a head says, as far as framing and the findings need it. */
export class HeadFacts {
  method: string | null = null
  status: number | null = null
  minor: number | null = null
  /** As last read: −1 none, −2 contradictory or unreadable. */
  declaredLength: Bytes = -1
  chunked = false
  /** Transfer-Encoding is there. */
  encoded = false
  connectionClose = false
  connectionKeepAlive = false
  upgrade = false
  expectContinue = false
  keepAliveTimeout: number | null = null
  dateHeader: number | null = null

  clear(): void {
    this.method = null
    this.status = null
    this.minor = null
    this.declaredLength = -1
    this.chunked = false
    this.encoded = false
    this.connectionClose = false
    this.connectionKeepAlive = false
    this.upgrade = false
    this.expectContinue = false
    this.keepAliveTimeout = null
    this.dateHeader = null
  }

  /** Takes over what `other` says. */
  copy(other: HeadFacts): void {
    this.method = other.method
    this.status = other.status
    this.minor = other.minor
    this.declaredLength = other.declaredLength
    this.chunked = other.chunked
    this.encoded = other.encoded
    this.connectionClose = other.connectionClose
    this.connectionKeepAlive = other.connectionKeepAlive
    this.upgrade = other.upgrade
    this.expectContinue = other.expectContinue
    this.keepAliveTimeout = other.keepAliveTimeout
    this.dateHeader = other.dateHeader
  }
}

/** Of a message whose head is not known. */
export const NO_HEAD: Readonly<HeadFacts> = Object.freeze(new HeadFacts())

/** A message's texts, ISO-8859-1; only who asks for detail has them. */
export class Texts {
  target: string | null = null
  targetPrefix: string | null = null
  reason: string | null = null
  headers: [string, string][] = []
  trailers: [string, string][] = []
  host: string | null = null
  contentType: string | null = null
  contentEncoding: string | null = null
  transferEncoding: string | null = null

  clear(): void {
    this.clearHead()
    if (this.trailers.length > 0) this.trailers = []
  }

  /** Forgets those of the head. */
  clearHead(): void {
    this.target = null
    this.targetPrefix = null
    this.reason = null
    if (this.headers.length > 0) this.headers = []
    this.host = null
    this.contentType = null
    this.contentEncoding = null
    this.transferEncoding = null
  }
}
