/** The lines that most packets get: TCP over IPv4 with its whole header, printed without names. What the printers
 *  of the layers print in several steps is written here at once, byte for byte the same (a test holds the one to the
 *  other); everything else is left to them. */
import { u16be, u32be } from '../bytes/read.ts'
import type { Bytes, Offset } from '../units.ts'
import { Flag } from '../wire/tcp.ts'
import { rightChecksum, transportChecksum } from './checksum.ts'
import type { Cursor } from './cursor.ts'
import { literal, writeHexFour, writeIpv4, writeLiteral, writeUnsigned } from './digits.ts'
import { printIpv4Header } from './ipv4.ts'
import type { Line } from './line.ts'
import type { PrintOptions } from './options.ts'
import type { Context } from './printer.ts'
import { printTcpOptions } from './tcp-options.ts'

const IPV4_BYTES = 20
const TCP_BYTES = 20
const PROTOCOL = 6
/** With nop, nop, timestamps. */
const TCP_BYTES_WITH_TIMESTAMPS = 32
const ALIGNED_TIMESTAMPS = 0x0101080a
/** More than what is written before options that are not timestamps. */
const LINE_BYTES = 320

/** Directions remembered; the text of one has up to eight words of eight bytes. */
const ENTRIES = 1024
const TEXT_WORDS = 8

const FLAG_LETTERS = 'FSRP.UEW'
const flagNames = Array.from({ length: 256 }, (_, flags) => {
  let text = ''
  for (let bit = 0; bit < 8; bit++) if ((flags & (1 << bit)) !== 0) text += FLAG_LETTERS[bit]
  return text
})
/** By the flags; the bracket that opens ends the direction's text. */
const flagsThenSeq = flagNames.map((names) => literal(`${names}], seq `))
const flagsThenAck = flagNames.map((names) => literal(`${names}], ack `))
/** The same with -v, behind which the checksum stands. */
const closedFlags = flagNames.map((names) => literal(`${names}]`))
const checksumText = literal(', cksum 0x')
const correctText = literal(' (correct)')
const incorrectText = literal(' (incorrect -> 0x')
const seqText = literal(', seq ')
const ackText = literal(', ack ')
const winText = literal(', win ')
const timestampsText = literal(', options [nop,nop,TS val ')
const ecrText = literal(' ecr ')
const closedLengthText = literal('], length ')
const lengthText = literal(', length ')
const ipText = literal('IP ')
const toText = literal(' > ')
const flagsText = literal(': Flags [')

/** True if the options ask for lines that PlainTcp can write. */
export function wantsPlainTcp(options: PrintOptions): boolean {
  if (options.verbose > 0 && options.noChecksums) return false
  return options.numeric && !options.link && options.quiet === 0 && options.packetType === null
}

export class PlainTcp {
  private readonly context: Context
  private readonly absolute: boolean
  private readonly verbose: number
  /** By entry: addresses, ports, where the connection's first sequence numbers are (~ of it in the direction from the
   *  higher port), and the version of their table that this is good for. */
  private readonly sources = new Int32Array(ENTRIES)
  private readonly destinations = new Int32Array(ENTRIES)
  private readonly ports = new Int32Array(ENTRIES)
  private readonly places = new Int32Array(ENTRIES)
  private readonly versions = new Int32Array(ENTRIES).fill(-1)
  /** `IP source.port > destination.port: Flags [` as in a Literal; with -v without `IP `. */
  private readonly texts = new Float64Array(ENTRIES * TEXT_WORDS)
  private readonly textBytes = new Uint8Array(ENTRIES)
  private readonly scratch = new DataView(new ArrayBuffer(8 * (TEXT_WORDS + 1)))

  constructor(context: Context) {
    this.context = context
    this.absolute = context.options.absoluteSequence
    this.verbose = context.options.verbose
  }

  /** Prints the IPv4 packet at `at`, of `length` bytes by the link layer, and returns true; or prints nothing and
   *  returns false. */
  print(out: Line, packet: Cursor, at: Offset, length: Bytes): boolean {
    const b = packet.bytes
    const tcp = at + IPV4_BYTES
    if (packet.end < tcp + TCP_BYTES) return false
    // Version 4 without options, protocol 6, no fragment.
    if (b[at] !== 0x45 || b[at + 9] !== 6 || (u16be(b, at + 6) & 0x3fff) !== 0) return false
    const total = u16be(b, at + 2)
    const headerBytes = (b[tcp + 12] >> 4) * 4
    const dataBytes = total - IPV4_BYTES - headerBytes
    if (total > length || dataBytes < 0 || headerBytes < TCP_BYTES || packet.end < tcp + headerBytes) return false
    const flags = b[tcp + 13]
    const acked = (flags & Flag.ACK) !== 0
    if ((flags & (Flag.ACK | Flag.SYN)) === 0 || (flags & Flag.URG) !== 0) return false
    if ((flags & Flag.RST) !== 0 && dataBytes > 0) return false

    const entry = this.find(b, at)
    let seq = u32be(b, tcp + 4)
    let ack = u32be(b, tcp + 8)
    let sackBase = 0
    if (acked && !this.absolute) {
      const { sequences } = this.context
      const syn = (flags & Flag.SYN) !== 0
      if (this.versions[entry] === sequences.version && !syn) {
        const place = this.places[entry]
        const words = sequences.words
        if (place >= 0) {
          seq = (seq - words[place]) >>> 0
          sackBase = words[place + 1]
        } else {
          seq = (seq - words[~place + 1]) >>> 0
          sackBase = words[~place]
        }
        ack = (ack - sackBase) >>> 0
      } else {
        const ports = this.ports[entry]
        const reversed = sequences.relate(b, at + 12, at + 16, 4, ports >>> 16, ports & 0xffff, seq, ack, syn)
        seq = sequences.seq
        ack = sequences.ack
        sackBase = sequences.sackBase
        this.places[entry] = reversed ? ~sequences.place : sequences.place
        this.versions[entry] = sequences.version
      }
    }

    const o = out.view
    const { verbose } = this
    if (verbose > 0) this.printHeader(out, packet, at)
    let next = this.writeDirection(o, out.room(LINE_BYTES), entry)
    if (verbose > 0) {
      next = writeLiteral(o, next, closedFlags[flags])
      if (at + total <= packet.end) next = this.writeChecksum(o, next, packet, tcp, total - IPV4_BYTES)
    }
    if (dataBytes > 0 || (flags & (Flag.SYN | Flag.FIN | Flag.RST)) !== 0 || verbose > 1) {
      next = writeUnsigned(o, writeLiteral(o, next, verbose > 0 ? seqText : flagsThenSeq[flags]), seq)
      if (dataBytes > 0) {
        o.setUint8(next, 0x3a)
        next = writeUnsigned(o, next + 1, (seq + dataBytes) >>> 0)
      }
      if (acked) next = writeUnsigned(o, writeLiteral(o, next, ackText), ack)
    } else next = writeUnsigned(o, writeLiteral(o, next, verbose > 0 ? ackText : flagsThenAck[flags]), ack)
    next = writeUnsigned(o, writeLiteral(o, next, winText), u16be(b, tcp + 14))
    if (headerBytes === TCP_BYTES_WITH_TIMESTAMPS && u32be(b, tcp + 20) === ALIGNED_TIMESTAMPS) {
      next = writeUnsigned(o, writeLiteral(o, next, timestampsText), u32be(b, tcp + 24))
      next = writeUnsigned(o, writeLiteral(o, next, ecrText), u32be(b, tcp + 28))
      next = writeLiteral(o, next, closedLengthText)
    } else {
      if (headerBytes > TCP_BYTES) {
        out.advance(next)
        this.context.protocol = 'tcp'
        const { names } = this.context
        if (!printTcpOptions(out, packet, tcp, headerBytes, dataBytes, flags, sackBase, names)) return true
        next = out.room(LINE_BYTES)
      }
      next = writeLiteral(o, next, lengthText)
    }
    out.advance(writeUnsigned(o, next, dataBytes))
    if (dataBytes > 0) this.printData(out, packet, at, total, tcp + headerBytes, dataBytes)
    return true
  }

  /** What -v shows of the IP header. */
  private printHeader(out: Line, packet: Cursor, at: Offset): void {
    const { context } = this
    context.begin()
    context.ipVersion = 4
    context.ipAt = at
    out.literal(ipText)
    printIpv4Header(out, packet, at, IPV4_BYTES, -1, context)
  }

  private writeChecksum(o: DataView, at: Offset, packet: Cursor, tcp: Offset, length: Bytes): Offset {
    const sum = transportChecksum(packet, this.context, tcp, length, length, PROTOCOL)
    const found = u16be(packet.bytes, tcp + 16)
    const next = writeHexFour(o, writeLiteral(o, at, checksumText), found)
    if (sum === 0) return writeLiteral(o, next, correctText)
    const end = writeHexFour(o, writeLiteral(o, next, incorrectText), rightChecksum(found, sum))
    o.setUint8(end, 0x29)
    return end + 1
  }

  private printData(out: Line, packet: Cursor, at: Offset, total: Bytes, dataAt: Offset, dataBytes: Bytes): void {
    const { context } = this
    const b = packet.bytes
    const sourcePort = u16be(b, at + IPV4_BYTES)
    const destinationPort = u16be(b, at + IPV4_BYTES + 2)
    const printer = context.table.tcpPorts.find(sourcePort, destinationPort)
    if (printer === null) return
    context.begin()
    context.protocol = 'tcp'
    context.ipVersion = 4
    context.ipAt = at
    context.hopLimit = b[at + 8]
    context.sourcePort = sourcePort
    context.destinationPort = destinationPort
    packet.narrow(at + total)
    printer(out, packet, dataAt, dataBytes, context)
  }

  private writeDirection(o: DataView, at: Offset, entry: number): Offset {
    const { texts } = this
    const bytes = this.textBytes[entry]
    const first = entry * TEXT_WORDS
    for (let i = 0; 8 * i < bytes; i++) o.setFloat64(at + 8 * i, texts[first + i], true)
    return at + bytes
  }

  /** The entry of the packet's direction. */
  private find(b: Uint8Array, at: Offset): number {
    const source = u32be(b, at + 12) | 0
    const destination = u32be(b, at + 16) | 0
    const ports = u32be(b, at + 20) | 0
    let hash = Math.imul(source ^ ports, 0x9e3779b1) ^ Math.imul(destination, 0x85ebca6b)
    hash ^= hash >>> 15
    const entry = (hash ^ (hash >>> 7)) & (ENTRIES - 1)
    if (this.ports[entry] === ports && this.sources[entry] === source && this.destinations[entry] === destination)
      return entry
    this.ports[entry] = ports
    this.sources[entry] = source
    this.destinations[entry] = destination
    this.versions[entry] = -1
    const text = this.scratch
    let next = writeIpv4(text, this.verbose > 0 ? 0 : writeLiteral(text, 0, ipText), b, at + 12)
    text.setUint8(next, 0x2e)
    next = writeUnsigned(text, next + 1, ports >>> 16)
    next = writeIpv4(text, writeLiteral(text, next, toText), b, at + 16)
    text.setUint8(next, 0x2e)
    next = writeUnsigned(text, next + 1, ports & 0xffff)
    next = writeLiteral(text, next, flagsText)
    for (let i = 0; 8 * i < next; i++) this.texts[entry * TEXT_WORDS + i] = text.getFloat64(8 * i, true)
    this.textBytes[entry] = next
    return entry
  }
}
