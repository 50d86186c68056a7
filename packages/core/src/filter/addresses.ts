/** Addresses as filters write them. */

/** A left-aligned IPv4 prefix: `10.1` → value 0x0a01, bits 16. Parts are decimal, as inet_addr's are not; null for a part
 *  above 255 or one that is no decimal number. */
export function parseIpv4Prefix(text: string): { readonly value: number; readonly bits: number } | null {
  let value = 0
  const parts = text.split('.')
  for (const part of parts) {
    const number = Number(part)
    if (!/^[0-9]+$/.test(part) || number > 255) return null
    value = value * 256 + number
  }
  return { value, bits: parts.length * 8 }
}

/** The sixteen bytes of an IPv6 address (RFC 4291 §2.2), null if the text is none. */
export function parseIpv6(text: string): Uint8Array | null {
  const bytes = new Uint8Array(16)
  const halves = text.split('::')
  if (halves.length > 2) return null
  const front = groupBytes(halves[0], halves.length === 1)
  const back = halves.length === 2 ? groupBytes(halves[1], true) : []
  if (front === null || back === null) return null
  const total = front.length + back.length
  if (halves.length === 1 ? total !== 16 : total > 14) return null
  bytes.set(front, 0)
  bytes.set(back, 16 - back.length)
  return bytes
}

function groupBytes(text: string, mayEndDotted: boolean): number[] | null {
  if (text === '') return []
  const bytes: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    if (mayEndDotted && i === parts.length - 1 && part.includes('.')) {
      const dotted = part.split('.')
      if (dotted.length !== 4) return null
      for (const number of dotted) {
        if (!/^(?:0|[1-9][0-9]{0,2})$/.test(number) || Number(number) > 255) return null
        bytes.push(Number(number))
      }
    } else {
      if (!/^[0-9A-Fa-f]{1,4}$/.test(part)) return null
      const group = Number.parseInt(part, 16)
      bytes.push(group >> 8, group & 0xff)
    }
  }
  return bytes
}

/** The six bytes of a MAC address in any form that the lexer takes: `a:b:c:d:e:f`, with - or ., `aabb.ccdd.eeff`, twelve digits. */
export function parseMac(text: string): Uint8Array {
  const parts = text.split(/[-:.]/)
  const digits = parts.length === 6 ? parts.map((part) => part.padStart(2, '0')).join('') : parts.join('')
  return Uint8Array.from({ length: 6 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}

/** Address of a DECnet node: area (6 bits), node (10 bits); null if it is none. libpcap 1.10 cuts off what is too much,
 *  and filters for another node; 1.11 refuses it, as here. */
export function parseDecnet(text: string): number | null {
  const parts = /^([0-9]+)\.([0-9]+)$/.exec(text)
  if (parts === null) return null
  const [area, node] = [Number(parts[1]), Number(parts[2])]
  return area > 63 || node > 1023 ? null : (area << 10) | node
}
