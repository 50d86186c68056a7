/** ASN.1 in its basic encoding (X.690), as far as SNMP needs it. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import { objectName } from './object-names.ts'
import { type Context, printTruncated } from './printer.ts'
import { printBytes } from './safe-text.ts'

/** What an element is for SNMP. `any`: nothing that it knows. */
export type AsnKind =
  | 'any'
  | 'octets'
  | 'null'
  | 'oid'
  | 'integer'
  | 'unsigned'
  | 'unsigned64'
  | 'string'
  | 'sequence'
  | 'address'
  | 'pdu'
  | 'exception'

const CONSTRUCTED = 0x20
const EXTENDED_TAG = 0x1f
const CONTINUED = 0x80
const ADDRESS_BYTES = 4
const SEQUENCE = 16
const UNIVERSAL = 0
const APPLICATION = 1
const CONTEXT = 2

/** Names of the tags of each class: universal, application, context, private. */
const tagNames: readonly (readonly string[])[] = [
  'U-0|Boolean|Integer|Bitstring|String|Null|ObjID|ObjectDes|U-8|U-9|U-10|U-11|U-12|U-13|U-14|U-15|Sequence|Set'.split(
    '|',
  ),
  'IpAddress|Counter|Gauge|TimeTicks|Opaque|C-5|Counter64'.split('|'),
  'GetRequest|GetNextRequest|GetResponse|SetRequest|Trap|GetBulk|Inform|V2Trap|Report'.split('|'),
  ['P-0'],
]
const exceptions: readonly string[] = ['noSuchObject', 'noSuchInstance', 'endOfMibView']

const universalKinds = new Map<number, AsnKind>([
  [2, 'integer'],
  [4, 'string'],
  [5, 'null'],
  [6, 'oid'],
])
const applicationKinds = new Map<number, AsnKind>([
  [0, 'address'],
  [1, 'unsigned'],
  [2, 'unsigned'],
  [3, 'unsigned'],
  [6, 'unsigned64'],
])

/** A tree whose beginning is left out, with what stands for it. */
interface ObjectTree {
  readonly prefix: string
  readonly path: string
  readonly start: readonly number[]
}

const trees: readonly ObjectTree[] = [
  { prefix: '', path: '.1.3.6.1.2.1', start: [0x2b, 6, 1, 2, 1] },
  { prefix: 'E:', path: '.1.3.6.1.4.1', start: [0x2b, 6, 1, 4, 1] },
  { prefix: 'X:', path: '.1.3.6.1.3', start: [0x2b, 6, 1, 3] },
  { prefix: 'S:', path: '.1.3.6.1.6.3', start: [0x2b, 6, 1, 6, 3] },
]

/** Reads one element after the other and prints them. What it finds wrong it prints at once, in tcpdump's words. */
export class AsnReader {
  readonly out: Line
  readonly packet: Cursor
  private readonly context: Context
  /** Of the element that was read last: what it is, its tag's number, its value's place and length. */
  kind: AsnKind = 'any'
  tag = 0
  at: Offset = 0
  bytes: Bytes = 0
  /** Its value, if it is an integer (signed) or unsigned; 32 bits. */
  value = 0

  constructor(out: Line, packet: Cursor, context: Context) {
    this.out = out
    this.packet = packet
    this.context = context
  }

  /** Reads the element at `at`, for which there are `length` bytes. Returns its bytes with the header, or -1 after having
   *  said what is wrong. */
  read(at: Offset, length: Bytes): Bytes {
    const { packet } = this
    this.kind = 'any'
    this.bytes = 0
    if (length < 1) return this.fail('[nothing to parse]')
    const end = at + length
    const first = packet.u8(at)
    const tagClass = first >> 6
    const constructed = (first & CONSTRUCTED) !== 0
    this.tag = first & EXTENDED_TAG
    let next = at + 1
    if (this.tag === EXTENDED_TAG) {
      next = this.readExtendedTag(next, end)
      if (next < 0) return -1
    }
    if (next >= end) return this.fail('[no asnlen]')
    let bytes = packet.u8(next++)
    if ((bytes & CONTINUED) !== 0) {
      const octets = bytes & ~CONTINUED
      bytes = 0
      if (end - next < octets) return this.fail(`[asnlen? ${end - next}<${octets}]`)
      if (!packet.has(next, octets)) return this.cut()
      for (let i = 0; i < octets; i++) bytes = ((bytes << 8) | packet.bytes[next++]) >>> 0
    }
    if (end - next < bytes) return this.fail(`[len${end - next}<asnlen${bytes}]`)
    const form = constructed ? 'C' : 'P'
    const name = tagNames[tagClass][this.tag]
    if (name === undefined) return this.fail(`[id?${form}/x/${this.tag}]`)
    if (!packet.has(next, bytes)) return this.cut()
    this.at = next
    this.bytes = bytes
    const kind = constructed ? this.constructedKind(tagClass, name) : this.primitiveKind(tagClass, name)
    this.kind = kind
    if (kind === 'integer') {
      if (bytes === 0) return this.fail('[asnlen=0]')
      this.value = packet.bytes[next] >> 7 === 0 ? 0 : -1
      for (let i = 0; i < bytes; i++) this.value = (this.value << 8) | packet.bytes[next + i]
    } else if (kind === 'unsigned') {
      this.value = 0
      for (let i = 0; i < bytes; i++) this.value = ((this.value << 8) | packet.bytes[next + i]) >>> 0
    }
    return next + bytes - at
  }

  /** Prints the element that was read last. */
  print(): void {
    const { out, packet } = this
    switch (this.kind) {
      case 'octets':
        this.printOctets()
        break
      case 'null':
        break
      case 'oid':
        this.printObjectId()
        break
      case 'integer':
      case 'unsigned':
        out.signed(this.value)
        break
      case 'unsigned64': {
        let value = 0n
        // More than eight bytes: the last ones count.
        for (let i = Math.max(0, this.bytes - 8); i < this.bytes; i++)
          value = (value << 8n) | BigInt(packet.u8(this.at + i))
        out.text(String(value))
        break
      }
      case 'string':
        this.printString()
        break
      case 'sequence':
        out.text(`Seq(${this.bytes})`)
        break
      case 'address':
        if (this.bytes !== ADDRESS_BYTES) out.text(`[inetaddr len!=${ADDRESS_BYTES}]`)
        for (let i = 0; i < this.bytes; i++) {
          if (i > 0) out.byte(0x2e)
          out.decimal(packet.u8(this.at + i))
        }
        break
      case 'pdu':
        out.text(`${tagNames[CONTEXT][this.tag]}(${this.bytes})`)
        break
      case 'exception':
        out.text(`[${exceptions[this.tag]}]`)
        break
      case 'any':
        out.text('[BE_ANY!?]')
        break
    }
  }

  printOctets(): void {
    for (let i = 0; i < this.bytes; i++) {
      this.out.byte(0x5f)
      this.out.hexPadded(this.packet.u8(this.at + i), 2)
    }
  }

  /** In quotes if all of it is printable, else as hex. */
  printString(): void {
    const { out, packet, at } = this
    const end = at + this.bytes
    let printable = true
    for (let i = at; i < end; i++) {
      const byte = packet.u8(i)
      if (byte < 0x20 || byte >= 0x7f) printable = false
    }
    if (printable) {
      out.byte(0x22)
      printBytes(out, packet, at, end)
      out.byte(0x22)
      return
    }
    for (let i = at; i < end; i++) {
      if (i > at) out.byte(0x5f)
      out.hexPadded(packet.u8(i), 2)
    }
  }

  /** True if the value is this text. */
  isText(text: string): boolean {
    if (this.bytes !== text.length) return false
    for (let i = 0; i < text.length; i++) if (this.packet.u8(this.at + i) !== text.charCodeAt(i)) return false
    return true
  }

  /** X.690 §8.19: the first number holds two. Without -n by name, and without the beginning of common trees. */
  private printObjectId(): void {
    const { packet } = this
    const named = !this.context.options.numeric
    const tree = named && this.bytes > 2 ? this.findTree() : null
    let parent = ''
    let done = 0
    let separator = '.'
    if (tree !== null) {
      this.out.text(tree.prefix)
      parent = tree.path
      done = tree.start.length
      separator = ''
    }
    let number = 0
    let first = tree === null
    for (; done < this.bytes; done++) {
      const byte = packet.u8(this.at + done)
      number = ((number << 7) + (byte & ~CONTINUED)) | 0
      if ((byte & CONTINUED) !== 0) continue
      if (first) {
        const root = Math.min(2, Math.trunc(number / 40))
        this.printNumber(root, parent, separator, named)
        parent = `.${root}`
        number -= root * 40
        first = false
      }
      this.printNumber(number, parent, separator, named)
      parent += `.${number}`
      separator = '.'
      number = 0
    }
  }

  private printNumber(number: number, parent: string, separator: string, named: boolean): void {
    this.out.text(separator)
    this.out.text((named ? objectName(parent, number) : null) ?? String(number >>> 0))
  }

  private findTree(): ObjectTree | null {
    for (const tree of trees) {
      const { start } = tree
      if (this.bytes < start.length) continue
      if (start.every((byte, i) => this.packet.u8(this.at + i) === byte)) return tree
    }
    return null
  }

  /** First byte behind a tag in several bytes, or -1. */
  private readExtendedTag(at: Offset, end: Offset): Offset {
    let next = at
    let tag = 0
    for (; (this.packet.u8(next) & CONTINUED) !== 0; next++) {
      if (next >= end) return this.fail('[Xtagfield?]')
      tag = (tag << 7) | (this.packet.bytes[next] & ~CONTINUED)
    }
    if (next >= end) return this.fail('[Xtagfield?]')
    // Tags beyond 255 are none that SNMP knows: their lower bits count.
    this.tag = ((tag << 7) | this.packet.bytes[next]) & 0xff
    return next + 1
  }

  private primitiveKind(tagClass: number, name: string): AsnKind {
    if (tagClass === CONTEXT) return this.tag < exceptions.length ? 'exception' : 'any'
    const kinds = tagClass === UNIVERSAL ? universalKinds : applicationKinds
    const kind = tagClass <= APPLICATION ? kinds.get(this.tag) : undefined
    if (kind === undefined) this.out.text(`[P/${'UAx'[Math.min(2, tagClass)]}/${name}]`)
    return kind ?? 'octets'
  }

  private constructedKind(tagClass: number, name: string): AsnKind {
    if (tagClass === CONTEXT) return 'pdu'
    if (tagClass === UNIVERSAL && this.tag === SEQUENCE) return 'sequence'
    this.out.text(`C/${tagClass === UNIVERSAL ? 'U' : 'x'}/${name}`)
    return 'octets'
  }

  private fail(text: string): -1 {
    this.out.text(text)
    return -1
  }

  private cut(): -1 {
    printTruncated(this.out, this.context)
    return -1
  }
}
