/** Options of PPP's control protocols: LCP (RFC 1661 §6 and others), IPCP (RFC 1332, RFC 1877), IPV6CP (RFC 5072),
 *  CCP (RFC 1962), BACP (RFC 2125). */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { printHex } from './hex-dump.ts'
import type { Line } from './line.ts'
import { printIpCompression } from './ppp-compression.ts'
import type { Context } from './printer.ts'

const LCP = 0xc021
const IPCP = 0x8021
const IPV6CP = 0x8057
const CCP = 0x80fd
const BACP = 0xc02b

const lcpNames = [
  'Vend-Ext',
  'MRU',
  'ACCM',
  'Auth-Prot',
  'Qual-Prot',
  'Magic-Num',
  'deprecated(6)',
  'PFC',
  'ACFC',
  'FCS-Alt',
  'SDP',
  'Num-Mode',
  'deprecated(12)',
  'Call-Back',
  'deprecated(14)',
  'deprecated(15)',
  'deprecated(16)',
  'MRRU',
  '12-Bit seq #',
  'End-Disc',
  'Proprietary',
  'DCE-Id',
  'MP+',
  'Link-Disc',
  'LCP-Auth-Opt',
  'COBS',
  'Prefix-elision',
  'Multilink-header-Form',
  'I18N',
  'SDL-over-SONET/SDH',
  'PPP-Muxing',
] as const
const ipcpNames = new Map<number, string>([
  [1, 'IP-Addrs'],
  [2, 'IP-Comp'],
  [3, 'IP-Addr'],
  [4, 'Home-Addr'],
  [129, 'Pri-DNS'],
  [130, 'Pri-NBNS'],
  [131, 'Sec-DNS'],
  [132, 'Sec-NBNS'],
])
const ccpNames = new Map<number, string>([
  [0, 'OUI'],
  [1, 'Pred-1'],
  [2, 'Pred-2'],
  [3, 'Puddle'],
  [16, 'HP-PPC'],
  [17, 'Stac-LZS'],
  [18, 'MPPC'],
  [19, 'Gand-FZA'],
  [20, 'V.42bis'],
  [21, 'BSD-Comp'],
  [23, 'LZS-DCP'],
  [24, 'MVRCA'],
  [25, 'DEC'],
  [26, 'Deflate'],
])
const authenticationNames = new Map<number, string>([
  [0xc023, 'PAP'],
  [0xc223, 'CHAP'],
  [0xc227, 'EAP'],
  [0xc027, 'SPAP'],
  [0xc123, 'Old-SPAP'],
])
const algorithmNames = new Map<number, string>([
  [5, 'MD5'],
  [6, 'SHA-1'],
  [0x80, 'MS-CHAPv1'],
  [0x81, 'MS-CHAPv2'],
])
const callbackNames = ['UserAuth', 'DialString', 'LocalID', 'E.164', 'X.500', '', 'CBCP'] as const

/** How an option went on: its text is complete, its value is to be dumped, or the capture cut it. */
type Outcome = 'said' | 'dump' | 'cut'

/** What a protocol's options are called, and what prints one. */
interface Family {
  readonly name: string
  readonly unknown: string
  readonly option: (kind: number) => string | null
  readonly print: (out: Line, packet: Cursor, at: Offset, bytes: Bytes, kind: number, context: Context) => Outcome
}

const families = new Map<number, Family>([
  [LCP, { name: 'lcp', unknown: '', option: (kind) => lcpNames[kind] ?? null, print: printLcp }],
  [IPCP, { name: 'ipcp', unknown: 'unknown', option: (kind) => ipcpNames.get(kind) ?? null, print: printIpcp }],
  [
    IPV6CP,
    { name: 'ip6cp', unknown: 'unknown', option: (kind) => (kind === 1 ? 'Interface-ID' : null), print: printIpv6cp },
  ],
  [CCP, { name: 'ccp', unknown: 'Unknown', option: (kind) => ccpNames.get(kind) ?? null, print: printCcp }],
  [
    BACP,
    { name: 'bacp', unknown: 'Unknown', option: (kind) => (kind === 1 ? 'Favored-Peer' : null), print: printBacp },
  ],
])

/** Prints the option at `at`, of at most `left` bytes. Returns its length, 0 to go no further. */
export function printPppOption(
  out: Line,
  packet: Cursor,
  at: Offset,
  left: Bytes,
  protocol: number,
  context: Context,
): Bytes {
  const family = families.get(protocol)
  if (family === undefined) return 0
  if (!packet.has(at, 2)) return cut(out, family)
  const kind = packet.u8(at)
  const bytes = packet.u8(at + 1)
  if (left < 2) return 0
  const name = family.option(kind)
  if (bytes < 2) {
    if (name === null && family.unknown === '') out.text(`\n\tunknown LCP option 0x${hex2(kind)}`)
    else
      out.text(
        `\n\t  ${name ?? family.unknown} Option (0x${hex2(kind)}), length ${bytes} (length bogus, should be >= 2)`,
      )
    return 0
  }
  if (name === null && family.unknown === '') {
    out.text(`\n\tunknown LCP option 0x${hex2(kind)}`)
    return bytes
  }
  out.text(`\n\t  ${name ?? family.unknown} Option (0x${hex2(kind)}), length ${bytes}`)
  const outcome = family.print(out, packet, at, bytes, kind, context)
  if (outcome === 'cut') return cut(out, family)
  if (outcome === 'dump' || (left >= bytes && context.options.verbose > 1))
    printHex(out, packet, '\n\t    ', at + 2, bytes - 2, 0)
  return bytes
}

function cut(out: Line, family: Family): 0 {
  out.text(`[|${family.name}]`)
  return 0
}

/** Says that the length is not what the kind demands. */
function bogus(out: Line, relation: '=' | '>=', bytes: Bytes): Outcome {
  out.text(` (length bogus, should be ${relation} ${bytes})`)
  return 'said'
}

function printLcp(out: Line, packet: Cursor, at: Offset, bytes: Bytes, kind: number, context: Context): Outcome {
  switch (kind) {
    case 0:
      if (bytes < 6) return bogus(out, '>=', 6)
      if (!packet.has(at + 2, 3)) return 'cut'
      out.text(`: Vendor: Unknown (${packet.u24(at + 2)})`)
      return 'said'
    case 1:
    case 17:
      if (bytes !== 4) return bogus(out, '=', 4)
      out.text(`: ${packet.u16(at + 2)}`)
      return 'said'
    case 2:
    case 5:
      if (bytes !== 6) return bogus(out, '=', 6)
      out.text(': 0x')
      out.hexPadded(packet.u32(at + 2), 8)
      return 'said'
    case 3:
      return printAuthentication(out, packet, at, bytes)
    case 4:
      if (bytes < 4) return bogus(out, '>=', 4)
      out.text(packet.u16(at + 2) === 0xc025 ? ': LQR' : ': unknown')
      return 'said'
    case 7:
    case 8:
      return 'said'
    case 13: {
      if (bytes < 3) return bogus(out, '>=', 3)
      const operation = packet.u8(at + 2)
      out.text(`: Callback Operation ${callbackNames[operation] || 'Unknown'} (${operation})`)
      return 'said'
    }
    case 19:
      return printEndpoint(out, packet, at, bytes, context)
    case 23:
      if (bytes !== 4) return bogus(out, '=', 4)
      out.text(`: 0x`)
      out.hexPadded(packet.u16(at + 2), 4)
      return 'said'
    default:
      return context.options.verbose < 2 ? 'dump' : 'said'
  }
}

function printAuthentication(out: Line, packet: Cursor, at: Offset, bytes: Bytes): Outcome {
  if (bytes < 4) return bogus(out, '>=', 4)
  const protocol = packet.u16(at + 2)
  out.text(
    `: ${authenticationNames.get(protocol) ?? `Unknown Auth Proto (0x${protocol.toString(16).padStart(4, '0')})`}`,
  )
  if (protocol === 0xc223 && bytes >= 5) {
    const algorithm = packet.u8(at + 4)
    out.text(`, ${algorithmNames.get(algorithm) ?? `Unknown Auth Alg ${algorithm}`}`)
  } else if (!authenticationNames.has(protocol)) printHex(out, packet, '\n\t', at, bytes, 0)
  return 'said'
}

/** Endpoint discriminator, RFC 1990 §5.1.3. */
function printEndpoint(out: Line, packet: Cursor, at: Offset, bytes: Bytes, context: Context): Outcome {
  if (bytes < 3) return bogus(out, '>=', 3)
  const kind = packet.u8(at + 2)
  switch (kind) {
    case 0:
      out.text(': Null')
      break
    case 1:
      out.text(': Local')
      break
    case 2:
      if (bytes !== 7) return bogus(out, '=', 7)
      packet.need(at + 3, 4)
      out.text(': IPv4 ')
      context.names.ipv4(out, packet.bytes, at + 3)
      break
    case 3:
      if (bytes !== 9) return bogus(out, '=', 9)
      packet.need(at + 3, 6)
      out.text(': MAC ')
      context.names.ether(out, packet.bytes, at + 3)
      break
    case 4:
      out.text(`: Magic-Num 0x`)
      out.hexPadded(packet.u32(at + 3), 8)
      break
    case 5:
      out.text(': PSNDN')
      break
    default:
      out.text(`: Unknown class ${kind}`)
  }
  return 'said'
}

function printIpcp(out: Line, packet: Cursor, at: Offset, bytes: Bytes, kind: number, context: Context): Outcome {
  switch (kind) {
    case 1:
      if (bytes !== 10) return bogus(out, '=', 10)
      packet.need(at + 2, 8)
      out.text(': src ')
      context.names.ipv4(out, packet.bytes, at + 2)
      out.text(', dst ')
      context.names.ipv4(out, packet.bytes, at + 6)
      return 'said'
    case 2:
      if (bytes < 4) return bogus(out, '>=', 4)
      printIpCompression(out, packet, at, bytes)
      return 'said'
    case 3:
    case 4:
    case 129:
    case 130:
    case 131:
    case 132:
      if (bytes !== 6) return bogus(out, '=', 6)
      packet.need(at + 2, 4)
      out.text(': ')
      context.names.ipv4(out, packet.bytes, at + 2)
      return 'said'
    default:
      return context.options.verbose < 2 ? 'dump' : 'said'
  }
}

function printIpv6cp(out: Line, packet: Cursor, at: Offset, bytes: Bytes, kind: number, context: Context): Outcome {
  if (kind !== 1) return context.options.verbose < 2 ? 'dump' : 'said'
  if (bytes !== 10) return bogus(out, '=', 10)
  if (!packet.has(at + 2, 8)) return 'cut'
  out.text(': ')
  for (let i = 2; i < 10; i += 2) {
    if (i > 2) out.byte(0x3a)
    out.hexPadded(packet.u16(at + i), 4)
  }
  return 'said'
}

function printCcp(out: Line, packet: Cursor, at: Offset, bytes: Bytes, kind: number, context: Context): Outcome {
  switch (kind) {
    case 21: {
      if (bytes < 3) return bogus(out, '>=', 3)
      const value = packet.u8(at + 2)
      out.text(`: Version: ${value >> 5}, Dictionary Bits: ${value & 31}`)
      return 'said'
    }
    case 24: {
      if (bytes < 4) return bogus(out, '>=', 4)
      const value = packet.u8(at + 2)
      const history = packet.u8(at + 2) & 31
      out.text(`: Features: ${value >> 6}, PxP: ${(value & 0x20) !== 0 ? 'Enabled' : 'Disabled'}`)
      out.text(`, History: ${history}, #CTX-ID: ${packet.u8(at + 3)}`)
      return 'said'
    }
    case 26: {
      if (bytes < 4) return bogus(out, '>=', 4)
      const first = packet.u8(at + 2)
      const second = packet.u8(at + 3)
      out.text(
        `: Window: ${first >> 4}K, Method: ${(first & 15) === 8 ? 'zlib' : 'unknown'} (0x${(first & 15).toString(16)})`,
      )
      out.text(`, MBZ: ${second >> 2}, CHK: ${second & 3}`)
      return 'said'
    }
    default:
      return context.options.verbose < 2 ? 'dump' : 'said'
  }
}

function printBacp(out: Line, packet: Cursor, at: Offset, bytes: Bytes, kind: number, context: Context): Outcome {
  if (kind !== 1) return context.options.verbose < 2 ? 'dump' : 'said'
  if (bytes !== 6) return bogus(out, '=', 6)
  out.text(': Magic-Num 0x')
  out.hexPadded(packet.u32(at + 2), 8)
  return 'said'
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0')
}
