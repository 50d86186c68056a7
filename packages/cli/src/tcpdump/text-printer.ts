import { type InterfaceInfo, PacketPrinter, type PacketRecord, type PrintOptions } from '@wiretale/core'
import { HostNames } from '../names/host-names.ts'
import { numbersOnly, SystemNames } from '../names/print-names.ts'
import { drawSeed } from '../sources/seed.ts'
import type { PacketSink } from './loop.ts'
import { NameQueue } from './name-queue.ts'
import type { Settings } from './settings.ts'
import type { WriteBytes } from './tell.ts'
import { localZone } from './time-zone.ts'

/** tcpdump's text on standard output. Without -n, packets whose hosts have to be looked up wait for their names. */
export class TextPrinter implements PacketSink {
  private readonly printer: PacketPrinter
  private readonly waiting: NameQueue | null

  /** `write`: to standard output. */
  constructor(settings: Settings, write: WriteBytes) {
    const options = printOptions(settings)
    const names = options.numeric ? null : new HostNames()
    const find = names === null ? numbersOnly : new SystemNames(names)
    this.printer = new PacketPrinter(options, find, write)
    this.waiting = names === null ? null : new NameQueue(names, new PacketPrinter(options, find, () => {}))
  }

  packet(record: PacketRecord, source: InterfaceInfo): void {
    if (this.waiting?.isFull) this.release(this.waiting)
    if (this.waiting?.holds(record, source)) return
    this.printer.print(record, source.ticksPerSecond)
  }

  /** Whole lines that follow the packet. */
  append(lines: string): void {
    if (!this.waiting?.holdsLines(lines)) this.printer.append(Buffer.from(lines))
  }

  flush(): void {
    this.printer.flush()
  }

  settle(): Promise<void> | null {
    const { waiting } = this
    return waiting === null || waiting.isEmpty ? null : waiting.resolve().then(() => this.release(waiting))
  }

  private release(waiting: NameQueue): void {
    waiting.release(
      (record, ticks) => this.printer.print(record, ticks),
      (lines) => this.printer.append(Buffer.from(lines)),
    )
  }
}

function printOptions(settings: Settings): PrintOptions {
  return {
    format: settings.format === 'classic' ? 'classic' : 'modern',
    timeStamp: settings.timeForm,
    nanoseconds: settings.nano,
    numeric: settings.numeric > 0,
    unqualified: settings.unqualified,
    verbose: settings.verbose,
    quiet: settings.quiet,
    link: settings.linkHeader,
    absoluteSequence: settings.absoluteSequence,
    hex: settings.hex,
    hexAndText: settings.hexAscii,
    text: settings.ascii,
    number: settings.packetNumber,
    noChecksums: settings.unverified,
    asDot: settings.asdot,
    oneLine: settings.grepable,
    mesh: settings.mesh,
    // A live capture cuts packets itself; of a file that is read everything is looked at.
    snaplen: 0,
    packetType: settings.packetType,
    nfsHandles: settings.undecodedHandles,
    seed: drawSeed(),
    zoneSeconds: localZone(),
  }
}
