import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { ClosingLine } from './packages/tools/src/closing-line.ts'
import { findChromium } from './packages/tools/src/find-chromium.ts'

const conditions = ['@acme/source']
const executablePath = findChromium()
if (!executablePath) throw new Error('There is no chromium: run npm test, which fetches one, or set CHROMIUM_PATH.')
const scale = Number(process.env['ACME_TEST_SCALE'] ?? '1')
if (!(scale > 0 && scale <= 1)) throw new Error('ACME_TEST_SCALE is a number above 0, and at most 1.')

/** Chromium, without a window. Made anew for each project, since vitest writes into it. */
const browser = () => ({
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
  instances: [{ browser: 'chromium' as const }],
})

/** The behavior suites in a page, against the mock in a service worker, by a version of MSW. */
const worker = (name: string, version: string, include: string[] = []) => ({
  extends: true as const,
  // What the packages import is found before the first test, which would be loaded again otherwise.
  optimizeDeps: {
    include,
    entries: [
      'packages/{schema,transport,frontend,backend}/src/**/*.ts',
      'packages/msw/src/browser.ts',
      'packages/server/src/*.ts',
      'packages/conformance/suites/*.test.ts',
      'packages/conformance/react/*',
    ],
  },
  publicDir: fileURLToPath(new URL(`packages/msw/node_modules/${version}/lib`, import.meta.url)),
  resolve: {
    alias: [
      { find: /^msw(\/|$)/, replacement: `${version}$1` },
      {
        find: /^\.\/refuse-page\.ts$/,
        replacement: fileURLToPath(new URL('packages/conformance/no-refusal.ts', import.meta.url)),
      },
    ],
  },
  test: {
    name,
    include: [
      'packages/conformance/suites/*.test.ts',
      'packages/conformance/react/*.browser-test.tsx',
      'packages/msw/test/**/*.browser-test.ts',
    ],
    // Needs a process of its own and a server that it can reach.
    exclude: ['packages/conformance/suites/schema-push.test.ts'],
    browser: browser(),
  },
})

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] } },
  test: {
    reporters: ['default', new ClosingLine()],
    env: { CHROMIUM_PATH: executablePath },
    provide: { scale },
    // Most tests wait for a server or a browser now and then: twice as many as processors keep these busy.
    maxWorkers: 2 * availableParallelism(),
    // How long something may take to come about says nothing: the machine may be busy.
    expect: { poll: { timeout: 30_000 } },
    testTimeout: 240_000,
    hookTimeout: 240_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          globalSetup: ['packages/tools/src/postgres-setup.ts'],
          include: [
            'packages/{schema,transport,backend,frontend,server,msw,bench}/test/**/*.test.ts',
            'packages/conformance/{suites,official}/**/*.test.{ts,tsx}',
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
            // TypeScript 7, which takes a third of the time; packages are built by 6, and held under 5.9, 6 and 7.
            checker: 'packages/tools/node_modules/.bin/tsc',
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['packages/{frontend,transport,schema}/test/**/*.browser-test.ts'],
          browser: browser(),
        },
      },
      worker('worker', 'msw'),
      // In pages, a part of a run tries the newest version alone.
      ...(scale === 1 ? [worker('worker-msw-2', 'msw-2', ['msw-2', 'msw-2/browser'])] : []),
      {
        extends: true,
        test: {
          name: 'examples',
          include: [
            'examples/*/test/**/*.e2e-test.ts',
            '{examples,packages/server/templates}/*/test/**/*.test.{ts,tsx}',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'dashboard',
          globalSetup: ['packages/dashboard/test/build-dashboard.ts'],
          include: ['packages/dashboard/test/**/*.{test,e2e-test}.ts'],
        },
      },
      { extends: true, test: { name: 'docs', include: ['packages/docs/{test,samples}/**/*.test.ts'] } },
      { extends: true, test: { name: 'gates', include: ['packages/tools/test/**/*.test.ts'] } },
    ],
  },
})
