import type { Reporter, TestModule } from 'vitest/node'

/** Prints `N passed, N failed` as the very last line of a run; a file that does not load counts as one failed test. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0
    let failed = errors.length
    let skipped = 0
    for (const module of modules) {
      const before = failed
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed++
        else if (state === 'failed') failed++
        else skipped++
      }
      if (module.state() === 'failed' && failed === before) failed++
    }
    const line = `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`
    // On exit, so that it stands after whatever else is printed at the end.
    process.on('exit', () => process.stdout.write(line))
  }
}
