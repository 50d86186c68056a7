import type { CaptureDamage, CaptureSink, InterfaceInfo } from '@wiretale/core'
import type { ProcessNames } from '../process/process-names.ts'
import { Interfaces } from './dump-file.ts'
import type { Explanation } from './explanation.ts'
import { PacketLoop } from './loop.ts'
import { becomeUser, type User } from './privileges.ts'
import { Dump } from './rotation.ts'
import type { Settings } from './settings.ts'
import { tell, type WriteBytes, writeOutput } from './tell.ts'
import type { TextPrinter } from './text-printer.ts'

/** Where the packets of a run go, whatever they come from: -w's file, the text, what explains it. */
export class Outputs {
  readonly loop: PacketLoop
  readonly interfaces = new Interfaces()
  private readonly settings: Settings
  private readonly write: WriteBytes
  /** --annotate, --summary, --format=json. */
  private explanation: Explanation | null = null
  /** --process */
  private processes: ProcessNames | null = null
  /** Null: packets are not to be printed. */
  private openText: (() => TextPrinter) | null = null

  /** `write`: to standard output. */
  constructor(settings: Settings, write: WriteBytes = writeOutput) {
    this.settings = settings
    this.write = write
    this.loop = new PacketLoop({ interleaved: settings.writeFile === '-' && settings.printToo })
  }

  /** What is told what the input says beside its packets; null: nobody is. */
  get aside(): Omit<CaptureSink, 'packet'> | null {
    return this.explanation?.analysis ?? null
  }

  /** Loads what will be needed. `file`: as a report names it, null for a live capture. */
  async prepare(file: string | null): Promise<void> {
    const { settings, write } = this
    const { annotate, summary, format, writeFile, printToo, countOnly } = settings
    if (settings.process) {
      // While there are the rights for it.
      const { nameProcesses } = await import('../process/open.ts')
      this.processes = await nameProcesses('wiretale')
    }
    if (annotate || summary || settings.process || format === 'json') {
      const { openExplanation } = await import('./explanation.ts')
      this.explanation = await openExplanation(settings, file, write, this.processes)
    }
    // Only where it is needed: the resolver and its like take some milliseconds of every start.
    if (writeFile === null ? countOnly : !printToo) return
    const { TextPrinter } = await import('./text-printer.ts')
    this.openText = () => new TextPrinter(settings, write)
  }

  /** Opens all of them; `user`: whom root becomes, null: it remains. Throws Failure. */
  open(source: InterfaceInfo, user: User | null): void {
    const { settings, loop, write } = this
    // Without rotation the one file is opened with the privileges that the user started with.
    const rotates = settings.rotateBytes > 0 || Boolean(settings.rotateSeconds)
    if (user !== null && rotates) becomeUser(user)
    if (settings.writeFile !== null) {
      const format = { pcapng: settings.pcapng, nano: settings.nano, source, interfaces: this.interfaces, write }
      loop.dump = new Dump(settings, format, rotates ? null : user, (text) => tell(`${text}\n`))
      if (settings.packetBuffered) loop.dump.flush()
    }
    if (user !== null && !rotates) becomeUser(user)
    const { openText } = this
    loop.printer = this.explanation === null ? (openText?.() ?? null) : this.explanation.open(openText)
  }

  /** Writes out what is held back, the file only with -U. */
  flush(): void {
    this.loop.printer?.flush()
    if (this.settings.packetBuffered) this.loop.dump?.flush()
  }

  /** Before packets are told of: what the kernel knows of their programs until now is known. Null: nothing to wait for. */
  settle(): Promise<void> | null {
    return this.processes?.settle() ?? null
  }

  /** All has been read. */
  close(damage: CaptureDamage | null): void {
    this.loop.printer?.flush()
    this.explanation?.finish(damage)
    this.processes?.close()
    this.loop.dump?.close()
  }
}

/** Packets are only counted, or go into one pcap file: unless they are explained nobody looks at them one by one. */
export function isForLane(settings: Settings): boolean {
  const { writeFile, countOnly, printToo, pcapng, rotateBytes, rotateSeconds } = settings
  if (writeFile === null) return countOnly
  return !printToo && !pcapng && rotateBytes === 0 && !rotateSeconds
}
