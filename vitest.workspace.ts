import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { ClosingLine } from './packages/tools/closing-line.ts'
import { chromiumAdvice, chromiumFlags, findChromium } from './packages/tools/find-chromium.ts'

// Every package is tested from its TypeScript source; only the gates look at what is built and packed.
const conditions = ['@acme/source']

const chromium = findChromium()
// Elsewhere a run without a browser is better than none; packages/tools/test/chromium.test.ts fails it in CI.
if (chromium === undefined) console.error(`\n${chromiumAdvice}\n`)
const env = { CHROMIUM_PATH: chromium ?? '', CHROMIUM_FLAGS: chromiumFlags.join(' ') }

const browserProjects = [
  {
    extends: true as const,
    test: {
      name: 'browser',
      include: ['packages/*/test/**/*.browser-test.{ts,tsx}'],
      testTimeout: 20_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { executablePath: chromium ?? '', args: [...chromiumFlags] } }),
        instances: [{ browser: 'chromium' as const }],
      },
    },
  },
  {
    extends: true as const,
    test: {
      name: 'e2e',
      include: ['examples/*/test/**/*.e2e-test.ts'],
      // Whole applications start here, on a machine that may have two slow cores.
      testTimeout: 120_000,
      hookTimeout: 120_000,
      fileParallelism: false,
      env,
    },
  },
]

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] } },
  test: {
    reporters: ['default', new ClosingLine()],
    passWithNoTests: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: [
            'packages/{schema,transport,frontend,backend,server,msw}/test/**/*.test.ts',
            'packages/conformance/**/*.test.ts',
            'examples/*/test/**/*.test.ts',
          ],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          env,
        },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['packages/*/test/**/*.test-d.{ts,tsx}'],
            tsconfig: './tsconfig.json',
            // The gate "types" checks the sources; here only the type tests themselves are judged.
            ignoreSourceErrors: true,
          },
        },
      },
      ...(chromium === undefined ? [] : browserProjects),
      {
        extends: true,
        test: {
          name: 'gates',
          include: ['packages/tools/test/**/*.test.ts'],
          globalSetup: ['packages/tools/pack-packages.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          env,
        },
      },
    ],
  },
})
