/** Telnet commands, RFC 854 and RFC 855, in front of the text; the text is not shown. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import type { Printer } from './printer.ts'

const IAC = 255
const DONT = 254
const SB = 250
const SE = 240
const FIRST_COMMAND = 236
const AUTHENTICATION = 37
const ENCRYPT = 38

/** From 236 on. */
const commands = 'EOF|SUSP|ABORT|EOR|SE|NOP|DMARK|BRK|IP|AO|AYT|EC|EL|GA|SB|WILL|WONT|DO|DONT|IAC'.split('|')

/** IANA "Telnet Options", as tcpdump writes them. */
const options =
  'BINARY|ECHO|RCP|SUPPRESS GO AHEAD|NAME|STATUS|TIMING MARK|RCTE|NAOL|NAOP|NAOCRD|NAOHTS|NAOHTD|NAOFFD|NAOVTS|NAOVTD|NAOLFD|EXTEND ASCII|LOGOUT|BYTE MACRO|DATA ENTRY TERMINAL|SUPDUP|SUPDUP OUTPUT|SEND LOCATION|TERMINAL TYPE|END OF RECORD|TACACS UID|OUTPUT MARKING|TTYLOC|3270 REGIME|X.3 PAD|NAWS|TSPEED|LFLOW|LINEMODE|XDISPLOC|OLD-ENVIRON|AUTHENTICATION|ENCRYPT|NEW-ENVIRON'.split(
    '|',
  )
const requests = ['IS', 'SEND']
const authenticationCommands = ['IS', 'SEND', 'REPLY', 'NAME']
const authenticationTypes =
  'NULL|KERBEROS_V4|KERBEROS_V5|SPX|MINK|SRP|RSA|SSL|||LOKI|SSA|KEA_SJ|KEA_SJ_INTEG|DSS|NTLM'.split('|')
const encryptionCommands = 'IS|SUPPORT|REPLY|START|END|REQUEST-START|REQUEST-END|ENC-KEYID|DEC-KEYID'.split('|')
const encryptionTypes = ['ANY', 'DES_CFB64', 'DES_OFB64']

export const printTelnet: Printer = (out, packet, at, length, context) => {
  context.protocol = 'telnet'
  const end = at + length
  let next = at
  while (next < end && packet.u8(next) === IAC) {
    const bytes = commandBytes(packet, next, end)
    if (bytes < 0) break
    out.text(next === at ? ' [telnet ' : ', ')
    printCommand(out, packet, next, bytes)
    next += bytes
  }
  if (next > at) out.byte(0x5d)
}

/** Length of the command at `at`, or -1 if it is none or not whole. */
function commandBytes(packet: Cursor, at: Offset, end: Offset): Bytes {
  if (at + 1 >= end) return -1
  const command = packet.u8(at + 1)
  if (command < FIRST_COMMAND) return -1
  if (command < SB || command > DONT) return 2
  if (at + 2 >= end) return -1
  packet.need(at, 3)
  if (command !== SB) return 3
  const last = endOfOption(packet, at + 3, end)
  return packet.u8(last) === IAC ? last + 2 - at : -1
}

/** Where IAC SE begins, or the last byte if there is none. */
function endOfOption(packet: Cursor, at: Offset, end: Offset): Offset {
  let next = at
  while (next + 1 < end && packet.u16(next) !== ((IAC << 8) | SE)) next++
  return next
}

function printCommand(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  const command = packet.u8(at + 1)
  if (command === IAC) {
    out.text('IAC IAC')
    return
  }
  out.text(commands[command - FIRST_COMMAND])
  if (command < SB) return
  const option = packet.u8(at + 2)
  out.byte(0x20)
  out.text(option < options.length ? options[option] : number(option))
  if (command !== SB) return
  const end = at + bytes - 2
  let next = at + 3
  const names =
    option === AUTHENTICATION
      ? [authenticationCommands, authenticationTypes]
      : option === ENCRYPT
        ? [encryptionCommands, encryptionTypes]
        : [requests]
  for (const list of names) {
    if (next >= end) break
    const value = packet.u8(next++)
    out.byte(0x20)
    out.text(list[value] || number(value))
  }
  for (; next < end; next++) {
    out.byte(0x20)
    out.text(number(packet.u8(next)))
  }
  out.text(' SE')
}

/** As C's %#x. */
function number(value: number): string {
  return value === 0 ? '0' : `0x${value.toString(16)}`
}
