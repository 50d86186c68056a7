import { linkTypeDescription, linkTypeName } from '../../file/link-types.ts'
import type { Statement } from '../block.ts'
import {
  BPF_ABS,
  BPF_ADD,
  BPF_ALU,
  BPF_AND,
  BPF_B,
  BPF_H,
  BPF_IND,
  BPF_JEQ,
  BPF_JGE,
  BPF_JGT,
  BPF_JSET,
  BPF_K,
  BPF_LD,
  BPF_LDX,
  BPF_LSH,
  BPF_MEM,
  BPF_MEMWORDS,
  BPF_MISC,
  BPF_MSH,
  BPF_TAX,
  BPF_W,
  BPF_X,
} from '../bpf.ts'
import { and, type Condition, not, test } from '../condition.ts'
import { FilterError, meaningless, unsupported } from '../error.ts'
import type { FilterNames } from '../names.ts'
import { type LinkLayout, linkLayout } from './layout.ts'

export interface GenerateOptions {
  readonly link: number
  /** Of the interface's network; null = unknown. */
  readonly netmask: number | null
  readonly names: FilterNames
  /** A savefile has no kernel that could tell a packet's direction and interface. */
  readonly isSavefile: boolean
  /** For Linux's kernel, which tells a VLAN tag that the interface has taken out of the packet. */
  readonly isLinuxCapture: boolean
  /** Byte order of the machine that captured. */
  readonly isBigEndian: boolean
}

/** A place in the packet: `constant`, plus what a scratch register holds where headers before it vary in length. */
export interface PacketOffset {
  readonly constant: number
  /** -1 = none. */
  readonly register: number
}

/** What an offset in a test counts from. */
export type Base =
  | 'link-header'
  | 'previous-link-header'
  | 'link-type'
  /** IEEE 802.2 header. */
  | 'llc'
  /** Network header. */
  | 'network'
  /** Network header where 802.2 comes without SNAP. */
  | 'network-llc'
  /** The label before the current one's payload. */
  | 'mpls-label'
  /** Payload of the IPv4 or IPv6 header; IPv6 extension headers are not followed. */
  | 'ipv4-payload'
  | 'ipv6-payload'

export type Size = typeof BPF_B | typeof BPF_H | typeof BPF_W

/** Of these libpcap 1.10 knows that they exist; what it knows nothing of it does not filter at all. */
const FIRST_KNOWN = 104
const LAST_KNOWN = 289
const LINK_ARCNET = 7

function isKnown(link: number): boolean {
  return link === LINK_ARCNET || (link >= FIRST_KNOWN && link <= LAST_KNOWN)
}

/** Largest number of instructions generated, so that a hostile text cannot eat the memory. */
const MAX_STATEMENTS = 500_000

/** What the tests to the left have established of the headers, and the code for reading from them. Encapsulations (`vlan`,
 *  `mpls`, `pppoes`, `geneve`) move the offsets for everything to their right. */
export class Context {
  readonly names: FilterNames
  readonly netmask: number | null
  readonly isSavefile: boolean
  readonly isLinuxCapture: boolean
  readonly isBigEndian: boolean
  /** LINKTYPE_ number of the innermost link layer. */
  link: number
  layout: LinkLayout | null
  linkHeader: PacketOffset
  previousLinkHeader: PacketOffset
  linkType: PacketOffset
  payload: PacketOffset
  network: number
  networkLlc: number
  mplsDepth = 0
  vlanDepth = 0
  /** Moves the offsets behind a VLAN tag that is in the packet; null: no test has to. */
  vlanShift: Statement[] | null = null
  isGeneve = false
  /** Code with loops, or with values in scratch memory that outlive a test, is left alone by the optimiser. */
  mayOptimize = true
  private readonly isUsed = new Uint8Array(BPF_MEMWORDS)
  private nextRegister = 0
  private statements = 0

  constructor(options: GenerateOptions) {
    this.names = options.names
    this.netmask = options.netmask
    this.isSavefile = options.isSavefile
    this.isLinuxCapture = options.isLinuxCapture
    this.isBigEndian = options.isBigEndian
    this.link = options.link
    this.layout = linkLayout(options.link)
    if (this.layout === null && !isKnown(options.link))
      throw unsupported(`unknown data link type ${options.link} (min ${FIRST_KNOWN}, max ${LAST_KNOWN})`)
    const { type = -1, payload = 0, header = 0, network = 0, networkLlc = network } = this.layout ?? {}
    this.linkHeader = { constant: header, register: -1 }
    this.previousLinkHeader = this.linkHeader
    this.linkType = { constant: type, register: -1 }
    this.payload = { constant: payload, register: -1 }
    this.network = network
    this.networkLlc = networkLlc
  }

  /** Description of the link type as libpcap's messages have it. */
  get linkDescription(): string {
    return linkTypeDescription(this.link) ?? linkTypeName(this.link)
  }

  /** Starts the layers of another link type within the packet's payload. */
  enterLink(link: number, header: PacketOffset): void {
    this.previousLinkHeader = this.linkHeader
    this.link = link
    this.layout = linkLayout(link)
    this.linkHeader = header
    // It has a header of its own, whatever is around it.
    this.isGeneve = false
  }

  allocateRegister(): number {
    for (let tries = 0; tries < BPF_MEMWORDS; tries++) {
      const register = this.nextRegister
      if (this.isUsed[register] === 0) {
        this.isUsed[register] = 1
        return register
      }
      this.nextRegister = (register + 1) % BPF_MEMWORDS
    }
    throw meaningless('too many registers needed to evaluate expression')
  }

  freeRegister(register: number): void {
    this.isUsed[register] = 0
  }

  /** Whether a header before the network header varies in length. */
  get isVariable(): boolean {
    return this.payload.register >= 0 || this.linkHeader.register >= 0
  }

  /** A = `size` bytes at `offset` from `base`. May change X. */
  load(base: Base, offset: number, size: Size): Statement[] {
    this.statements += 2
    if (this.statements > MAX_STATEMENTS)
      throw new FilterError(
        'too-complex',
        'out of memory',
        -1,
        -1,
        `the filter needs more than ${MAX_STATEMENTS} instructions`,
      )
    switch (base) {
      case 'link-header':
        return this.loadFrom(this.linkHeader, offset, size)
      case 'previous-link-header':
        return this.loadFrom(this.previousLinkHeader, offset, size)
      case 'link-type':
        return this.loadFrom(this.linkType, offset, size)
      case 'llc':
        return this.loadFrom(this.payload, offset, size)
      case 'network':
        return this.loadFrom(this.payload, this.network + offset, size)
      case 'network-llc':
        return this.loadFrom(this.payload, this.networkLlc + offset, size)
      case 'mpls-label':
        return this.loadFrom(this.payload, this.network - 4 + offset, size)
      case 'ipv6-payload':
        return this.loadFrom(this.payload, this.network + 40 + offset, size)
      case 'ipv4-payload':
        return [
          ...this.loadIpv4HeaderBytes(),
          statement(BPF_LD | BPF_IND | size, this.payload.constant + this.network + offset),
        ]
    }
  }

  /** X = length of the IPv4 header, plus what the register of the payload's offset holds. */
  loadIpv4HeaderBytes(): Statement[] {
    const { register, constant } = this.payload
    const at = constant + this.network
    if (register < 0) return [statement(BPF_LDX | BPF_MSH | BPF_B, at)]
    return [
      statement(BPF_LDX | BPF_MEM, register),
      statement(BPF_LD | BPF_IND | BPF_B, at),
      statement(BPF_ALU | BPF_AND | BPF_K, 0xf),
      statement(BPF_ALU | BPF_LSH | BPF_K, 2),
      statement(BPF_ALU | BPF_ADD | BPF_X, 0),
      statement(BPF_MISC | BPF_TAX, 0),
    ]
  }

  private loadFrom(from: PacketOffset, offset: number, size: Size): Statement[] {
    const k = from.constant + offset
    if (from.register < 0) return [statement(BPF_LD | BPF_ABS | size, k)]
    return [statement(BPF_LDX | BPF_MEM, from.register), statement(BPF_LD | BPF_IND | size, k)]
  }

  equal(base: Base, offset: number, size: Size, value: number): Condition {
    return test(this.load(base, offset, size), BPF_JEQ | BPF_K, value >>> 0)
  }

  equalMasked(base: Base, offset: number, size: Size, value: number, mask: number): Condition {
    const statements = this.load(base, offset, size)
    if (mask !== 0xffffffff) statements.push(statement(BPF_ALU | BPF_AND | BPF_K, mask))
    return test(statements, BPF_JEQ | BPF_K, value)
  }

  greater(base: Base, offset: number, size: Size, value: number): Condition {
    return test(this.load(base, offset, size), BPF_JGT | BPF_K, value)
  }

  atLeast(base: Base, offset: number, size: Size, value: number): Condition {
    return test(this.load(base, offset, size), BPF_JGE | BPF_K, value)
  }

  atMost(base: Base, offset: number, size: Size, value: number): Condition {
    return not(this.greater(base, offset, size, value))
  }

  anyBit(base: Base, offset: number, size: Size, bits: number): Condition {
    return test(this.load(base, offset, size), BPF_JSET | BPF_K, bits)
  }

  /** All of `value`'s bytes at `offset`: from the last to the first, since the last differ most among addresses. */
  equalBytes(base: Base, offset: number, value: Uint8Array): Condition {
    let condition: Condition | null = null
    let left = value.length
    while (left > 0) {
      const bytes = left >= 4 ? 4 : left >= 2 ? 2 : 1
      left -= bytes
      let number = 0
      for (let i = 0; i < bytes; i++) number = number * 256 + value[left + i]
      const part = this.equal(base, offset + left, bytes === 4 ? BPF_W : bytes === 2 ? BPF_H : BPF_B, number)
      condition = condition === null ? part : and(condition, part)
    }
    return condition!
  }

  /** Always, or never, true. */
  constant(isTrue: boolean): Condition {
    return test([statement(BPF_LD | BPF_W, isTrue ? 0 : 1)], BPF_JEQ | BPF_K, 0)
  }

  notFor(what: string): FilterError {
    return unsupported(`${what} ${this.linkDescription}`)
  }
}

export function statement(code: number, k: number): Statement {
  return { code, k: k >>> 0 }
}
