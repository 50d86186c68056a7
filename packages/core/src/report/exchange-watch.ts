import type { Side, Slot } from '../conversation/stream.ts'
import type { HttpEvents, HttpExchange, HttpMessage } from '../http/exchange.ts'
import type { Milliseconds, Nanoseconds } from '../units.ts'

/** An HTTP exchange as far as it has come. */
export interface ExchangeNow {
  readonly method: string | null
  /** At most 512 letters of it, as sent. */
  readonly target: string | null
  /** Null while there is no response. */
  readonly status: number | null
  /** From the request's first packet to the response's last, or until now. */
  readonly ms: Milliseconds | null
  readonly isComplete: boolean
}

/** Where a connection's HTTP stands: in a request, before or in its response, or between exchanges. */
type Step = 'request' | 'response' | 'idle'

/** What is remembered of a connection that speaks HTTP. */
interface Course {
  /** Requests that have begun and whose exchanges have not ended. */
  open: number
  isRequestWhole: boolean
  method: string | null
  target: string | null
  status: number | null
  begin: Nanoseconds | null
  /** The last exchange that ended. */
  last: ExchangeNow | null
}

const TARGET_LETTERS = 512

/** Watches HTTP go on, of every connection the newest exchange. */
export class ExchangeWatch implements HttpEvents {
  private readonly courses = new Map<Slot, Course>()
  /** The request whose head the current packet completes: whether it is whole is known when the packet has been read. */
  private request: HttpMessage | null = null

  onHead(slot: Slot, side: Side, message: HttpMessage): void {
    const course = this.courseOf(slot)
    if (side === 1) {
      course.status = message.status
      return
    }
    this.request = message
    course.open++
    course.isRequestWhole = false
    course.method = message.method
    course.target = shorten(message.target ?? message.targetPrefix)
    course.status = null
    course.begin = message.firstTime
  }

  onBody(slot: Slot, side: Side, _message: HttpMessage, _bodyBytes: number, complete: boolean): void {
    const course = this.courses.get(slot)
    if (course !== undefined && side === 0 && complete) course.isRequestWhole = true
  }

  /** The current packet, of the connection in `slot`, has been read. */
  settle(slot: Slot): void {
    if (this.request === null) return
    const course = this.courses.get(slot)
    if (course !== undefined && this.request.endedBy !== null) course.isRequestWhole = true
    this.request = null
  }

  finish({ slot, request, response }: HttpExchange): void {
    if ((request?.method ?? null) === null && (response?.status ?? null) === null) return
    const course = this.courseOf(slot)
    course.open = Math.max(0, course.open - 1)
    const begin = request?.firstTime ?? null
    const end = response?.lastTime ?? null
    course.last = {
      method: request?.method ?? null,
      target: shorten(request?.target ?? request?.targetPrefix ?? null),
      status: response?.status ?? null,
      ms: begin === null || end === null ? null : Math.max(0, end - begin) / 1e6,
      isComplete: response !== null && response.complete !== false,
    }
  }

  /** Null: no HTTP has been seen. */
  step(slot: Slot): Step | null {
    const course = this.courses.get(slot)
    if (course === undefined) return null
    if (course.open === 0) return 'idle'
    return course.isRequestWhole || course.status !== null ? 'response' : 'request'
  }

  /** The exchange that is under way, or else the last one. */
  now(slot: Slot, time: Nanoseconds): ExchangeNow | null {
    const course = this.courses.get(slot)
    if (course === undefined) return null
    if (course.open === 0) return course.last
    const { method, target, status, begin } = course
    return { method, target, status, ms: begin === null ? null : Math.max(0, time - begin) / 1e6, isComplete: false }
  }

  forget(slot: Slot): void {
    this.courses.delete(slot)
  }

  private courseOf(slot: Slot): Course {
    let course = this.courses.get(slot)
    if (course === undefined) {
      course = { open: 0, isRequestWhole: false, method: null, target: null, status: null, begin: null, last: null }
      this.courses.set(slot, course)
    }
    return course
  }
}

function shorten(target: string | null): string | null {
  return target === null || target.length <= TARGET_LETTERS ? target : target.slice(0, TARGET_LETTERS)
}
