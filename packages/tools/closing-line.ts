import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule, TestRunEndReason } from 'vitest/node'

/** How many tests of a run passed, failed or were left out. */
export interface Figures {
  passed: number
  failed: number
  skipped: number
}

/**
 * A vitest reporter that counts the run and leaves the figures where run.mjs reads them, which prints the closing line
 * once vitest has ended: a reporter's own last words are not the last, since coverage tables and browsers come after.
 *
 * A file that fails without a failing test (it does not load, it has type errors) counts as one failure, and so does
 * every error outside a test.
 */
export class ClosingLine implements Reporter {
  readonly #path: string | undefined

  /** Takes the file to write; without one it does nothing. @default ACME_FIGURES of the environment */
  constructor(path: string | undefined = process.env['ACME_FIGURES']) {
    this.#path = path
  }

  /** Called by vitest at the end of a run. */
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[], reason: TestRunEndReason): void {
    const figures = countRun(modules, errors.length)
    if (reason !== 'passed' && figures.failed === 0) figures.failed = 1
    if (this.#path !== undefined) writeFileSync(this.#path, JSON.stringify(figures))
  }
}

/** Counts the tests of the modules, their failures outside tests, and the errors outside modules. */
export function countRun(modules: readonly TestModule[], errors: number): Figures {
  const figures: Figures = { passed: 0, failed: errors, skipped: 0 }
  for (const module of modules) {
    let failed = 0
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') figures.passed += 1
      else if (state === 'skipped') figures.skipped += 1
      else failed += 1
    }
    if (failed === 0 && !module.ok()) failed = 1
    figures.failed += failed
  }
  return figures
}
