import { clockOffset } from './clock-offset.ts'
import { idleClose } from './idle-close.ts'
import type { Rule } from './rule.ts'
import { twoWrites } from './two-writes.ts'
import { whoClosedFirst } from './who-closed-first.ts'

/** All rules, in the order of the report. A rule is run with the facts that it needs. */
export const rules: readonly Rule[] = [whoClosedFirst, twoWrites, idleClose, clockOffset] as readonly Rule[]
