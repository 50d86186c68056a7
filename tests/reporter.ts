import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** Closes a run plainly: each skipped test by name and with its reason, then `N passed, N failed, N skipped`.
 *  Under CI a skipped test fails the run. */
export default class ClosingLines implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 }
    const lines: string[] = []
    for (const module of modules) {
      if (module.state() === 'failed' && module.children.size === 0) count.failed++
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') count.passed++
        else if (result.state === 'failed') count.failed++
        else {
          count.skipped++
          const reason = (result.state === 'skipped' && result.note) || 'no reason given'
          lines.push(`skipped: ${module.relativeModuleId} > ${test.fullName} (${reason})`)
        }
      }
    }
    lines.push(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
    process.stdout.write(`${lines.join('\n')}\n`)
    if (count.skipped > 0 && !['', '0', 'false'].includes(process.env['CI'] ?? '')) {
      process.stdout.write('under CI nothing may be skipped\n')
      process.exitCode = 1
    }
  }
}
