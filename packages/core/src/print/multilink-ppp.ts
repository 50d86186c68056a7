/** Multilink PPP, RFC 1990 §3. */
import type { Printer } from './printer.ts'

const flagNames: Readonly<Record<number, string>> = { 32768: 'begin', 16384: 'end', 49152: 'begin, end' }

export const printMultilink: Printer = (out, packet, at, length, context) => {
  if (!context.options.link) out.text('MLPPP, ')
  context.protocol = 'mlppp'
  if (length < 2 || !packet.has(at, 2)) {
    out.text('[|mlppp]')
    return
  }
  const header = packet.u16(at)
  out.text('seq 0x')
  out.hexPadded(header & 0x0fff, 3)
  out.text(`, Flags [${flagNames[header & 0xc000] ?? 'none'}], length ${length}`)
}
