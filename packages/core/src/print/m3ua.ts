/** MTP3 user adaptation over SCTP, RFC 4666. */
import { type Printer, printInvalid } from './printer.ts'

const HEADER_BYTES = 8
const PARAMETER_BYTES = 4
const VERSION = 1
const ROUTING_CONTEXT = 0x0006
const CORRELATION = 0x0013
const NETWORK_APPEARANCE = 0x0200

type Names = ReadonlyMap<number, string>

/** Message classes and their types, RFC 4666 §3.1.2. */
const classes = new Map<number, { readonly name: string; readonly types: Names }>([
  [0, { name: 'Management', types: numbered(0, ['Error', 'Notify']) }],
  [1, { name: 'Transfer', types: numbered(1, ['Data']) }],
  [
    2,
    {
      name: 'SS7',
      types: numbered(1, [
        'Destination Unavailable',
        'Destination Available',
        'Destination State Audit',
        'Signalling Congestion',
        'Destination User Part Unavailable',
        'Destination Restricted',
      ]),
    },
  ],
  [
    3,
    {
      name: 'ASP',
      types: numbered(1, [
        'Up',
        'Down',
        'Heartbeat',
        'Up Acknowledgement',
        'Down Acknowledgement',
        'Heartbeat Acknowledgement',
      ]),
    },
  ],
  [
    4,
    { name: 'ASP', types: numbered(1, ['Active', 'Inactive', 'Active Acknowledgement', 'Inactive Acknowledgement']) },
  ],
  [
    9,
    {
      name: 'Routing Key Management',
      types: numbered(1, [
        'Registration Request',
        'Registration Response',
        'Deregistration Request',
        'Deregistration Response',
      ]),
    },
  ],
])

const parameterNames: Names = new Map([
  [0x0004, 'INFO String'],
  [ROUTING_CONTEXT, 'Routing Context'],
  [0x0007, 'Diagnostic Info'],
  [0x0009, 'Heartbeat Data'],
  [0x000b, 'Traffic Mode Type'],
  [0x000c, 'Error Code'],
  [0x000d, 'Status'],
  [0x0011, 'ASP Identifier'],
  [0x0012, 'Affected Point Code'],
  [CORRELATION, 'Correlation ID'],
  [NETWORK_APPEARANCE, 'Network Appearance'],
  [0x0204, 'User/Cause'],
  [0x0205, 'Congestion Indications'],
  [0x0206, 'Concerned Destination'],
  [0x0207, 'Routing Key'],
  [0x0208, 'Registration Result'],
  [0x0209, 'Deregistration Result'],
  [0x020a, 'Local Routing Key Identifier'],
  [0x020b, 'Destination Point Code'],
  [0x020c, 'Service Indicators'],
  [0x020e, 'Originating Point Code List'],
  [0x0210, 'Protocol Data'],
  [0x0212, 'Registration Status'],
  [0x0213, 'Deregistration Status'],
])

function numbered(first: number, names: readonly string[]): Names {
  return new Map(names.map((name, i) => [first + i, name]))
}

export const printM3ua: Printer = (out, packet, at, length, context) => {
  context.protocol = 'm3ua'
  if (length < HEADER_BYTES) {
    printInvalid(out)
    return
  }
  if (packet.u8(at) !== VERSION) return
  const messageClass = packet.u8(at + 2)
  const type = packet.u8(at + 3)
  const known = classes.get(messageClass)
  out.text('\n\t\t')
  if (known === undefined) out.text(`Unknown message class ${messageClass}`)
  else out.text(`${known.name} ${known.types.get(type) ?? `Unknown (0x${type.toString(16).padStart(2, '0')})`} Message`)
  const bytes = packet.u32(at + 4)
  if (bytes !== length) {
    out.text(`\n\t\t\t@@@@@@ Corrupted length ${bytes} of message @@@@@@`)
    return
  }
  const end = at + length
  for (let next = at + HEADER_BYTES; next < end; ) {
    if (end - next < PARAMETER_BYTES) {
      printInvalid(out)
      return
    }
    const tag = packet.u16(next)
    const parameterBytes = packet.u16(next + 2)
    out.text(`\n\t\t\t${parameterNames.get(tag) ?? `Unknown Parameter (0x${tag.toString(16).padStart(4, '0')})`}: `)
    if (parameterBytes < PARAMETER_BYTES) {
      printInvalid(out)
      return
    }
    const padded = (parameterBytes + 3) & ~3
    packet.need(next, padded)
    // tcpdump shows the first four bytes of the parameter, its tag and length, where the value is meant.
    if (tag === NETWORK_APPEARANCE || tag === ROUTING_CONTEXT || tag === CORRELATION) {
      if (parameterBytes < PARAMETER_BYTES + 4) printInvalid(out)
      else {
        out.text('0x')
        out.hexPadded(packet.u32(next), 8)
      }
    } else out.text(`(length ${parameterBytes})`)
    next += padded
  }
}
