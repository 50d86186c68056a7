/** Telnet commands, RFC 854 and RFC 855; text between them is not shown. */
import type { Offset } from '../units.ts'
import { type Cursor, TRUNCATED } from './cursor.ts'
import type { Line } from './line.ts'
import type { Printer } from './printer.ts'
import { type Names, namesFromZero } from './tokens.ts'

const IAC = 255
const DONT = 254
const WILL = 251
const SB = 250
const SE = 240
const FIRST_COMMAND = 236

/** From 236 on. */
const commands = 'EOF|SUSP|ABORT|EOR|SE|NOP|DMARK|BRK|IP|AO|AYT|EC|EL|GA|SB|WILL|WONT|DO|DONT|IAC'.split('|')

/** IANA "Telnet Options". */
const options: Names = namesFromZero(
  'BINARY|ECHO|RCP|SUPPRESS GO AHEAD|NAME|STATUS|TIMING MARK|RCTE|NAOL|NAOP|NAOCRD|NAOHTS|NAOHTD|NAOFFD|NAOVTS|NAOVTD|NAOLFD|EXTEND ASCII|LOGOUT|BYTE MACRO|DATA ENTRY TERMINAL|SUPDUP|SUPDUP OUTPUT|SEND LOCATION|TERMINAL TYPE|END OF RECORD|TACACS UID|OUTPUT MARKING|TTYLOC|3270 REGIME|X.3 PAD|NAWS|TSPEED|LFLOW|LINEMODE|XDISPLOC|OLD-ENVIRON|AUTHENTICATION|ENCRYPT|NEW-ENVIRON',
)

export const printTelnet: Printer = (out, packet, at, length, context) => {
  context.protocol = 'telnet'
  const end = at + length
  let next = at
  let first = true
  while (next < end) {
    if (packet.u8(next) !== IAC) {
      next++
      continue
    }
    if (next + 1 < end && packet.u8(next + 1) === IAC) {
      // An escaped byte of the text.
      next += 2
      continue
    }
    out.text(first ? ' [telnet ' : ', ')
    first = false
    next = printCommand(out, packet, next + 1, end)
  }
  if (!first) out.byte(0x5d)
}

function printCommand(out: Line, packet: Cursor, at: Offset, end: Offset): Offset {
  if (at >= end) throw TRUNCATED
  const command = packet.u8(at)
  if (command < FIRST_COMMAND) {
    out.text(`IAC ${command.toString(16)}`)
    return at + 1
  }
  out.text(commands[command - FIRST_COMMAND])
  let next = at + 1
  if (command < SB || command > DONT) return next
  if (next >= end) throw TRUNCATED
  const option = packet.u8(next++)
  out.byte(0x20)
  const name = options.get(option)
  if (name === undefined) {
    out.byte(0x23)
    out.decimal(option)
  } else out.text(name)
  if (command >= WILL) return next
  // The option's own data, up to IAC SE.
  while (next < end && packet.u8(next) !== IAC) {
    out.text(next === at + 2 ? ' 0x' : '')
    out.hexPadded(packet.u8(next++), 2)
  }
  if (next + 1 < end && packet.u8(next + 1) === SE) {
    out.text(' SE')
    next += 2
  }
  return next
}
