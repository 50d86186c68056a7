import type { ChildProcess } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import type { PacketRecord } from '@wiretale/core'
import { DumpFile, type DumpFormat, type Owner } from './dump-file.ts'
import { Failure, systemWords } from './failure.ts'
import type { Settings } from './settings.ts'
import { formatTime } from './strftime.ts'

const PATH_MAX = 4096

/** -G's files are all there: ends the capture. */
export class FileLimit extends Error {}

/** What -w writes: one file, or a row of files by size (-C) and by the wall clock's time (-G). */
export class Dump {
  private readonly settings: Settings
  private readonly pattern: string
  private readonly format: DumpFormat
  private readonly complain: (text: string) => void
  private file: DumpFile
  /** When the current row of files began, in whole seconds. */
  private since: number
  private isOpen = true
  private sizeRotations = 0
  private timeRotations = 0

  /** Opens the first file. Throws Failure. */
  constructor(settings: Settings, format: DumpFormat, owner: Owner | null, complain: (text: string) => void) {
    this.settings = settings
    this.pattern = settings.writeFile ?? ''
    this.format = format
    this.complain = complain
    this.since = settings.rotationStart
    this.file = new DumpFile(this.nameOf(0), format, owner)
  }

  /** Writes a packet, to a new file where it is time for one. Throws Failure or FileLimit. */
  packet(record: PacketRecord): void {
    const { rotateBytes, rotateSeconds } = this.settings
    if (rotateSeconds !== null && rotateSeconds > 0) this.rotateByTime(rotateSeconds)
    if (rotateBytes > 0 && this.file.size > rotateBytes) this.rotateBySize()
    this.file.packet(record)
  }

  /** Writes records of a pcap file that are in this one's form: neither for pcapng nor where files are rotated. */
  records(bytes: Uint8Array, at: number, end: number): void {
    this.file.records(bytes, at, end)
  }

  flush(): void {
    if (this.isOpen) this.file.flush()
  }

  close(): void {
    if (this.isOpen) this.file.close()
    this.isOpen = false
  }

  private rotateByTime(seconds: number): void {
    const time = now()
    if (time - this.since < seconds) return
    this.since = time
    this.timeRotations++
    this.finishFile()
    const { fileCount, rotateBytes } = this.settings
    if (rotateBytes === 0 && fileCount > 0 && this.timeRotations >= fileCount) throw new FileLimit()
    this.sizeRotations = 0
    this.beginFile(0)
  }

  private rotateBySize(): void {
    this.finishFile()
    const { fileCount } = this.settings
    this.sizeRotations++
    if (fileCount > 0 && this.sizeRotations >= fileCount) this.sizeRotations = 0
    this.beginFile(this.sizeRotations)
  }

  private beginFile(index: number): void {
    this.file = new DumpFile(this.nameOf(index), this.format, null)
    this.isOpen = true
  }

  private finishFile(): void {
    this.close()
    const { afterRotation } = this.settings
    if (afterRotation !== null) runAfter(afterRotation, this.file.path, this.complain)
  }

  /** With -C every file but the first is numbered, with -W all of them, in as many digits as the last one needs. */
  private nameOf(index: number): string {
    const { rotateBytes, rotateSeconds, fileCount } = this.settings
    const name = rotateSeconds !== null && rotateSeconds > 0 ? formatTime(this.pattern, this.since) : this.pattern
    const digits = rotateBytes > 0 && fileCount > 0 ? digitsOf(fileCount - 1) : 0
    const path = index === 0 && digits === 0 ? name : name + String(index).padStart(digits, '0')
    if (path.length > PATH_MAX) {
      throw new Failure(`too many output files or filename is too long (> ${PATH_MAX})`)
    }
    return path
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000)
}

/** Decimal digits; 0 has none. */
function digitsOf(number: number): number {
  return number === 0 ? 0 : String(number).length
}

/** Starts `command path` at the lowest priority and does not wait for it. */
function runAfter(command: string, path: string, complain: (text: string) => void): void {
  const failed = (error: unknown): void => {
    complain(`compress_savefile: execlp(${command}, ${path}) failed: ${systemWords(error)}`)
  }
  // Loaded when needed: it takes some milliseconds of every start.
  const { spawn } = process.getBuiltinModule('node:child_process')
  let child: ChildProcess
  try {
    child = spawn(command, [path], { stdio: 'inherit' })
  } catch (error) {
    failed(error)
    return
  }
  child.on('error', failed)
  child.unref()
  if (child.pid === undefined) return
  try {
    setPriority(child.pid, constants.priority.PRIORITY_LOW)
  } catch {
    // It has ended already.
  }
}
