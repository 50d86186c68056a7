/** SNMP: v1 (RFC 1157), v2c (RFC 3416), v3 (RFC 3412, with the security model of RFC 3414). */
import type { Bytes, Offset } from '../units.ts'
import { AsnReader } from './asn1.ts'
import type { Printer } from './printer.ts'

const GET = 0
const GET_NEXT = 1
const SET = 3
const TRAP = 4
const GET_BULK = 5
const INFORM = 6
const TRAP_2 = 7
const REPORT = 8
const ENTERPRISE_SPECIFIC = 6
const USER_SECURITY = 3
const DEFAULT_COMMUNITY = 'public'

const versions: readonly string[] = ['SNMPv1', 'SNMPv2c', 'SNMPv2u', 'SNMPv3']
const errors =
  'noError|tooBig|noSuchName|badValue|readOnly|genErr|noAccess|wrongType|wrongLength|wrongEncoding|wrongValue|noCreation|inconsistentValue|resourceUnavailable|commitFailed|undoFailed|authorizationError|notWritable|inconsistentName'.split(
    '|',
  )
const traps = 'coldStart|warmStart|linkDown|linkUp|authenticationFailure|egpNeighborLoss|enterpriseSpecific'.split('|')
/** The bits authenticated, private and reportable can be combined so (RFC 3412 §6.4). */
const possibleFlags: ReadonlySet<number> = new Set([0, 1, 3, 4, 5, 7])

export const printSnmp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'snmp'
  out.byte(0x20)
  new SnmpMessage(new AsnReader(out, packet, context), context.options.verbose > 0, at, length).print()
}

/** Walks through a message. Where it is not as it should be it says so, and what is around closes its brackets. */
class SnmpMessage {
  private readonly reader: AsnReader
  private readonly verbose: boolean
  /** What is left of the structure that is being read. */
  private at: Offset
  private length: Bytes
  /** Bytes of the element that was read last. */
  private elementBytes: Bytes = 0

  constructor(reader: AsnReader, verbose: boolean, at: Offset, length: Bytes) {
    this.reader = reader
    this.verbose = verbose
    this.at = at
    this.length = length
  }

  print(): void {
    const { reader } = this
    if (!this.enter('[!init SEQ]', 'iSEQ')) return
    if (!this.expect('integer', '[version!=INT]')) return
    const version = reader.value
    if (version !== 0 && version !== 1 && version !== 3) {
      reader.out.text(`SNMP [version = ${version}]`)
      return
    }
    this.detail(`{ ${versions[version]} `)
    if (version === 3) this.printVersion3()
    else this.printCommunity(version)
    this.detail('} ')
  }

  private detail(text: string): void {
    if (this.verbose) this.reader.out.text(text)
  }

  /** Reads the next element of the structure. False if that fails. */
  private next(): boolean {
    const bytes = this.reader.read(this.at, this.length)
    if (bytes < 0) return false
    this.elementBytes = bytes
    this.at += bytes
    this.length -= bytes
    return true
  }

  /** The same; prints `complaint` and what is there instead if it is of another kind. */
  private expect(kind: AsnReader['kind'], complaint: string): boolean {
    if (!this.next()) return false
    if (this.reader.kind === kind) return true
    this.reader.out.text(complaint)
    this.reader.print()
    return false
  }

  /** Reads a sequence and goes on inside it. `what`: named if there is more behind it. */
  private enter(complaint: string, what: string | null): boolean {
    if (!this.expect('sequence', complaint)) return false
    if (what !== null && this.length > 0) this.reader.out.text(`[${this.length} extra after ${what}]`)
    this.at = this.reader.at
    this.length = this.reader.bytes
    return true
  }

  /** tcpdump counts the last element twice here: less than its length behind it goes unnoticed. */
  private checkRest(what: string): void {
    const rest = this.length - this.elementBytes
    if (rest > 0) this.reader.out.text(`[${rest} extra after ${what}]`)
  }

  private printCommunity(version: number): void {
    const { reader } = this
    if (!this.expect('string', '[comm!=STR]')) return
    if (!reader.isText(DEFAULT_COMMUNITY)) {
      reader.out.text('C=')
      reader.printString()
      reader.out.byte(0x20)
    }
    this.printPdu(version)
  }

  private printPdu(version: number): void {
    const { reader } = this
    if (!this.next()) return
    if (reader.kind !== 'pdu') {
      reader.out.text('[no PDU]')
      return
    }
    if (this.length > 0) reader.out.text(`[${this.length} extra after PDU]`)
    this.detail('{ ')
    reader.print()
    reader.out.byte(0x20)
    this.at = reader.at
    this.length = reader.bytes
    const pdu = reader.tag
    if (version === 0 && pdu >= GET_BULK) {
      reader.out.text('[v2 PDU in v1 message]')
      return
    }
    if (version === 1 && pdu === TRAP) {
      reader.out.text('[v1 PDU in v2 message]')
      return
    }
    if (pdu === TRAP) this.printTrap()
    else this.printRequest(pdu)
    this.detail(' } ')
  }

  private printRequest(pdu: number): void {
    const { reader } = this
    const { out } = reader
    if (!this.expect('integer', '[reqId!=INT]')) return
    this.detail(`R=${reader.value} `)
    if (!this.expect('integer', '[errorStatus!=INT]')) return
    const asks = pdu === GET || pdu === GET_NEXT || pdu === SET || pdu === INFORM || pdu === TRAP_2 || pdu === REPORT
    const status = reader.value
    const statusName = status >= 0 && status < errors.length ? errors[status] : `err=${status >>> 0}`
    let failed = false
    if (asks && status !== 0) out.text(`[errorStatus(${statusName})!=0]`)
    else if (pdu === GET_BULK) out.text(` N=${status}`)
    else if (status !== 0) {
      out.text(` ${statusName}`)
      failed = true
    }
    if (!this.expect('integer', '[errorIndex!=INT]')) return
    const index = reader.value
    if (asks && index !== 0) out.text(`[errorIndex(${index})!=0]`)
    else if (pdu === GET_BULK) out.text(` M=${index}`)
    else if (index !== 0) out.text(failed ? `@${index}` : `[errorIndex(${index}) w/o errorStatus]`)
    else if (failed) out.text('[errorIndex==0]')
    this.printBindings(pdu)
  }

  private printTrap(): void {
    const { reader } = this
    const { out } = reader
    out.byte(0x20)
    if (!this.expect('oid', '[enterprise!=OID]')) return
    reader.print()
    out.byte(0x20)
    if (!this.expect('address', '[agent-addr!=INETADDR]')) return
    reader.print()
    if (!this.expect('integer', '[generic-trap!=INT]')) return
    const generic = reader.value
    out.text(` ${generic >= 0 && generic < traps.length ? traps[generic] : `gt=${generic}`}`)
    if (!this.expect('integer', '[specific-trap!=INT]')) return
    if (generic === ENTERPRISE_SPECIFIC) out.text(` s=${reader.value}`)
    else if (reader.value !== 0) out.text(`[specific-trap(${reader.value})!=0]`)
    out.byte(0x20)
    if (!this.expect('unsigned', '[time-stamp!=TIMETICKS]')) return
    reader.print()
    this.printBindings(TRAP)
  }

  /** Names and their values. */
  private printBindings(pdu: number): void {
    const { reader } = this
    const { out } = reader
    if (!this.enter('[!SEQ of varbind]', 'SEQ of varbind')) return
    const asks = pdu === GET || pdu === GET_NEXT || pdu === GET_BULK
    while (this.length > 0) {
      out.byte(0x20)
      if (!this.expect('sequence', '[!varbind]')) return
      const { at, length } = this
      this.at = reader.at
      this.length = reader.bytes
      if (!this.expect('oid', '[objName!=OID]')) return
      reader.print()
      if (!asks) out.byte(0x3d)
      if (!this.next()) return
      if (reader.kind !== 'null') {
        if (asks) out.text('[objVal!=NULL]')
        reader.print()
      }
      this.at = at
      this.length = length
    }
  }

  private printVersion3(): void {
    const { reader } = this
    const { out } = reader
    const end = this.at + this.length
    if (!this.expect('sequence', '[!message]')) return
    this.at = reader.at
    this.length = reader.bytes
    this.detail('{ ')
    if (!this.expect('integer', '[msgID!=INT]')) return
    if (!this.expect('integer', '[msgMaxSize!=INT]')) return
    if (!this.expect('string', '[msgFlags!=STR]')) return
    if (reader.bytes !== 1) {
      out.text(`[msgFlags size ${reader.bytes}]`)
      return
    }
    const flags = reader.packet.u8(reader.at)
    if (!possibleFlags.has(flags)) {
      out.text(`[msgFlags=0x${flags.toString(16).toUpperCase().padStart(2, '0')}]`)
      return
    }
    out.text(`F=${(flags & 1) !== 0 ? 'a' : ''}${(flags & 2) !== 0 ? 'p' : ''}${(flags & 4) !== 0 ? 'r' : ''} `)
    if (!this.expect('integer', '[msgSecurityModel!=INT]')) return
    const model = reader.value
    this.checkRest('message SEQ')
    this.detail('} ')
    if (model !== USER_SECURITY) {
      out.text(`[security model ${model}]`)
      return
    }
    this.detail('{ USM ')
    this.length = end - this.at
    if (!this.expect('string', '[msgSecurityParameters!=STR]')) return
    const { at, length } = this
    this.at = reader.at
    this.length = reader.bytes
    this.printUserSecurity()
    this.at = at
    this.length = length
    this.detail('} { ScopedPDU ')
    this.printScoped()
    this.detail('} ')
  }

  private printUserSecurity(): void {
    const { reader } = this
    if (!this.enter('[!usm]', null)) return
    if (!this.expect('string', '[msgAuthoritativeEngineID!=STR]')) return
    if (!this.expect('integer', '[msgAuthoritativeEngineBoots!=INT]')) return
    this.detail(`B=${reader.value} `)
    if (!this.expect('integer', '[msgAuthoritativeEngineTime!=INT]')) return
    this.detail(`T=${reader.value} `)
    if (!this.expect('string', '[msgUserName!=STR]')) return
    reader.out.text('U=')
    reader.printString()
    reader.out.byte(0x20)
    if (!this.expect('string', '[msgAuthenticationParameters!=STR]')) return
    if (!this.expect('string', '[msgPrivacyParameters!=STR]')) return
    this.checkRest('usm SEQ')
  }

  private printScoped(): void {
    const { reader } = this
    if (!this.enter('[!scoped PDU]', null)) return
    if (!this.expect('string', '[contextEngineID!=STR]')) return
    reader.out.text('E=')
    reader.printOctets()
    reader.out.byte(0x20)
    if (!this.expect('string', '[contextName!=STR]')) return
    reader.out.text('C=')
    reader.printString()
    reader.out.byte(0x20)
    this.printPdu(3)
  }
}
