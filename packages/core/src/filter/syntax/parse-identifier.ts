import type { TokenStream } from './tokens.ts'
import type { AddressType, Direction, Identifier, Qualifiers } from './tree.ts'

const IDENTIFIERS: ReadonlySet<string> = new Set(['name', 'ipv4', 'ipv6', 'mac', 'arcnet'])
const DIRECTIONS: ReadonlySet<string> = new Set(['src', 'dst', 'addr1', 'addr2', 'addr3', 'addr4', 'ra', 'ta'])
const TYPES: ReadonlySet<string> = new Set(['host', 'net', 'port', 'portrange'])
const UNDIRECTED_TYPES: ReadonlySet<string> = new Set(['proto', 'protochain', 'gateway'])

/** Whether a token of this kind begins an identifier (a number may, too). */
export function isIdentifier(kind: string): boolean {
  return IDENTIFIERS.has(kind)
}

/** A name or an address, with its prefix length or mask. */
export function parseIdentifier(tokens: TokenStream): Identifier {
  const { kind, text } = tokens.take()
  if (kind === 'mac' || kind === 'arcnet' || kind === 'name') return { kind, text }
  const bits = tokens.accept('/') ? tokens.expect('number').value : null
  const mask = kind === 'ipv4' && bits === null && tokens.accept('mask') ? tokens.expect('ipv4').text : null
  if (bits === null && mask === null && !['and', 'or', ')', 'end'].includes(tokens.current.kind))
    throw tokens.unexpected()
  return kind === 'ipv4' ? { kind, text, bits, mask } : { kind: 'ipv6', text, bits }
}

/** Direction and type before an identifier; null if neither is there. */
export function parseQualifiers(tokens: TokenStream, protocol: string | null): Qualifiers | null {
  const { kind } = tokens.current
  if (UNDIRECTED_TYPES.has(kind)) {
    tokens.take()
    return { protocol, direction: null, type: kind as AddressType }
  }
  const direction = DIRECTIONS.has(kind) ? parseDirection(tokens) : null
  const type = TYPES.has(tokens.current.kind) ? (tokens.take().kind as AddressType) : null
  return direction === null && type === null ? null : { protocol, direction, type }
}

/** `src`, `dst or src`, `src and dst`, `addr1`, … */
function parseDirection(tokens: TokenStream): Direction {
  const first = tokens.take().kind
  if (first !== 'src' && first !== 'dst') return first as Direction
  const joint = tokens.current.kind
  if (joint !== 'or' && joint !== 'and') return first
  tokens.take()
  tokens.expect(first === 'src' ? 'dst' : 'src')
  return joint
}
