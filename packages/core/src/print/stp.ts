/** Spanning trees of bridges: IEEE 802.1D, 802.1w and, of 802.1Q, the multiple ones. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import { type Printer, printInvalid } from './printer.ts'
import { printString } from './safe-text.ts'
import { bitNames, type Names, namesFromZero, twoDecimals } from './tokens.ts'

const RAPID = 2
const MULTIPLE = 3
const SHORTEST_PATH = 4
const CONFIGURATION = 0x00
const RAPID_TYPE = 0x02
const COMMON_BYTES = 36
const MULTIPLE_BYTES = 102
/** Offsets behind the common part. */
const VERSION_3_LENGTH = 36
const NAME = 39
const REVISION = 71
const DIGEST = 73
const INTERNAL_COST = 89
const BRIDGE = 93
const HOPS = 101
const INSTANCES = 102
const INSTANCE_BYTES = 16
/** Bytes that the version 3 length counts in front of the instances. */
const CONFIGURATION_BYTES = 64
const SHORTEST_PATH_BYTES = 87

const versions: Names = new Map([
  [0, '802.1d'],
  [RAPID, '802.1w'],
  [MULTIPLE, '802.1s'],
  [SHORTEST_PATH, '802.1aq'],
])
const types: Names = new Map([
  [CONFIGURATION, 'Config'],
  [RAPID_TYPE, 'Rapid STP'],
  [0x80, 'Topology Change'],
])
const flagNames: Names = new Map([
  [0x01, 'Topology change'],
  [0x02, 'Proposal'],
  [0x10, 'Learn'],
  [0x20, 'Forward'],
  [0x40, 'Agreement'],
  [0x80, 'Topology change ACK'],
])
const roles: Names = namesFromZero('Unknown|Alternate|Root|Designated')

export const printStp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'stp'
  if (length < 4) {
    printInvalid(out)
    return
  }
  if (packet.u16(at) !== 0) {
    out.text(`unknown STP version, length ${length}`)
    return
  }
  const version = packet.u8(at + 2)
  out.text('STP ')
  out.text(versions.get(version) ?? `Unknown STP protocol (0x${hex2(version)})`)
  if (!versions.has(version)) return
  const type = packet.u8(at + 3)
  out.text(`, ${types.get(type) ?? `Unknown BPDU Type (0x${hex2(type)})`}`)
  const verbose = context.options.verbose > 0
  if (type === CONFIGURATION) {
    if (length < COMMON_BYTES - 1) printInvalid(out)
    else printConfiguration(out, packet, at, length, verbose)
  } else if (type === RAPID_TYPE) {
    if (version === RAPID) {
      if (length < COMMON_BYTES) printInvalid(out)
      else printConfiguration(out, packet, at, length, verbose)
    } else if (version !== 0 && !printMultiple(out, packet, at, length, version, verbose)) printInvalid(out)
  }
}

function printConfiguration(out: Line, packet: Cursor, at: Offset, length: Bytes, verbose: boolean): void {
  const flags = packet.u8(at + 4)
  out.text(`, Flags [${bitNames(flagNames, flags, ', ', 'none')}]`)
  packet.need(at + 17, 10)
  out.text(', bridge-id ')
  printBridge(out, packet, at + 17)
  out.byte(0x2e)
  out.hexPadded(packet.u16(at + 25), 4)
  out.text(`, length ${length}`)
  if (!verbose) return
  printTimes(out, packet, at)
  out.text('\n\troot-id ')
  printBridge(out, packet, at + 5)
  out.text(`, root-pathcost ${packet.u32(at + 13)}`)
  if (packet.u8(at + 2) === RAPID) out.text(`, port-role ${roles.get((flags >> 2) & 3)}`)
}

/** False if its lengths contradict each other. */
function printMultiple(
  out: Line,
  packet: Cursor,
  at: Offset,
  length: Bytes,
  version: number,
  verbose: boolean,
): boolean {
  if (length < MULTIPLE_BYTES || packet.u8(at + 35) !== 0) return false
  const bytes = packet.u16(at + VERSION_3_LENGTH) + 2
  if (length < COMMON_BYTES + bytes) return false
  printTrees(out, packet, at, length, verbose)
  if (version !== SHORTEST_PATH) return true
  const ownBytes = packet.u16(at + VERSION_3_LENGTH + bytes) + 2
  if (length < COMMON_BYTES + bytes + ownBytes || ownBytes < SHORTEST_PATH_BYTES) return false
  if (verbose) printShortestPath(out, packet, at + COMMON_BYTES + bytes)
  return true
}

function printTrees(out: Line, packet: Cursor, at: Offset, length: Bytes, verbose: boolean): void {
  const flags = packet.u8(at + 4)
  out.text(`, CIST Flags [${bitNames(flagNames, flags, ', ', 'none')}], length ${length}`)
  if (!verbose) return
  out.text(`\n\tport-role ${roles.get((flags >> 2) & 3)}, `)
  packet.need(at + 5, 12)
  out.text('CIST root-id ')
  printBridge(out, packet, at + 5)
  out.text(`, CIST ext-pathcost ${packet.u32(at + 13)}`)
  packet.need(at + 17, 8)
  out.text('\n\tCIST regional-root-id ')
  printBridge(out, packet, at + 17)
  out.text(', ')
  packet.need(at + 25, 2)
  out.text('CIST port-id ')
  out.hexPadded(packet.u16(at + 25), 4)
  out.byte(0x2c)
  printTimes(out, packet, at)
  const bytes = packet.u16(at + VERSION_3_LENGTH)
  out.text(`\n\tv3len ${bytes}, MCID Name `)
  printString(out, packet, at + NAME, at + REVISION)
  packet.need(at + REVISION, 18)
  out.text(`, rev ${packet.u16(at + REVISION)},\n\t\tdigest `)
  printWords(out, packet, at + DIGEST, 4)
  out.text(', ')
  out.text(`CIST int-root-pathcost ${packet.u32(at + INTERNAL_COST)},`)
  packet.need(at + BRIDGE, 8)
  out.text('\n\tCIST bridge-id ')
  printBridge(out, packet, at + BRIDGE)
  out.text(', ')
  out.text(`CIST remaining-hops ${packet.u8(at + HOPS)}`)
  let next = at + INSTANCES
  for (let left = bytes - CONFIGURATION_BYTES; left >= INSTANCE_BYTES; left -= INSTANCE_BYTES) {
    printInstance(out, packet, next)
    next += INSTANCE_BYTES
  }
}

function printInstance(out: Line, packet: Cursor, at: Offset): void {
  const flags = packet.u8(at)
  out.text(`\n\tMSTI ${packet.u16(at + 1) & 0x0fff}, Flags [${bitNames(flagNames, flags, ', ', 'none')}]`)
  out.text(`, port-role ${roles.get((flags >> 2) & 3)}`)
  packet.need(at + 1, 12)
  out.text('\n\t\tMSTI regional-root-id ')
  printBridge(out, packet, at + 1)
  out.text(`, pathcost ${packet.u32(at + 9)}`)
  packet.need(at + 13, 3)
  out.text(`\n\t\tMSTI bridge-prio ${packet.u8(at + 13) >> 4}`)
  out.text(`, port-prio ${packet.u8(at + 14) >> 4}, hops ${packet.u8(at + 15)}`)
}

/** IEEE 802.1aq §14. */
function printShortestPath(out: Line, packet: Cursor, at: Offset): void {
  out.text(`\n\tv4len ${packet.u16(at)}, AUXMCID Name `)
  printString(out, packet, at + 3, at + 35)
  packet.need(at + 35, 18)
  out.text(`, Rev ${packet.u16(at + 35)},\n\t\tdigest `)
  printWords(out, packet, at + 37, 4)
  packet.need(at + 53, 34)
  const agreement = packet.u8(at + 53)
  out.text(`\n\tAgreement num ${agreement >> 6}, Discarded Agreement num ${(agreement >> 4) & 3}, `)
  out.text(`Agreement valid-flag ${(agreement >> 3) & 1},\n\tRestricted role-flag: ${(agreement >> 2) & 1}, `)
  const format = packet.u8(at + 55)
  const convention = packet.u8(at + 56)
  out.text(`Format id ${format >> 4} cap ${format}, Convention id ${convention >> 4} cap ${convention},\n\t`)
  out.text(`Edge count ${packet.u16(at + 57)}, Agreement digest `)
  printWords(out, packet, at + 67, 5)
}

/** In seconds, with two digits behind the point. */
function printTimes(out: Line, packet: Cursor, at: Offset): void {
  packet.need(at + 27, 8)
  const seconds = (offset: number): string => `${twoDecimals(packet.u16(at + offset) / 256)}s`
  out.text(`\n\tmessage-age ${seconds(27)}, max-age ${seconds(29)}, `)
  out.text(`hello-time ${seconds(31)}, forwarding-delay ${seconds(33)}`)
}

function printBridge(out: Line, packet: Cursor, at: Offset): void {
  packet.need(at, 8)
  out.hexPadded(packet.u16(at), 4)
  out.byte(0x2e)
  out.ether(packet.bytes, at + 2)
}

function printWords(out: Line, packet: Cursor, at: Offset, count: number): void {
  for (let i = 0; i < count; i++) out.hexPadded(packet.u32(at + 4 * i), 8)
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0')
}
