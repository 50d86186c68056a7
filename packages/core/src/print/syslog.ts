/** Syslog over UDP, RFC 3164 and RFC 5424. */
import { printHex } from './hex-dump.ts'
import { type Printer, printInvalid } from './printer.ts'
import { printBytes } from './safe-text.ts'
import { type Names, nameOf, namesFromZero } from './tokens.ts'

const severities: Names = namesFromZero('emergency|alert|critical|error|warning|notice|info|debug')
const facilities: Names = namesFromZero(
  'kernel|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|ntp|security|console|cron|local0|local1|local2|local3|local4|local5|local6|local7',
)

export const printSyslog: Printer = (out, packet, at, length, context) => {
  context.protocol = 'syslog'
  if (packet.u8(at) !== 0x3c) {
    printInvalid(out)
    return
  }
  let next = at + 1
  let priority = 0
  for (let digit = packet.u8(next) - 0x30; next <= at + 3 && digit >= 0 && digit <= 9; digit = packet.u8(next) - 0x30) {
    priority = 10 * priority + digit
    next++
  }
  if (packet.u8(next) !== 0x3e) {
    printInvalid(out)
    return
  }
  next++
  const facility = (priority & 0x3f8) >> 3
  const severity = priority & 7
  const facilityName = nameOf(facilities, facility, 'unknown (', ')')
  const severityName = nameOf(severities, severity, 'unknown (', ')')
  const { verbose } = context.options
  if (verbose === 0) {
    out.text(`SYSLOG ${facilityName}.${severityName}, length: ${length}`)
    return
  }
  out.text(`SYSLOG, length: ${length}\n\tFacility ${facilityName} (${facility}), `)
  out.text(`Severity ${severityName} (${severity})\n\tMsg: `)
  if (!printBytes(out, packet, next, Math.max(next, at + length))) packet.need(at, length)
  if (verbose > 1) printHex(out, packet, '\n\t', at, Math.min(length, packet.left(at)), 0)
}
