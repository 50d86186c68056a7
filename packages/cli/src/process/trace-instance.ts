import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import { endianness } from 'node:os'
import { join } from 'node:path'
import { HELPER_WORD } from './helper-word.ts'
import { parentOf } from './programs.ts'
import { type PageLayout, parseHeaderPage, readPage, type VisitEvent } from './trace-page.ts'

const FOLDERS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing']
/** Of a process, the processes that started it, up to the first. */
const ANCESTORS = 64
/** Of every processor. The kernel overwrites the oldest events, and says so. */
const BUFFER_KB = 512
/** A page of the ring buffer is one of the machine's, and can be set to be larger. */
const LARGEST_PAGE = 1 << 20
/** /proc/self/ns/pid of the system's first PID namespace: the kernel's events name processes by its numbers. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]'

/** An instance of the kernel's tracing of our own: its buffers and what is switched on are nobody else's. */
export class TraceInstance {
  private readonly folder: string
  private readonly layout: PageLayout
  private readonly pipes: readonly number[]
  private readonly page = new DataView(new ArrayBuffer(LARGEST_PAGE))

  private constructor(folder: string, layout: PageLayout, pipes: readonly number[]) {
    this.folder = folder
    this.layout = layout
    this.pipes = pipes
  }

  /** Makes an instance that records `events` (GROUP/NAME), each with its filter; null: all. Throws the system's error, or
   *  a reason in words. What earlier helpers left because they were killed is removed. */
  static open(events: ReadonlyMap<string, string | null>): TraceInstance {
    const root = findTracing()
    removeStale(join(root, 'instances'))
    const layout = parseHeaderPage(readFileSync(join(root, 'events/header_page'), 'latin1'))
    if (layout === null) throw new Error('unknown layout of trace pages')
    const folder = join(root, 'instances', `wiretale-${process.pid}`)
    mkdirSync(folder)
    const pipes: number[] = []
    try {
      const write = (file: string, text: string): void => writeFileSync(join(folder, file), text)
      // The clock of process.hrtime().
      write('trace_clock', 'mono')
      write('buffer_size_kb', String(BUFFER_KB))
      for (const name of readdirSync(join(folder, 'per_cpu'))) {
        const path = join(folder, 'per_cpu', name, 'trace_pipe_raw')
        pipes.push(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
      }
      for (const [event, filter] of events) {
        if (filter !== null) write(`events/${event}/filter`, filter)
        write(`events/${event}/enable`, '1')
      }
      return new TraceInstance(folder, layout, pipes)
    } catch (error) {
      remove(folder, pipes)
      throw error
    }
  }

  /** The text of events/GROUP/NAME/format. */
  format(event: string): string {
    return readFileSync(join(this.folder, 'events', event, 'format'), 'latin1')
  }

  /** Visits all events that are there, processor by processor, each one's in the order of time. True: some were lost. */
  drain(visit: VisitEvent): boolean {
    let isLost = false
    for (const pipe of this.pipes) {
      for (let bytes = this.readPage(pipe); bytes > 0; bytes = this.readPage(pipe))
        if (readPage(this.page, bytes, this.layout, visit)) isLost = true
    }
    return isLost
  }

  close(): void {
    remove(this.folder, this.pipes)
  }

  /** Bytes read; 0: there is nothing more. */
  private readPage(pipe: number): number {
    try {
      return readSync(pipe, this.page, 0, LARGEST_PAGE, null)
    } catch {
      // EAGAIN, or a processor that was taken away.
      return 0
    }
  }
}

/** The folder of the kernel's tracing. Throws the system's error, or a reason in words, where there is none, or none that
 *  may be used. */
export function findTracing(): string {
  if (endianness() !== 'LE') throw new Error('big-endian machine')
  if (readlinkSync('/proc/self/ns/pid') !== FIRST_PID_NAMESPACE) throw new Error('not in the first PID namespace')
  let reason: unknown
  for (const folder of traceFolders()) {
    try {
      readdirSync(join(folder, 'instances'))
      return folder
    } catch (error) {
      reason ??= error
    }
  }
  throw reason
}

/** `ip netns exec` starts programs with a /sys of their own, without tracefs: then that of whoever started it. */
function* traceFolders(): Generator<string> {
  yield* FOLDERS
  let pid = process.ppid
  for (let i = 0; i < ANCESTORS && pid > 0; i++) {
    yield `/proc/${pid}/root${FOLDERS[0]}`
    pid = parentOf(pid)
  }
}

/** Removes instances whose helpers were killed. */
function removeStale(instances: string): void {
  for (const name of readdirSync(instances)) {
    const pid = /^wiretale-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !isHelper(pid)) remove(join(instances, name), [])
  }
}

function isHelper(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').includes(HELPER_WORD)
  } catch {
    return false
  }
}

/** An instance that is open cannot be removed. */
function remove(folder: string, pipes: readonly number[]): void {
  for (const pipe of pipes) closeSync(pipe)
  try {
    rmdirSync(folder)
  } catch {
    // Somebody looks into it, or was faster.
  }
}
