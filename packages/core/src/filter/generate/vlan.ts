import { Block, gotoBlock, orderBlocks, type Statement } from '../block.ts'
import {
  BPF_ABS,
  BPF_ADD,
  BPF_ALU,
  BPF_AND,
  BPF_B,
  BPF_H,
  BPF_IMM,
  BPF_JEQ,
  BPF_JMP,
  BPF_K,
  BPF_LD,
  BPF_LDX,
  BPF_MEM,
  BPF_ST,
} from '../bpf.ts'
import { and, type Condition, or, test } from '../condition.ts'
import { meaningless, unsupported } from '../error.ts'
import { type Context, statement } from './context.ts'
import { LINK_EN10MB, LINK_NETANALYZER } from './layout.ts'
import { VLAN_ETHERTYPES } from './numbers.ts'

/** Ancillary data of Linux's kernel (linux/filter.h: SKF_AD_OFF + SKF_AD_VLAN_TAG, SKF_AD_VLAN_TAG_PRESENT): the tag of
 *  802.1Q that the interface has taken out of the packet. */
const ANCILLARY_TAG = 0xfffff000 + 44
const ANCILLARY_TAG_PRESENT = 0xfffff000 + 48
/** The VLAN's number within the tag's control information (IEEE 802.1Q §9.6). */
const ID_MASK = 0xfff
/** A tag slips in between the addresses and the type. */
const TAG_BYTES = 4

/** `vlan`, `vlan 5`: an 802.1Q tag. What is tested to the right lies behind it. */
export function isVlan(context: Context, tag: number | null): Condition {
  if (context.mplsDepth > 0) throw unsupported('no VLAN match after MPLS')
  if (context.link !== LINK_EN10MB && context.link !== LINK_NETANALYZER) throw context.notFor('no VLAN support for')
  if (tag !== null && tag > ID_MASK) throw meaningless(`VLAN tag ${tag} greater than maximum 4095`)
  const isOutermost = context.vlanDepth++ === 0 && !context.isVariable && context.linkType.register < 0
  if (context.isLinuxCapture && isOutermost) return isOutermostVlan(context, tag)
  let condition = hasTagType(context)
  if (tag !== null) condition = and(condition, context.equalMasked('network', 0, BPF_H, tag, ID_MASK))
  const move = (offset: Context['payload']) => ({ ...offset, constant: offset.constant + TAG_BYTES })
  context.payload = move(context.payload)
  context.linkType = move(context.linkType)
  return condition
}

function hasTagType(context: Context): Condition {
  return VLAN_ETHERTYPES.map((type) => context.equal('link-type', 0, BPF_H, type)).reduce((left, right) =>
    or(left, right),
  )
}

/** The tag may be beside the packet or in it: where what follows lies is known only when the program runs. */
function isOutermostVlan(context: Context, tag: number | null): Condition {
  const inPacket = VLAN_ETHERTYPES.map((type) => test(context.load('link-type', 0, BPF_H), BPF_JEQ | BPF_K, type))
  const loadTag = context.load('network', 0, BPF_H)
  const payload = context.allocateRegister()
  const linkType = context.allocateRegister()
  const [first] = inPacket
  const shift = [...added(payload), ...added(linkType)]
  // Without a tag beside it, the first of these tests is always met.
  if (first.kind === 'test') first.statements.unshift(...shift)
  context.vlanShift = shift
  context.payload = { ...context.payload, register: payload }
  context.linkType = { ...context.linkType, register: linkType }
  const isBeside = test(loadPresent(), BPF_JEQ | BPF_K, 1)
  const condition = inPacket.reduce((left, right) => or(left, right), isBeside)
  if (tag === null) return condition
  context.mayOptimize = false
  return and(condition, { kind: 'custom', build: (yes, no) => compareTag(loadTag, tag, yes, no) })
}

function loadPresent(): Statement[] {
  return [statement(BPF_LD | BPF_ABS | BPF_B, ANCILLARY_TAG_PRESENT)]
}

/** M[register] += the length of a tag. */
function added(register: number): Statement[] {
  return [
    statement(BPF_LD | BPF_MEM, register),
    statement(BPF_ALU | BPF_ADD | BPF_K, TAG_BYTES),
    statement(BPF_ST, register),
  ]
}

function compareTag(loadTag: Statement[], tag: number, yes: Block, no: Block): Block {
  const equal = BPF_JMP | BPF_JEQ | BPF_K
  const compare = new Block([statement(BPF_ALU | BPF_AND | BPF_K, ID_MASK)], equal, tag, yes, no)
  const beside = gotoBlock(compare)
  beside.statements = [statement(BPF_LD | BPF_ABS | BPF_B, ANCILLARY_TAG)]
  const inPacket = gotoBlock(compare)
  inPacket.statements = loadTag
  return new Block(loadPresent(), equal, 1, beside, inPacket)
}

/** Before anything is tested, no tag has moved anything. With `optimize`, nothing has to be moved where nothing is read
 *  behind the tag. */
export function prepareVlan(context: Context, entry: Block, optimize: boolean): Block {
  const { vlanShift } = context
  if (vlanShift === null) return entry
  const registers = vlanShift.filter(({ code }) => code === BPF_ST).map(({ k }) => k)
  const blocks = orderBlocks(entry)
  const isRead = ({ code, k }: Statement): boolean => code === (BPF_LDX | BPF_MEM) && registers.includes(k)
  if (optimize && context.mayOptimize && !blocks.some(({ statements }) => statements.some(isRead))) {
    for (const block of blocks) block.statements = block.statements.filter((each) => !vlanShift.includes(each))
    return entry
  }
  context.mayOptimize = false
  const start = gotoBlock(entry)
  start.statements = [statement(BPF_LD | BPF_IMM, 0), ...registers.map((register) => statement(BPF_ST, register))]
  return start
}
