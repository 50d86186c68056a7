import type { Flush } from '../bytes/writer.ts'
import type { PacketRecord } from '../file/record.ts'
import type { Offset } from '../units.ts'
import { classicTable } from './classic/table.ts'
import { Cursor, TRUNCATED } from './cursor.ts'
import { dumpUnknown, printHex, printHexAndText, printText } from './hex-dump.ts'
import { Line } from './line.ts'
import { NameWriter } from './names.ts'
import type { PrintNames, PrintOptions } from './options.ts'
import { PlainTcp, wantsPlainTcp } from './plain-tcp.ts'
import { Context, type PrinterTable, printTruncated } from './printer.ts'
import { modernTable } from './table.ts'
import { TcpSequences } from './tcp-sequences.ts'
import { TimeStamp } from './time-stamp.ts'

/** Longest packet that tcpdump prints (its MAXIMUM_SNAPLEN). */
const LONGEST_PACKET = 262_144
const ETHERNET = 1
const ETHERNET_BYTES = 14

/** Each form of output is a table of printers. */
const tables: Readonly<Record<PrintOptions['format'], PrinterTable>> = { modern: modernTable, classic: classicTable }

/** Whether packets of a LINKTYPE_ are decoded; others are printed as bytes. */
export function isLinkPrinted(link: number): boolean {
  return modernTable.links.has(link)
}

/** Prints packets as tcpdump does: one line each, more with -v or dumps, as ASCII bytes that are handed to `onFlush`
 *  when the buffer is full and at flush(). Nothing in a packet makes it throw. */
export class PacketPrinter {
  private readonly options: PrintOptions
  private readonly out: Line
  private readonly packet = new Cursor()
  private readonly context: Context
  private readonly timeStamp: TimeStamp
  /** For the usual packets under the usual options, else null. */
  private readonly plainTcp: PlainTcp | null

  constructor(options: PrintOptions, names: PrintNames, onFlush: Flush) {
    this.options = options
    this.out = new Line(onFlush)
    this.context = new Context(
      options,
      tables[options.format],
      new NameWriter(names, options),
      new TcpSequences(options.seed),
    )
    this.timeStamp = new TimeStamp(options)
    this.plainTcp = this.context.table === modernTable && wantsPlainTcp(options) ? new PlainTcp(this.context) : null
  }

  /** `ticks`: the `ticksPerSecond` of the packet's interface; `number`: what `-#` prints. */
  print(record: PacketRecord, ticks = 1e6, number = record.number): void {
    const { options, out } = this
    if (options.number) {
      out.padded(number, 5)
      out.text('  ')
    }
    const caught = record.end - record.at
    const captured = options.snaplen > 0 && options.snaplen < caught ? options.snaplen : caught
    const length = record.wireBytes
    if (captured === 0 || length === 0 || length < captured || length > LONGEST_PACKET) {
      printImpossible(out, captured, length)
      return
    }
    this.timeStamp.print(out, record, ticks)
    this.printLayers(record, captured, length)
    if (options.hexAndText > 0 || options.hex > 0 || options.text > 0) this.dump(record.at, captured)
    out.byte(0x0a)
  }

  /** Adds the caller's own text after the packet: whole lines, safe to show. */
  append(text: Uint8Array): void {
    this.out.copy(text, 0, text.length)
  }

  /** Hands on what was printed so far. */
  flush(): void {
    this.out.flush()
  }

  private printLayers(record: PacketRecord, captured: number, length: number): void {
    const { context, out, packet } = this
    const end = record.at + captured
    packet.open(record.bytes, record.at, end)
    try {
      if (
        record.link === ETHERNET &&
        this.plainTcp !== null &&
        captured >= ETHERNET_BYTES &&
        isIpv4(packet.bytes, record.at)
      ) {
        context.linkBytes = 0
        if (this.plainTcp.print(out, packet, record.at + ETHERNET_BYTES, length - ETHERNET_BYTES)) {
          context.linkBytes = ETHERNET_BYTES
          packet.end = end
          return
        }
      }
      context.begin()
      const printer = context.table.links.get(record.link)
      if (printer !== undefined) printer(out, packet, record.at, length, context)
      else if (!context.noDefaultDump) dumpUnknown(out, packet, record.at, captured)
    } catch (error) {
      if (error !== TRUNCATED) throw error
      printTruncated(out, context)
    }
    // A printer that was cut off may have left another buffer open.
    packet.open(record.bytes, record.at, end)
  }

  private dump(start: number, captured: number): void {
    const { options, out, packet } = this
    const level = options.hexAndText > 0 ? options.hexAndText : options.hex > 0 ? options.hex : options.text
    const skipped = level > 1 ? 0 : this.context.linkBytes
    if (skipped >= captured) return
    const at = start + skipped
    if (options.hexAndText > 0) printHexAndText(out, packet, '\n\t', at, captured - skipped, 0)
    else if (options.hex > 0) printHex(out, packet, '\n\t', at, captured - skipped, 0)
    else printText(out, packet, at, captured - skipped)
  }
}

/** True if the Ethernet frame at `at` says that it carries IPv4. */
function isIpv4(b: Uint8Array, at: Offset): boolean {
  return b[at + 12] === 0x08 && b[at + 13] === 0
}

/** What a file says of a packet, where it cannot be. */
function printImpossible(out: Line, captured: number, length: number): void {
  out.text('[Invalid header:')
  let separator = ''
  const add = (text: string): void => {
    out.text(`${separator} ${text}`)
    separator = ','
  }
  if (captured === 0) add('caplen==0')
  if (length === 0) add('len==0')
  else if (length < captured) add(`len(${length}) < caplen(${captured})`)
  if (captured > LONGEST_PACKET) add(`caplen(${captured}) > ${LONGEST_PACKET}`)
  if (length > LONGEST_PACKET) add(`len(${length}) > ${LONGEST_PACKET}`)
  out.text(']\n')
}
