import { BPF_B, BPF_H } from '../bpf.ts'
import { and, type Condition, not } from '../condition.ts'
import { FilterError } from '../error.ts'
import type { Context } from './context.ts'
import { MAX_LENGTH_FIELD } from './numbers.ts'

/** Supervisory and unnumbered frames, IEEE 802.2 §5.4: control field, without its poll/final bit. */
const SUPERVISORY: Readonly<Record<string, number>> = { rr: 0x01, rnr: 0x05, rej: 0x09 }
const UNNUMBERED: Readonly<Record<string, number>> = {
  ui: 0x03,
  ua: 0x63,
  disc: 0x43,
  dm: 0x0f,
  sabme: 0x6f,
  test: 0xe3,
  xid: 0xaf,
  frmr: 0x87,
}

/** `llc`, or one of its types. */
export function isLlc(context: Context, type: string | null): Condition {
  const name = type?.toLowerCase() ?? ''
  if (type !== null && !['i', 's', 'u'].includes(name) && !(name in SUPERVISORY) && !(name in UNNUMBERED))
    throw new FilterError('meaning', `unknown LLC type name "${type}"`)
  const has = hasLlc(context)
  if (type === null) return has
  // The control field is the third byte. Information frames have an even one.
  if (name === 'i') return and(has, not(context.anyBit('llc', 2, BPF_B, 1)))
  if (name === 's') return and(has, context.equalMasked('llc', 2, BPF_B, 1, 3))
  if (name === 'u') return and(has, context.equalMasked('llc', 2, BPF_B, 3, 3))
  if (name in SUPERVISORY) return and(has, context.equalMasked('llc', 2, BPF_B, SUPERVISORY[name], 0x0f))
  return and(has, context.equalMasked('llc', 2, BPF_B, UNNUMBERED[name], 0xef))
}

function hasLlc(context: Context): Condition {
  switch (context.layout?.family) {
    case 'ethernet': {
      // A length, and not Novell's form without 802.2.
      const isLength = not(context.greater('link-type', 0, BPF_H, MAX_LENGTH_FIELD))
      return and(isLength, not(context.equal('llc', 0, BPF_H, 0xffff)))
    }
    case 'llc':
      return context.constant(true)
    default:
      throw context.notFor("'llc' not supported for")
  }
}
