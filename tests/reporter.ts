import type { Reporter, SerializedError, TestModule, Vitest } from 'vitest/node'
import { inCi } from './needs.ts'

/** Closes a run plainly: each skipped test by name and with its reason, then `N passed, N failed, N skipped`.
 *  Under CI a skipped test fails the run. */
export default class ClosingLines implements Reporter {
  /** `-t PATTERN`: what was not asked for is not skipped. */
  private filtered = false

  onInit(vitest: Vitest): void {
    this.filtered = vitest.config.testNamePattern !== undefined
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 }
    const lines: string[] = []
    for (const module of modules) {
      // A file that does not load, or a hook that throws, fails by itself: its tests only look skipped.
      count.failed += module.errors().length
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') count.passed++
        else if (result.state === 'failed') count.failed++
        else if (!this.filtered) {
          count.skipped++
          const reason = (result.state === 'skipped' && result.note) || 'no reason given'
          lines.push(`skipped: ${module.relativeModuleId} > ${test.fullName} (${reason})`)
        }
      }
    }
    if (count.skipped > 0 && inCi) {
      lines.push('under CI nothing may be skipped')
      process.exitCode = 1
    }
    lines.push(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
    process.stdout.write(`${lines.join('\n')}\n`)
  }
}
