import {
  type BpfProgram,
  compileFilter,
  disassemble,
  FilterError,
  type FilterNames,
  linkTypeDescription,
} from '@wiretale/core'
import { Failure } from './failure.ts'
import { pointAt } from './point-at.ts'
import type { Settings } from './settings.ts'

const LINK_EN10MB = 1
/** No name means anything. */
export const nothingKnown: FilterNames = {
  hostAddresses: () => [],
  servicePorts: () => null,
  ipProtocol: () => null,
  network: () => null,
  etherHost: () => null,
}
const FORMS = ['human', 'human', 'c', 'decimal'] as const

/** What is known of the packets that a filter is for. */
export interface FilterTarget {
  readonly link: number
  readonly snaplen: number
  /** File: of a machine with big-endian numbers. */
  readonly isBigEndian?: boolean
  /** Packets come from an interface, whose kernel knows more of them than their bytes. */
  readonly isLive?: boolean
  /** -f: of the interface, as a 32-bit number. */
  readonly netmask?: number
}

/** Compiles the filter; null: every packet. Throws Failure. */
export function compile(
  expression: string,
  source: FilterTarget,
  settings: Settings,
  names: FilterNames,
): BpfProgram | null {
  // Nothing to compile, unless the program is to be shown; an unknown link type has none, not even for all packets.
  const isShown = settings.dumpCode > 0
  if (!isShown && expression.trim() === '' && linkTypeDescription(source.link) !== null) return null
  try {
    const { program } = compileFilter(expression, {
      link: source.link,
      snaplen: source.snaplen,
      optimize: settings.optimize,
      netmask: source.netmask ?? 0,
      names,
      isSavefile: settings.readFile !== null || settings.listFile !== null,
      isBigEndian: source.isBigEndian ?? false,
      isLinuxCapture: source.isLive === true && process.platform === 'linux',
    })
    return program
  } catch (error) {
    throw error instanceof FilterError ? new Failure(error.message, error.hint, pointAt(expression, error)) : error
  }
}

/** The program as -d, -dd or -ddd show it. */
export function showCode(program: BpfProgram | null, { dumpCode }: Settings): string {
  return program === null ? '' : disassemble(program, FORMS[Math.min(dumpCode, 3)])
}

/** Whether a word alone is a filter: a keyword or an address; a name needs more, whoever may have it. */
export function isFilter(word: string): boolean {
  try {
    compileFilter(word, { link: LINK_EN10MB, snaplen: 65_535, optimize: false, netmask: 0, names: nothingKnown })
    return true
  } catch (error) {
    if (error instanceof FilterError) return false
    throw error
  }
}
