/** The pages that tracefs hands out in per_cpu/cpuN/trace_pipe_raw (kernel: Documentation/trace/ring-buffer-map and
 *  events/header_page, header_event). Little-endian machines only: the bits of an event's head lie otherwise on others. */

/** events/header_page of this kernel. */
export interface PageLayout {
  /** Offset of the count of bytes that are in use, and of the first event. */
  readonly commitAt: number
  readonly dataAt: number
}

/** Is told where an event's fields lie: bytes [at, end). `time` is the trace clock's, in milliseconds. */
export type VisitEvent = (view: DataView, at: number, end: number, time: number) => void

const PADDING = 29
const TIME_EXTEND = 30
const TIME_STAMP = 31
/** Highest bit of the count: events were overwritten before this page. */
const MISSED = 0x8000_0000
const COUNT = 0x000f_ffff
/** The 27 bits that an event's head holds of a time. */
const DELTA = 2 ** 27
const EXTENDED = 2 ** 59

/** Reads events/header_page; null if it is not as expected. */
export function parseHeaderPage(text: string): PageLayout | null {
  const commit = /commit;\s*offset:(\d+);/.exec(text)
  const data = /data;\s*offset:(\d+)/.exec(text)
  if (commit === null || data === null) return null
  return { commitAt: Number(commit[1]), dataAt: Number(data[1]) }
}

/** Visits each event of the page in bytes[0, size); true if events were lost before it. A page that makes no sense ends
 *  early. Times are below 2^53 ns for 104 days of uptime, and then exact to a few nanoseconds. */
export function readPage(view: DataView, size: number, layout: PageLayout, visit: VisitEvent): boolean {
  if (size < layout.dataAt) return false
  const count = view.getUint32(layout.commitAt, true)
  let time = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true)
  const end = Math.min(size, layout.dataAt + (count & COUNT))
  let at = layout.dataAt
  while (at + 4 <= end) {
    const head = view.getUint32(at, true)
    const kind = head & 31
    const delta = head >>> 5
    at += 4
    if (kind === PADDING && delta === 0) break
    if (kind === 0 || kind >= PADDING) {
      if (at + 4 > end) break
      const word = view.getUint32(at, true)
      if (kind === TIME_EXTEND) time += word * DELTA + delta
      // The clock's five highest bits are not in it.
      else if (kind === TIME_STAMP) time = Math.floor(time / EXTENDED) * EXTENDED + word * DELTA + delta
      else {
        if (kind === 0) {
          time += delta
          if (word >= 4 && at + word <= end) visit(view, at + 4, at + word, time / 1e6)
        }
        // The length counts itself.
        if (word < 4) break
        at += word
        continue
      }
      at += 4
      continue
    }
    time += delta
    if (at + 4 * kind <= end) visit(view, at, at + 4 * kind, time / 1e6)
    at += 4 * kind
  }
  return count >= MISSED
}
