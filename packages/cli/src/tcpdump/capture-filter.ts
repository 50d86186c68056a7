import type { BpfProgram, FilterNames } from '@wiretale/core'
import { findExpression } from './expression.ts'
import { Failure } from './failure.ts'
import { compile, type FilterTarget, nothingKnown, showCode } from './filter.ts'
import type { Settings } from './settings.ts'
import { print } from './tell.ts'

/** -d has shown the filter: nothing is captured or read. */
export class CodeShown extends Error {}

/** The filter of one run. */
export class CaptureFilter {
  private readonly settings: Settings
  private readonly operands: readonly string[]
  private expression: string | null = null
  private names: FilterNames = nothingKnown

  /** `operands`: the words of the filter. */
  constructor(settings: Settings, operands: readonly string[]) {
    this.settings = settings
    this.operands = operands
  }

  /** Hosts that the filter names are looked up before the input is opened, since compiling does not wait. */
  async findHosts(): Promise<void> {
    try {
      if (this.words().trim() === '') return
      const { findFilterNames } = await import('../names/filter-names.ts')
      this.names = await findFilterNames(this.words())
    } catch (error) {
      // It comes again, in tcpdump's order: when the input has been announced.
      if (!(error instanceof Failure)) throw error
    }
  }

  /** The words; none where they cannot be had, of which compile() complains in its turn. */
  wordsOrNone(): string {
    try {
      return this.words()
    } catch (error) {
      if (error instanceof Failure) return ''
      throw error
    }
  }

  /** Throws Failure. */
  words(): string {
    this.expression ??= findExpression(this.settings, this.operands)
    return this.expression
  }

  /** The program for packets of `target`; null: every packet. Throws Failure, or CodeShown. */
  compile(target: FilterTarget): BpfProgram | null {
    const program = compile(this.words(), target, this.settings, this.names)
    if (this.settings.dumpCode === 0) return program
    print(showCode(program, this.settings))
    throw new CodeShown()
  }
}
