import { expect, test } from 'vitest'
import { checkFile, checkLayers } from '../src/check-layers.ts'

test('no import of the repository goes against the table of layers', () => {
  expect(checkLayers()).toEqual([])
})

test('the message names the file, the line, the layer and the reason', () => {
  const [message] = checkFile('packages/frontend/src/user.ts', "\nimport { createServer } from '@acme/server'\n")
  expect(message).toMatch(/^packages\/frontend\/src\/user\.ts:2 must not import @acme\/server \(layer frontend: .+\)$/)
})

test.each([
  ['frontend', 'packages/frontend/src/user.ts', "import ky from 'ky'"],
  ['frontend', 'packages/frontend/src/user.ts', "import { userJson } from '@acme/schema/wire'"],
  ['frontend', 'packages/frontend/src/user.ts', "const key = 'sk_test_1'"],
  ['frontend', 'packages/frontend/src/user.ts', 'json.private_metadata'],
  ['schema', 'packages/schema/src/json.ts', "import * as z from 'zod'"],
  ['schema', 'packages/schema/src/json.ts', "export * from './wire/user.ts'"],
  ['schema/wire', 'packages/schema/src/wire/user.ts', "import * as z from 'zod'"],
  ['backend', 'packages/backend/src/users.ts', "export { readFile } from 'node:fs'"],
  ['backend', 'packages/backend/src/users.ts', "import { http } from '../../transport/src/http.ts'"],
  ['backend', 'packages/backend/src/users.ts', "const ky = await import('ky')"],
  ['server/domain', 'packages/server/src/domain/deps.ts', "import { Hono } from 'hono'"],
  [
    'server/domain',
    'packages/server/src/domain/deps.ts',
    "import { createMemoryStorage } from '../storage/memory/memory-storage.ts'",
  ],
  ['server/domain', 'packages/server/src/domain/deps.ts', "import { clock } from '../storage/storage.ts'"],
  ['server/auth', 'packages/server/src/auth/digest.ts', "import { createHash } from 'node:crypto'"],
  ['server/frontend-api', 'packages/server/src/frontend-api/me.ts', "import { users } from '../backend-api/users.ts'"],
  [
    'server/storage/memory',
    'packages/server/src/storage/memory/memory-storage.ts',
    "import { open } from '../sqlite/sqlite-database.ts'",
  ],
  ['msw', 'packages/msw/src/create-mock.ts', "import { createBackend } from '@acme/backend'"],
  ['conformance', 'packages/conformance/suites/users.test.ts', "import { app } from '../../server/src/app.ts'"],
  ['examples', 'examples/api-node/server.ts', "import { http } from '@acme/transport'"],
  ['examples', 'examples/api-node/server.ts', "import { users } from '../../packages/backend/src/users.ts'"],
])('in %s (%s), `%s` is refused', (layer, path, text) => {
  expect(checkFile(path, text)).toEqual([expect.stringContaining(`(layer ${layer}: `)])
})

test.each([
  ['packages/frontend/src/user.ts', "import type { UserJson } from '@acme/schema/wire'"],
  ['packages/frontend/src/user.ts', "import { call } from '@acme/transport'\nimport { context } from './context.ts'"],
  ['packages/frontend/src/user.ts', '// private_metadata never arrives here'],
  ['packages/server/src/domain/deps.ts', "import type { Storage } from '../storage/storage.ts'"],
  ['packages/server/src/domain/deps.ts', "import { type Storage } from '../storage/storage.ts'"],
  ['examples/api-node/server.ts', "import { createBackend } from '@acme/backend'\nimport './routes.ts'"],
])('in %s, `%s` is allowed', (path, text) => {
  expect(checkFile(path, text)).toEqual([])
})

test('a file outside every layer is reported', () => {
  expect(checkFile('packages/billing/src/index.ts', '')).toEqual([expect.stringContaining('belongs to no layer')])
})
