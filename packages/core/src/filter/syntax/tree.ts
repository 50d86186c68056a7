import type { Offset } from '../../units.ts'

/** The syntax tree of an expression. Places are those of the text that a node came from, for error messages. */
export interface Place {
  readonly at: Offset
  readonly end: Offset
}

/** Protocol of a qualifier or an accessor, a word of PROTOCOL_WORDS. */
export type Protocol = string
export type Direction = 'src' | 'dst' | 'or' | 'and' | 'addr1' | 'addr2' | 'addr3' | 'addr4' | 'ra' | 'ta'
export type AddressType = 'host' | 'net' | 'port' | 'portrange' | 'proto' | 'protochain' | 'gateway'

/** What stands before an identifier. Null = not given. Later identifiers of an and/or chain inherit it. */
export interface Qualifiers {
  readonly protocol: Protocol | null
  readonly direction: Direction | null
  readonly type: AddressType | null
}

/** An identifier: what a qualifier applies to. */
export type Identifier =
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'ipv4'; readonly text: string; readonly bits: number | null; readonly mask: string | null }
  | { readonly kind: 'ipv6'; readonly text: string; readonly bits: number | null }
  | { readonly kind: 'mac'; readonly text: string }
  | { readonly kind: 'arcnet'; readonly text: string }

export interface ChainLink {
  readonly or: boolean
  readonly node: FilterNode
}

export type Relation = '=' | '!=' | '<' | '<=' | '>' | '>='

export type FilterNode =
  /** `and` and `or` bind equally tightly, to the left: a flat list, however long. */
  | (Place & { readonly kind: 'chain'; readonly first: FilterNode; readonly rest: readonly ChainLink[] })
  | (Place & { readonly kind: 'not'; readonly node: FilterNode })
  /** `qualifiers` is null where there is nothing to inherit: `tcp or 80`. */
  | (Place & { readonly kind: 'id'; readonly id: Identifier; readonly qualifiers: Qualifiers | null })
  | (Place & { readonly kind: 'protocol'; readonly protocol: Protocol })
  | (Place & {
      readonly kind: 'relation'
      readonly relation: Relation
      readonly left: Arithmetic
      readonly right: Arithmetic
    })
  | (Place & { readonly kind: 'cast'; readonly protocol: Protocol | null; readonly cast: 'broadcast' | 'multicast' })
  | (Place & { readonly kind: 'length'; readonly test: 'less' | 'greater'; readonly bytes: number })
  | (Place & { readonly kind: 'byte'; readonly index: number; readonly operator: string; readonly value: number })
  | (Place & { readonly kind: 'direction'; readonly outbound: boolean })
  | (Place & { readonly kind: 'ifindex'; readonly index: number })
  | (Place & {
      readonly kind: 'encapsulation'
      readonly name: 'vlan' | 'mpls' | 'pppoed' | 'pppoes' | 'geneve' | 'vxlan'
      readonly id: number | null
    })
  | (Place & { readonly kind: 'llc'; readonly type: string | null })
  /** Tests that only link types outside this project's know (802.11, ATM, SS7, pf): `word` and its first argument. */
  | (Place & { readonly kind: 'foreign'; readonly word: string; readonly value: string | number | null })
  | (Place & {
      readonly kind: 'wireless-type'
      readonly type: string | number | null
      readonly subtype: string | number | null
    })

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>'

export type Arithmetic =
  | (Place & { readonly kind: 'number'; readonly value: number })
  | (Place & { readonly kind: 'len' })
  | (Place & { readonly kind: 'load'; readonly protocol: Protocol; readonly index: Arithmetic; readonly size: number })
  | (Place & { readonly kind: 'negate'; readonly operand: Arithmetic })
  | (Place & {
      readonly kind: 'binary'
      readonly operator: ArithmeticOperator
      readonly left: Arithmetic
      readonly right: Arithmetic
    })
