import { isDigit } from './scan.ts'

/** Text → four bytes; null if it is no dotted quad. */
export function parseIpv4(text: string): number[] | null {
  if (text.length > 15 || text.length < 7) return null
  const bytes: number[] = []
  let value = -1
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 0x2e
    if (isDigit(code)) {
      value = (value < 0 ? 0 : value * 10) + code - 0x30
      if (value > 255) return null
    } else if (code === 0x2e && value >= 0) {
      bytes.push(value)
      value = -1
    } else return null
  }
  return bytes.length === 4 ? bytes : null
}

export function isIpv4(text: string): boolean {
  return parseIpv4(text) !== null
}

/** RFC 4291 §2.2, a zone (`%eth0`) ignored. Text → sixteen bytes; null if it is no IPv6 address. */
export function parseIpv6(text: string): number[] | null {
  const zone = text.indexOf('%')
  const address = zone < 0 ? text : text.slice(0, zone)
  if (address.length > 45 || address.length < 2) return null
  const gap = address.indexOf('::')
  if (gap !== address.lastIndexOf('::')) return null
  const head = gap < 0 ? groups(address) : groups(address.slice(0, gap))
  const tail = gap < 0 ? [] : groups(address.slice(gap + 2))
  if (head === null || tail === null) return null
  const missing = 16 - head.length - tail.length
  if (gap < 0 ? missing !== 0 : missing < 2) return null
  return [...head, ...new Array<number>(missing).fill(0), ...tail]
}

/** Bytes of `2001:db8:0:1` or `ffff:10.0.0.1`. */
function groups(text: string): number[] | null {
  if (text === '') return []
  const bytes: number[] = []
  const parts = text.split(':')
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]
    const last = i === parts.length - 1
    if (last && part.includes('.')) {
      const v4 = parseIpv4(part)
      if (v4 === null) return null
      bytes.push(...v4)
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null
      const value = Number.parseInt(part, 16)
      bytes.push(value >> 8, value & 255)
    }
  }
  return bytes
}

/** Eight groups in lower case, without the shortening of RFC 5952: enough for a stand-in's name. */
export function ipv6Text(bytes: readonly number[]): string {
  // Stand-ins are 2001:db8::N with N below 2^32.
  const high = (bytes[12] << 8) | bytes[13]
  const low = (bytes[14] << 8) | bytes[15]
  return high === 0 ? `2001:db8::${low.toString(16)}` : `2001:db8::${high.toString(16)}:${low.toString(16)}`
}
