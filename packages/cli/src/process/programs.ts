import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename, isAbsolute } from 'node:path'
import type { ProcessRecord } from '@wiretale/core'

/** A kernel thread (include/linux/sched.h): it runs no program. */
const PF_KTHREAD = 0x0020_0000
/** Of /proc/PID/stat times, on every Linux. */
const TICKS_PER_SECOND = 100
/** What the kernel keeps of a command's name. */
const COMM_LENGTH = 15

/** A process as /proc showed it at one moment. */
export interface SeenProcess extends ProcessRecord {
  readonly pid: number
  /** Since the machine started: with the pid it names a process for good. */
  readonly startedMs: number
}

/** What /proc says of a process; null: it has gone, may not be looked at, or is a kernel thread. */
export function readProcess(pid: number): SeenProcess | null {
  const stat = readStat(`/proc/${pid}/stat`)
  if (stat === null) return null
  const program = readProgram(pid)
  const words = readCommandWords(pid)
  // The number may be somebody else's by now.
  if (readStat(`/proc/${pid}/stat`)?.startedMs !== stat.startedMs) return null
  return { pid, name: chooseName(stat.comm, program, words), program, startedMs: stat.startedMs }
}

/** The process that a thread belongs to; null: it has gone. */
export function processOfThread(tid: number): number | null {
  const tgid = /^Tgid:\s*(\d+)/m.exec(readText(`/proc/${tid}/status`) ?? '')
  return tgid === null ? null : Number(tgid[1])
}

/** 0: none, or not known. */
export function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)/m.exec(readText(`/proc/${pid}/status`) ?? '')?.[1] ?? 0)
}

/** When a thread started, in milliseconds since the machine did; null: it has gone. */
export function threadStarted(tid: number): number | null {
  return readStat(`/proc/${tid}/stat`)?.startedMs ?? null
}

/** The network namespace of a thread, or of this process; null: it has gone, or may not be looked at. */
export function networkNamespace(tid: number | 'self'): string | null {
  return readLink(`/proc/${tid}/ns/net`)
}

/** All processes. */
export function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** Time since the machine started, that which it slept included; null: not known. */
export function uptimeMs(): number | null {
  const text = readText('/proc/uptime')
  return text === null ? null : Number.parseFloat(text) * 1000
}

/** The rights that this process may use now, a bit each. */
export function effectiveCapabilities(): number {
  const digits = /^CapEff:\s*([0-9a-f]+)/m.exec(readText('/proc/self/status') ?? '')
  return digits === null ? 0 : Number.parseInt(digits[1], 16)
}

interface Stat {
  readonly comm: string
  readonly startedMs: number
}

/** proc_pid_stat(5). The name stands in parentheses and may hold any byte. */
function readStat(path: string): Stat | null {
  const text = readText(path)
  if (text === null) return null
  const close = text.lastIndexOf(')')
  const fields = text.slice(close + 2).split(' ')
  if (close < 0 || fields.length < 20 || (Number(fields[6]) & PF_KTHREAD) !== 0) return null
  return { comm: text.slice(text.indexOf('(') + 1, close), startedMs: (Number(fields[19]) * 1000) / TICKS_PER_SECOND }
}

/** The file that is executed. */
function readProgram(pid: number): string | null {
  return readLink(`/proc/${pid}/exe`)?.replace(/ \(deleted\)$/, '') ?? null
}

/** The first two words of the command line: a script's interpreter stands before its name. */
function readCommandWords(pid: number): string[] {
  return (readText(`/proc/${pid}/cmdline`) ?? '').split('\0', 2)
}

/** The name of a process as ps and ss show it, not cut off. Programs that give their first thread a name of its own
 *  (Node 24: MainThread) are called by their files. */
function chooseName(comm: string, program: string | null, words: readonly string[]): string {
  const names = [program ?? '', ...words].map((word) => basename(word))
  const whole = names.find((name) => name === comm || (comm.length >= COMM_LENGTH && name.startsWith(comm)))
  if (whole !== undefined) return whole
  return program === null || words.some((word) => word.startsWith(comm)) ? comm : basename(program)
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

/** What a process runs, as it is told when the process has gone. */
interface Program {
  readonly name: string
  readonly program: string | null
  /** The number is known to be the process's, not that of one of its threads. */
  readonly isProcess: boolean
  /** What /proc said of it since it was started. */
  readonly seen?: ProcessRecord
}

/** More processes and threads than any machine starts between two events of one socket. */
const TABLE = 65_536

/** What runs, kept up by the kernel's events: programs that have ended before /proc could be asked are here. */
export class ProgramTable {
  private readonly programs = new Map<number, Program>()

  constructor() {
    for (const pid of processIds()) {
      const seen = readProcess(pid)
      if (seen !== null) this.put(pid, { ...seen, isProcess: true })
    }
  }

  forked(parent: number, child: number): void {
    let program = this.programs.get(parent)
    if (program === undefined) {
      // A thread that is older than the table.
      const seen = readProcess(processOfThread(parent) ?? parent)
      if (seen !== null) {
        program = { name: seen.name, program: seen.program, isProcess: seen.pid === parent }
        this.put(parent, program)
      }
    }
    if (program === undefined) this.programs.delete(child)
    else this.put(child, { name: program.name, program: program.program, isProcess: false })
  }

  executed(pid: number, file: string): void {
    const program = isAbsolute(file) && !file.startsWith('/proc/') && !file.startsWith('/dev/fd/') ? file : null
    this.put(pid, { name: basename(file), program, isProcess: true })
  }

  exited(tid: number): void {
    this.programs.delete(tid)
  }

  /** After events were lost nothing in it can be trusted. */
  clear(): void {
    this.programs.clear()
  }

  /** /proc was asked, and need not be again until the thread runs something else or ends. */
  saw(tid: number, seen: ProcessRecord): void {
    this.put(tid, { name: seen.name, program: seen.program, isProcess: tid === seen.pid, seen })
  }

  /** What saw() was told. */
  seen(tid: number): ProcessRecord | null {
    return this.programs.get(tid)?.seen ?? null
  }

  /** Of a thread that has gone. */
  find(tid: number): ProcessRecord | null {
    const found = this.programs.get(tid)
    if (found === undefined) return null
    return { pid: found.isProcess ? tid : null, name: found.name, program: found.program }
  }

  private put(tid: number, program: Program): void {
    if (this.programs.size >= TABLE) {
      const oldest = this.programs.keys().next()
      if (!oldest.done) this.programs.delete(oldest.value)
    }
    this.programs.set(tid, program)
  }
}
