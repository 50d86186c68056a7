import { ATM_FIELDS, ATM_TYPES, MTP2_TYPES, MTP3_FIELDS, PF_WORDS } from './keywords.ts'
import { isRelation } from './parse-arithmetic.ts'
import type { TokenStream } from './tokens.ts'
import type { FilterNode } from './tree.ts'

const BYTE_OPERATORS: ReadonlySet<string> = new Set(['&', '|', '<', '>', '='])

/** A test that begins with a word of its own; null if the current token is no such word. */
export function parsePrimitive(tokens: TokenStream): FilterNode | null {
  const { kind, at } = tokens.current
  switch (kind) {
    case 'less':
    case 'greater': {
      tokens.take()
      const bytes = tokens.expect('number').value
      return { kind: 'length', test: kind, bytes, at, end: tokens.lastEnd }
    }
    case 'byte':
      return parseByte(tokens)
    case 'inbound':
    case 'outbound':
      return { kind: 'direction', outbound: kind === 'outbound', at, end: tokens.take().end }
    case 'ifindex': {
      tokens.take()
      const index = tokens.expect('number').value
      return { kind, index, at, end: tokens.lastEnd }
    }
    case 'vlan':
    case 'mpls':
    case 'pppoes':
    case 'geneve':
    case 'vxlan': {
      tokens.take()
      const id = parseNumber(tokens)
      return { kind: 'encapsulation', name: kind, id, at, end: tokens.lastEnd }
    }
    case 'pppoed':
      return { kind: 'encapsulation', name: kind, id: null, at, end: tokens.take().end }
    case 'llc': {
      tokens.take()
      const type = tokens.current.kind === 'name' || tokens.current.kind === 'rnr' ? tokens.take().text : null
      return { kind, type, at, end: tokens.lastEnd }
    }
    default:
      return parseForeign(tokens)
  }
}

/** A test that a protocol may precede: `ip broadcast`, `wlan type mgt`; null if the current token begins none. */
export function parseQualifiedPrimitive(tokens: TokenStream, protocol: string | null, at: number): FilterNode | null {
  const { kind } = tokens.current
  if (kind === 'broadcast' || kind === 'multicast')
    return { kind: 'cast', protocol, cast: kind, at, end: tokens.take().end }
  if (kind === 'type') {
    tokens.take()
    const type = parseNameOrNumber(tokens)
    const subtype = tokens.accept('subtype') ? parseNameOrNumber(tokens) : null
    return { kind: 'wireless-type', type, subtype, at, end: tokens.lastEnd }
  }
  if (kind === 'subtype') {
    tokens.take()
    const subtype = tokens.expect('name').text
    return { kind: 'wireless-type', type: null, subtype, at, end: tokens.lastEnd }
  }
  if (kind !== 'dir') return null
  tokens.take()
  const value = parseNameOrNumber(tokens)
  return { kind: 'foreign', word: kind, value, at, end: tokens.lastEnd }
}

function parseByte(tokens: TokenStream): FilterNode {
  const { at } = tokens.take()
  const index = tokens.expect('number').value
  const operator = tokens.current.kind
  if (!BYTE_OPERATORS.has(operator)) throw tokens.unexpected()
  tokens.take()
  const value = tokens.expect('number').value
  return { kind: 'byte', index, operator, value, at, end: tokens.lastEnd }
}

/** A number, perhaps in parentheses; null if there is none. */
function parseNumber(tokens: TokenStream): number | null {
  if (tokens.current.kind === 'number') return tokens.take().value
  if (tokens.current.kind !== '(') return null
  tokens.enter()
  tokens.take()
  const value = parseNumber(tokens)
  if (value === null) throw tokens.unexpected()
  tokens.expect(')')
  tokens.leave()
  return value
}

function parseNameOrNumber(tokens: TokenStream): string | number {
  return tokens.current.kind === 'number' ? tokens.take().value : tokens.expect('name').text
}

/** Tests of pf's log, ATM and SS7. Their values are read as libpcap reads them, for what they mean only the first counts. */
function parseForeign(tokens: TokenStream): FilterNode | null {
  const { kind, at } = tokens.current
  let value: string | number | null = null
  if (ATM_TYPES.has(kind) || MTP2_TYPES.has(kind)) tokens.take()
  else if (PF_WORDS.has(kind)) {
    tokens.take()
    if (kind === 'reason') value = parseNameOrNumber(tokens)
    else value = kind === 'rnr' || kind === 'srnr' ? tokens.expect('number').value : tokens.expect('name').text
  } else if (ATM_FIELDS.has(kind) || MTP3_FIELDS.has(kind)) {
    tokens.take()
    value = parseFieldValue(tokens)
  } else return null
  return { kind: 'foreign', word: kind, value, at, end: tokens.lastEnd }
}

/** `5`, `> 5`, `(5 or 6 or 7)`. */
function parseFieldValue(tokens: TokenStream): number {
  if (isRelation(tokens.current.kind)) {
    tokens.take()
    return tokens.expect('number').value
  }
  if (!tokens.accept('(')) return tokens.expect('number').value
  const { value } = tokens.expect('number')
  while (tokens.accept('or')) tokens.expect('number')
  tokens.expect(')')
  return value
}
