/** IPsec headers: authentication (RFC 4302), encapsulated payload (RFC 4303, without its contents) and IPComp
 *  (RFC 3173). */
import { printIpPayload } from './ip-payload.ts'
import { type Printer, printTruncated } from './printer.ts'

export const printAuthentication: Printer = (out, packet, at, length, context) => {
  context.protocol = 'ah'
  if (!packet.has(at, 1)) {
    printTruncated(out, context)
    return
  }
  packet.need(at, 12)
  const words = packet.u8(at + 1)
  const bytes = (words + 2) * 4
  out.text('AH(')
  if (context.options.verbose > 0) out.text(`length=${words}(${bytes}-bytes),`)
  const reserved = packet.u16(at + 2)
  if (reserved !== 0) out.text(`reserved=0x${reserved.toString(16)}[MustBeZero],`)
  out.text('spi=0x')
  out.hexPadded(packet.u32(at + 4), 8)
  out.text(`,seq=0x${packet.u32(at + 8).toString(16)},icv=0x`)
  for (let i = 12; i < bytes; i++) out.hexPadded(packet.u8(at + i), 2)
  out.text('): ')
  printIpPayload(out, packet, at + bytes, length - bytes, packet.u8(at), context)
}

export const printEncapsulatedPayload: Printer = (out, packet, at, length, context) => {
  context.protocol = 'esp'
  packet.need(at, 8)
  if (length < 8) {
    printTruncated(out, context)
    return
  }
  out.text('ESP(spi=0x')
  out.hexPadded(packet.u32(at), 8)
  out.text(`,seq=0x${packet.u32(at + 4).toString(16)}), length ${length}`)
}

export const printCompressedPayload: Printer = (out, packet, at, _length, context) => {
  context.protocol = 'ipcomp'
  packet.need(at, 4)
  out.text(`IPComp(cpi=0x`)
  out.hexPadded(packet.u16(at + 2), 4)
  out.byte(0x29)
}
