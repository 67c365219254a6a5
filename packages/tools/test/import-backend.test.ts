import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../src/repository.ts'

// Guards what starting costs: a serverless function pays for every import before it answers, used or not.
const script = `
import { createRequire, registerHooks } from 'node:module'
const libraries = new Set()
registerHooks({
  load(url, context, next) {
    const name = /.*\\/node_modules\\/(?:(@[^/]+\\/[^/]+)|([^/]+))/.exec(url)
    if (name) libraries.add(name[1] ?? name[2])
    return next(url, context)
  },
})
const hasFetch = () => process.moduleLoadList.some((name) => name.includes('undici'))
const seen = () => [...libraries, ...(hasFetch() ? ['fetch'] : [])].sort()
const steps = { plain: seen() }
const { createBackend } = await (PATH.endsWith('.cjs') ? createRequire(PATH)(PATH) : import(PATH))
const fetch = async () => new Response('{ "id": "user_1", "keys": [] }')
const { users, tokens } = createBackend({ secretKey: 'sk_test_0123456789', apiUrl: 'http://127.0.0.1:1', fetch })
await tokens.verify('no token').catch(() => {})
steps.made = seen()
const { id } = await users.getUser('user_1')
steps.called = seen()
const part = Buffer.from('{}').toString('base64url')
const { code } = await tokens.verify([part, part, part].join('.')).catch((error) => error)
steps.verified = seen()
console.log(JSON.stringify({ steps, id, code }))
`

test.each([
  ['as a module', 'dist/index.js'],
  ['as CommonJS', 'dist/index.cjs'],
  // Where ky is a package of its own: a call that goes well has no use for it.
  ['from its sources', 'src/index.ts'],
])('the backend %s loads fetch by its first call and jose by its first token', (_, file) => {
  const text = `const PATH = ${JSON.stringify(join(root, 'packages/backend', file))}\n${script}`
  const options = ['--conditions=@acme/source', '--input-type=module', '--no-warnings', '--eval', text]
  expect(JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' }))).toEqual({
    steps: { plain: [], made: [], called: ['fetch'], verified: ['fetch', 'jose'] },
    id: 'user_1',
    code: 'token_invalid',
  })
})
