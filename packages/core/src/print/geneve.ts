/** Geneve, RFC 8926. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { etherTypeName } from './ether-types.ts'
import type { Line } from './line.ts'
import { type Printer, printInvalid } from './printer.ts'
import { bitNames, type Names } from './tokens.ts'

const HEADER_BYTES = 8
const OPTION_HEADER_BYTES = 4
const TRANSPARENT_ETHERNET = 0x6558
const CRITICAL = 0x80

const flagNames: Names = new Map([
  [0x80, 'O'],
  [0x40, 'C'],
  [0x20, 'R1'],
  [0x10, 'R2'],
  [0x08, 'R3'],
  [0x04, 'R4'],
  [0x02, 'R5'],
  [0x01, 'R6'],
])

/** IANA "Geneve Option Class", those that tcpdump names; below 0x100 and from 0xfff0 on see className(). */
const classes: Names = new Map([
  [0x0100, 'Linux'],
  [0x0101, 'Open vSwitch'],
  [0x0102, 'Open Virtual Networking (OVN)'],
  [0x0103, 'In-band Network Telemetry (INT)'],
  [0x0104, 'VMware'],
])

export const printGeneve: Printer = (out, packet, at, length, context) => {
  context.protocol = 'geneve'
  out.text('Geneve')
  if (length < HEADER_BYTES) {
    out.text(` [length ${length} < ${HEADER_BYTES}]`)
    printInvalid(out)
    return
  }
  const first = packet.u8(at)
  if (first >> 6 !== 0) {
    out.text(` ERROR: unknown-version ${first >> 6}`)
    return
  }
  const flags = packet.u8(at + 1)
  const type = packet.u16(at + 2)
  const network = packet.u24(at + 4)
  const reserved = packet.u8(at + 7)
  out.text(`, Flags [${bitNames(flagNames, flags, '', 'none')}], vni 0x`)
  out.hex(network)
  if (reserved !== 0) {
    out.text(', rsvd 0x')
    out.hex(reserved)
  }
  const { options } = context
  if (options.link) {
    out.text(`, proto ${etherTypeName(type) ?? 'unknown'} (0x`)
    out.hexPadded(type, 4)
    out.byte(0x29)
  }
  const optionBytes = (first & 0x3f) * 4
  let next = at + HEADER_BYTES
  const left = length - HEADER_BYTES
  if (left < optionBytes) {
    out.text(` truncated-geneve - ${optionBytes - left} bytes missing`)
    return
  }
  packet.need(next, optionBytes)
  if (optionBytes > 0) {
    out.text(', options [')
    if (options.verbose === 0) out.text(`${optionBytes} bytes`)
    else printOptions(out, packet, next, optionBytes, options.verbose)
    out.byte(0x5d)
  }
  next += optionBytes
  out.text(options.verbose === 0 ? ': ' : '\n\t')
  const printer = type === TRANSPARENT_ETHERNET ? context.table.layers.ethernet : context.table.etherTypes.get(type)
  if (printer !== undefined) {
    context.type = type
    printer(out, packet, next, left - optionBytes, context)
    return
  }
  out.text('geneve-proto-0x')
  out.hex(type)
}

function printOptions(out: Line, packet: Cursor, at: Offset, bytes: Bytes, verbose: number): void {
  let next = at
  let left = bytes
  while (left > 0) {
    if (next > at) out.text(', ')
    const optionClass = packet.u16(next)
    const type = packet.u8(next + 2)
    const optionBytes = OPTION_HEADER_BYTES + (packet.u8(next + 3) & 0x1f) * 4
    out.text(`class ${className(optionClass)} (0x`)
    out.hex(optionClass)
    out.text(') type 0x')
    out.hex(type)
    if ((type & CRITICAL) !== 0) out.text('(C)')
    out.text(` len ${optionBytes}`)
    if (optionBytes > left) {
      out.text(' [bad length]')
      return
    }
    if (verbose > 1 && optionBytes > OPTION_HEADER_BYTES) {
      out.text(' data')
      for (let i = OPTION_HEADER_BYTES; i < optionBytes; i += 4) {
        out.byte(0x20)
        out.hexPadded(packet.u32(next + i), 8)
      }
    }
    next += optionBytes
    left -= optionBytes
  }
}

function className(optionClass: number): string {
  if (optionClass < 0x100) return 'Standard'
  return classes.get(optionClass) ?? (optionClass < 0xfff0 ? 'Unknown' : 'Experimental')
}
