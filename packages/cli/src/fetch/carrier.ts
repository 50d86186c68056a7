import type { BodySink } from './body.ts'
import type { Moment } from './clock.ts'
import type { Halt } from './halt.ts'
import type { PreparedRequest } from './request.ts'
import type { Wire } from './wire.ts'

/** A request and its response, as the client's socket saw them. */
export interface Exchanged {
  readonly protocol: string
  readonly status: number
  readonly reason: string
  readonly headers: readonly (readonly [string, string])[]
  /** As sent and read, framing included. */
  readonly requestHeadBytes: number
  readonly requestBodyBytes: number
  readonly headBytes: number
  readonly bodyBytes: number
  /** The body without its framing. */
  readonly contentBytes: number
  /** Before the first byte of the request was written, after its last one; null: not all of it was. */
  readonly begunAt: Moment
  readonly sentAt: Moment | null
  /** When the first and the last byte of the response were read. */
  readonly firstAt: Moment
  readonly lastAt: Moment
}

/** Chooses where the content of a response goes once its head is known. Throws FetchError. */
export type ChooseSink = (status: number, headers: readonly (readonly [string, string])[]) => BodySink

/** A connection that requests go over, one at a time. */
export interface Carrier {
  readonly wire: Wire
  /** Another request may follow. */
  readonly isReusable: boolean
  /** Throws FetchError, after which the connection is no more. */
  exchange(request: PreparedRequest, choose: ChooseSink, halt: Halt): Promise<Exchanged>
  /** Ends the connection in order. */
  close(): void
}

/** The value of the first header called `name` (lower case), or null. */
export function headerValue(headers: readonly (readonly [string, string])[], name: string): string | null {
  return headers.find((header) => header[0].toLowerCase() === name)?.[1] ?? null
}

/** Decides which of the reads of a body are told: the first, the last, and those after a pause; a few of them. */
export class DataNews {
  private told = 0
  private lastAt = Number.NEGATIVE_INFINITY

  isNews(at: Moment, isLast: boolean): boolean {
    // A few pauses tell something each; of many only those that are longer.
    const isPause = at - this.lastAt >= PAUSE_MS * 2 ** Math.floor(this.told / PAUSES_ALIKE)
    this.lastAt = at
    if (isPause) this.told++
    return isPause || isLast
  }
}

const PAUSE_MS = 10
const PAUSES_ALIKE = 4
