import { Block, gotoBlock, type Statement } from '../block.ts'
import {
  BPF_ADD,
  BPF_ALU,
  BPF_AND,
  BPF_B,
  BPF_H,
  BPF_IMM,
  BPF_IND,
  BPF_JEQ,
  BPF_JMP,
  BPF_K,
  BPF_LD,
  BPF_LDX,
  BPF_MEM,
  BPF_MISC,
  BPF_MUL,
  BPF_ST,
  BPF_STX,
  BPF_TAX,
  BPF_TXA,
  BPF_W,
  BPF_X,
} from '../bpf.ts'
import { and, type Condition, or, test } from '../condition.ts'
import { meaningless } from '../error.ts'
import { type Context, statement } from './context.ts'
import { LINK_EN10MB } from './layout.ts'
import { carries } from './link-type.ts'
import { ETHERTYPE_IP, ETHERTYPE_IPV6, ETHERTYPE_TEB, IPPROTO_UDP } from './numbers.ts'
import { isFirstFragment } from './ports.ts'

const UDP_HEADER_BYTES = 8
const GENEVE_PORT = 6081
const VXLAN_PORT = 4789

/** Geneve (RFC 8926 §3.4: version and option words, flags, protocol, VNI in the upper 24 bits of the second word, options)
 *  and VXLAN (RFC 7348 §5: flags, reserved, VNI likewise) over UDP. Later tests see the packet inside. */
export function isTunnel(context: Context, kind: 'geneve' | 'vxlan', vni: number | null): Condition {
  if (vni !== null && vni > 0xffffff)
    throw meaningless(`${kind === 'geneve' ? 'Geneve' : 'VXLAN'} VNI ${vni} greater than maximum 16777215`)
  const over4 = isOver(context, kind, 4, vni)
  const over6 = isOver(context, kind, 6, vni)
  const outer = or(over4, over6)
  // The offsets inside are computed at run time, and live in scratch memory from here on.
  context.mayOptimize = false
  return and(outer, kind === 'geneve' ? enterGeneve(context) : enterVxlan(context))
}

/** Ends with the length of the IP header, and of the variable headers before it, in A and X. */
function isOver(context: Context, kind: 'geneve' | 'vxlan', version: 4 | 6, vni: number | null): Condition {
  const base = version === 4 ? 'ipv4-payload' : 'ipv6-payload'
  let condition = carries(context, version === 4 ? ETHERTYPE_IP : ETHERTYPE_IPV6)
  condition = and(condition, context.equal('network', version === 4 ? 9 : 6, BPF_B, IPPROTO_UDP))
  if (version === 4) condition = and(condition, isFirstFragment(context))
  condition = and(condition, context.equal(base, 2, BPF_H, kind === 'geneve' ? GENEVE_PORT : VXLAN_PORT))
  // Geneve's version must be 0. Of VXLAN's flags, that a VNI is there.
  if (kind === 'geneve') condition = and(condition, context.equalMasked(base, UDP_HEADER_BYTES, BPF_B, 0, 0xc0))
  else condition = and(condition, context.equal(base, UDP_HEADER_BYTES, BPF_B, 8))
  if (vni !== null)
    condition = and(condition, context.equalMasked(base, UDP_HEADER_BYTES + 4, BPF_W, vni << 8, 0xffffff00))
  const statements = version === 4 ? context.loadIpv4HeaderBytes() : loadIpv6HeaderBytes(context)
  if (version === 4) statements.push(statement(BPF_MISC | BPF_TXA, 0))
  return and(condition, test(statements, BPF_JEQ | BPF_X, 0))
}

function loadIpv6HeaderBytes(context: Context): Statement[] {
  const { register } = context.payload
  const header = [statement(BPF_LD | BPF_IMM, 40)]
  if (register >= 0) {
    header.unshift(statement(BPF_LDX | BPF_MEM, register))
    header.push(statement(BPF_ALU | BPF_ADD | BPF_X, 0))
  }
  return [...header, statement(BPF_MISC | BPF_TAX, 0)]
}

/** A += place of the tunnel's header as far as it is constant. */
function addTunnelAt(context: Context): Statement {
  return statement(BPF_ALU | BPF_ADD | BPF_K, context.payload.constant + context.network + UDP_HEADER_BYTES)
}

/** What is inside begins at places that registers hold. That labels came before stays known, as in libpcap. */
function enter(context: Context, type: number, header: number, payload: number): void {
  context.enterLink(LINK_EN10MB, { constant: 0, register: header })
  context.linkType = { constant: 0, register: type }
  context.payload = { constant: 0, register: payload }
  context.network = 0
  context.networkLlc = 3
}

/** X = where the tunnel's header begins; then the three offsets, by whether an Ethernet frame is inside. Always true. */
function enterGeneve(context: Context): Condition {
  const toHeader = addTunnelAt(context)
  const type = context.allocateRegister()
  const header = context.allocateRegister()
  const payload = context.allocateRegister()
  enter(context, type, header, payload)
  context.isGeneve = true
  const find = [
    toHeader,
    statement(BPF_MISC | BPF_TAX, 0),
    // The type of what is inside, if no link header follows.
    statement(BPF_ALU | BPF_ADD | BPF_K, 2),
    statement(BPF_ST, type),
    statement(BPF_LD | BPF_IND | BPF_B, 0),
    statement(BPF_ALU | BPF_AND | BPF_K, 0x3f),
    statement(BPF_ALU | BPF_MUL | BPF_K, 4),
    statement(BPF_ALU | BPF_ADD | BPF_K, 8),
    statement(BPF_ALU | BPF_ADD | BPF_X, 0),
    statement(BPF_ST, header),
    statement(BPF_LD | BPF_IND | BPF_H, 2),
    statement(BPF_LDX | BPF_MEM, header),
  ]
  const ethernet = [
    statement(BPF_MISC | BPF_TXA, 0),
    statement(BPF_ALU | BPF_ADD | BPF_K, 12),
    statement(BPF_ST, type),
    statement(BPF_ALU | BPF_ADD | BPF_K, 2),
    statement(BPF_MISC | BPF_TAX, 0),
  ]
  return {
    kind: 'custom',
    build: (yes) => {
      const equal = BPF_JMP | BPF_JEQ | BPF_K
      const last = gotoBlock(yes)
      last.statements = [statement(BPF_STX, payload)]
      const inEthernet = gotoBlock(last)
      inEthernet.statements = ethernet
      return new Block(find, equal, ETHERTYPE_TEB, inEthernet, last)
    },
  }
}

/** VXLAN's header has a fixed length, and an Ethernet frame is always inside. Always true. */
function enterVxlan(context: Context): Condition {
  const toHeader = addTunnelAt(context)
  const header = context.allocateRegister()
  const type = context.allocateRegister()
  const payload = context.allocateRegister()
  enter(context, type, header, payload)
  context.isGeneve = false
  const find = [
    toHeader,
    statement(BPF_ALU | BPF_ADD | BPF_K, 8),
    statement(BPF_ST, header),
    statement(BPF_ALU | BPF_ADD | BPF_K, 12),
    statement(BPF_ST, type),
    statement(BPF_ALU | BPF_ADD | BPF_K, 2),
    statement(BPF_ST, payload),
    statement(BPF_LD | BPF_IMM, 0),
  ]
  return test(find, BPF_JEQ | BPF_K, 0)
}
