import { existsSync } from 'node:fs'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { ClosingLine } from './packages/tools/src/closing-line.ts'

const conditions = ['@acme/source']
const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
if (!existsSync(executablePath)) {
  throw new Error(
    `No chromium at ${executablePath}: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.`,
  )
}

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] } },
  test: {
    reporters: ['default', new ClosingLine()],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: [
            'packages/{schema,transport,backend,frontend,server,msw}/test/**/*.test.ts',
            'packages/conformance/suites/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        // The other version of MSW that the mock promises to work with.
        resolve: { alias: [{ find: /^msw(\/|$)/, replacement: 'msw-2$1' }] },
        test: { name: 'msw-2', include: ['packages/msw/test/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['packages/*/{test,types}/**/*.test-d.ts'],
            tsconfig: './packages/tools/tsconfig.json',
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['packages/*/test/**/*.browser-test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath,
                args: [
                  '--no-sandbox',
                  '--disable-gpu',
                  '--disable-quic',
                  '--no-first-run',
                  '--disable-background-networking',
                  '--disable-component-update',
                  '--disable-sync',
                ],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        extends: true,
        test: { name: 'examples', include: ['examples/*/test/**/*.e2e-test.ts'], fileParallelism: false },
      },
      { extends: true, test: { name: 'gates', include: ['packages/tools/test/**/*.test.ts'], testTimeout: 240_000 } },
    ],
  },
})
