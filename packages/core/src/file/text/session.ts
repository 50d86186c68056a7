import type { CaptureSink } from '../record.ts'
import { parseIpv4, parseIpv6 } from './address.ts'
import { type Banner, type Command, readBanner, readCommand, readDropped } from './banner.ts'
import { PacketBuilder } from './build.ts'
import { ClientLog } from './client-log.ts'
import { findDumpLink } from './dump-link.ts'
import { hasPort } from './endpoint.ts'
import { Entry } from './entry.ts'
import { parsePacketLine } from './head.ts'
import { type Endpoint, HostTable } from './hosts.ts'
import { cleanLine } from './lines.ts'
import { Outbox } from './outbox.ts'
import type { PacketLine } from './packet-line.ts'
import { isDigit } from './scan.ts'
import { SequenceTable } from './sequence.ts'

/** A command line is believed if its banner or first packet comes within so many lines. */
const COMMAND_REACH = 6

/** Lines of a note → packets, interfaces and the client's log. */
export class TextSession {
  /** Lines that looked like packets but could not be read. */
  unreadable = 0
  banners = 0
  private readonly sink: CaptureSink
  private readonly sequences = new SequenceTable()
  private readonly hosts: HostTable
  private readonly outbox: Outbox
  private readonly log = new ClientLog()
  /** Names that got a stand-in address since the last packet. */
  private names: (readonly [string, string])[] = []
  private entry: Entry | null = null
  /** Packets of this trace carry time stamps: a line without one is none. */
  private stamped = false
  /** White space before packets without time stamps, -1 before the first. */
  private indent = -1
  private wrapWidth = 0
  private command: Command | null = null
  private commandAge = 0

  constructor(sink: CaptureSink) {
    this.sink = sink
    this.hosts = new HostTable((address, name) => this.names.push([address, name]))
    this.outbox = new Outbox(sink, new PacketBuilder(), (packet) => {
      if (packet.tcp !== null) this.sequences.settle(packet.tcp)
    })
  }

  get packets(): number {
    return this.outbox.packets
  }

  line(raw: string): void {
    const text = cleanLine(raw)
    const { entry } = this
    if (text.trim() === '') {
      entry?.takeBody('')
      return
    }
    this.commandAge++
    if (entry?.takeHex(text)) return
    const parsed = parsePacketLine(text)
    if (parsed.outcome !== 'none' && parsed.packet.stamp !== null) {
      this.begin(new Entry(text, parsed))
      return
    }
    if (entry !== null) {
      const width = entry.join(text, this.wrapWidth)
      if (width >= 0) {
        this.wrapWidth = width
        return
      }
    }
    const unstamped = parsed.outcome === 'whole' || parsed.outcome === 'open'
    if (unstamped && !this.stamped && (this.indent < 0 || parsed.indent <= this.indent)) {
      this.indent = parsed.indent
      this.begin(new Entry(text, parsed))
      return
    }
    entry?.takeBody(raw)
    this.other(raw, text)
  }

  /** The input has ended; `cutLines` were longer than a line may be. */
  finish(cutLines: number): void {
    this.close()
    this.outbox.finish()
    if (this.log.lines.length > 0) this.sink.clientLog?.(this.log.lines)
    this.remark(this.unreadable, 'looked like packets but could not be read')
    this.remark(cutLines, 'longer than 65536 bytes, read only so far')
    if (this.sequences.forgotten > 0) {
      this.sink.comment?.(
        `text: ${this.sequences.forgotten} connections were forgotten to bound memory: their later sequence numbers are as printed`,
      )
    }
    for (const [name, port] of this.hosts.unknownServices) {
      this.sink.comment?.(`text: the port of service "${name}" is not known; ${port} stands for it`)
    }
  }

  private remark(count: number, what: string): void {
    if (count > 0) this.sink.comment?.(`text: ${count} ${count === 1 ? 'line' : 'lines'} ${what}`)
  }

  private begin(entry: Entry): void {
    this.close()
    this.log.interrupt()
    if (entry.parsed.packet.stamp !== null) this.stamped = true
    if (this.command !== null && this.commandAge <= COMMAND_REACH) this.beginTrace(null)
    this.entry = entry
  }

  /** A line that belongs to no packet. */
  private other(raw: string, text: string): void {
    const dropped = readDropped(text)
    if (dropped >= 0) {
      this.close()
      this.outbox.dropped(dropped)
      return
    }
    const banner = readBanner(text)
    if (banner !== null) {
      this.close()
      this.banners++
      this.beginTrace(banner)
      return
    }
    const command = readCommand(text)
    if (command !== null) {
      this.command = command
      this.commandAge = 0
      return
    }
    this.log.take(raw)
  }

  private beginTrace(banner: Banner | null): void {
    const command = this.commandAge <= COMMAND_REACH ? this.command : null
    this.command = null
    this.outbox.beginTrace(banner, command?.filter ?? null, command?.times ?? 0)
    if (command !== null) this.sequences.absolute = command.absolute
    this.stamped = false
    this.indent = -1
  }

  /** The packet before this line is complete. */
  private close(): void {
    const { entry } = this
    if (entry === null) return
    this.entry = null
    const { packet, outcome, usable } = entry.parsed
    if (entry.dump !== null && this.sendDump(entry, packet)) return
    const readable = outcome === 'whole' || (outcome === 'open' && usable)
    if (!readable || !this.sendLine(entry, packet)) this.unreadable++
  }

  private sendLine(entry: Entry, packet: PacketLine): boolean {
    let source: Endpoint | null = null
    let target: Endpoint | null = null
    if (packet.family !== 0) {
      source = this.hosts.endpoint(packet.source, packet.family, printsPort(packet, packet.source))
      target = this.hosts.endpoint(packet.target, packet.family, printsPort(packet, packet.target))
      if (source === null || target === null) return false
    }
    if (packet.tcp !== null) this.sequences.resolve(packet.source, packet.target, packet.tcp)
    const { names } = this
    if (names.length > 0) this.names = []
    this.outbox.add({ packet, names, source, target, payload: entry.payload(), dump: null, link: 0, wireBytes: 0 })
    return true
  }

  /** Uses the hex dump if it fits the line; false if it does not, or tells less than the line itself. */
  private sendDump(entry: Entry, packet: PacketLine): boolean {
    const dump = entry.dump!
    const bytes = dump.bytes.slice(0, dump.length)
    const item = { packet, names: [], source: null, target: null, payload: null, dump: bytes }
    if (packet.family === 0) {
      const isArp =
        packet.protocol === 'arp' && bytes.length >= 28 && bytes[0] === 0 && bytes[2] === 8 && bytes[3] === 0
      if (!isArp) return false
      this.outbox.add({ ...item, dump: null, packet: { ...packet, message: Array.from(bytes) }, link: 0, wireBytes: 0 })
      return true
    }
    const parse = packet.family === 4 ? parseIpv4 : parseIpv6
    const found = findDumpLink(
      bytes,
      bytes.length,
      packet.family,
      numericHost(packet.source, parse),
      numericHost(packet.target, parse),
      this.outbox.announcedLink,
    )
    if (found === null) return false
    // Less than a TCP header was pasted of the dump: the line says more.
    if (packet.tcp !== null && bytes.length < found.network + (packet.family === 4 ? 40 : 60)) return false
    this.outbox.add({ ...item, link: found.link, wireBytes: found.network + found.totalBytes })
    return true
  }
}

/** Whether a port stands behind the address: told by the protocol; of one that is not understood, by the look. */
function printsPort(packet: PacketLine, text: string): boolean {
  if (packet.protocol === 'ip') return hasPort(text) && isDigit(text.charCodeAt(0))
  return packet.protocol === 'tcp' || packet.protocol === 'udp'
}

/** The address of `10.1.9.11.80` or `10.1.9.11`, null for a name. */
function numericHost(text: string, parse: (text: string) => number[] | null): number[] | null {
  return parse(text) ?? parse(text.slice(0, Math.max(0, text.lastIndexOf('.'))))
}
