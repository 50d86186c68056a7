import { parseIpv4, parseIpv6 } from './address.ts'

/** The colon that ends the target: the last one of a numeric IPv6 token, else the first. -1 without. */
export function endOfTarget(token: string): number {
  const first = token.indexOf(':')
  if (first < 0 || first === token.length - 1) return first
  if (token.endsWith(':') && token.indexOf(':', first + 1) > 0) {
    const bare = token.slice(0, -1)
    if (parseIpv6(bare) !== null || parseIpv6(bare.slice(0, Math.max(0, bare.lastIndexOf('.')))) !== null)
      return token.length - 1
  }
  const whole = parseIpv6(token) ?? parseIpv6(token.slice(0, Math.max(0, token.lastIndexOf('.'))))
  return whole !== null ? -1 : first
}

/** `IP A > B:` within reach. */
export function mentionsPacket(text: string, from: number): boolean {
  for (const word of [' IP ', ' IP6 ']) {
    const at = text.indexOf(word, from)
    if (at >= 0 && at - from < 200 && mentionsPair(text, at)) return true
  }
  return false
}

/** `A > B:` within reach. */
export function mentionsPair(text: string, from: number): boolean {
  const at = text.indexOf(' > ', from)
  return at > 0 && at - from < 200 && text.indexOf(':', at) > 0
}

/** An address or a name, with or without a port behind it. */
export function isHostToken(token: string): boolean {
  return token.length > 1 && token.length <= 300 && /^[A-Za-z0-9_.:%-]+$/.test(token) && /[.:]|^[A-Za-z]/.test(token)
}

export function hasPorts(source: string, target: string): boolean {
  return hasPort(source) && hasPort(target)
}

/** Whether a port stands behind the address or name. */
export function hasPort(token: string): boolean {
  const dot = token.lastIndexOf('.')
  if (dot <= 0 || dot === token.length - 1) return false
  return parseIpv4(token) === null && (!token.includes(':') || parseIpv6(token) === null)
}
