import { type InterfaceInfo, noNames, PacketPrinter, type PacketRecord, type PrintOptions } from '@wiretale/core'
import { writeFully } from '../terminal/write.ts'
import type { PacketSink } from './loop.ts'
import type { Settings } from './settings.ts'
import { localZone } from './time-zone.ts'

/** tcpdump's text on standard output. */
export class TextPrinter implements PacketSink {
  private readonly printer: PacketPrinter

  constructor(settings: Settings) {
    this.printer = new PacketPrinter(printOptions(settings), noNames, (bytes, at, end) => writeFully(1, bytes, at, end))
  }

  packet(record: PacketRecord, source: InterfaceInfo): void {
    this.printer.print(record, source.ticksPerSecond)
  }

  /** Whole lines that follow the packet. */
  append(lines: string): void {
    this.printer.append(Buffer.from(lines))
  }

  flush(): void {
    this.printer.flush()
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
    zoneSeconds: localZone(),
  }
}
