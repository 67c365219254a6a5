// Prints what a call, the import, the first call and a token cost beside others, and how large the package is:
//   pnpm --filter @acme/schema --filter @acme/backend build
//   node --conditions=@acme/source packages/backend/bench/calls.ts
// CPU of the client alone. Calls take turns in one process, in short batches, of which the first quartile is told; what
// a start costs is the median of processes that take turns.
import { execFileSync, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { installBuilt } from '../../tools/src/install-built.ts'
import { measureBundle } from './measure-bundle.ts'

/** How each contender is loaded, and how it makes a function that reads one user. */
const contenders = {
  '@acme/backend': [
    "const { createBackend } = await import('@acme/backend')",
    'const { users } = createBackend({ secretKey, apiUrl }); call = () => users.getUser(id)',
  ],
  'bare fetch': ['', 'call = async () => (await fetch(url, { headers })).json()'],
  'ky alone': ["const { default: ky } = await import('ky')", 'call = () => ky(url, { headers }).json()'],
  '@clerk/backend': [
    "const { createClerkClient } = await import('@clerk/backend')",
    'const { users } = createClerkClient({ secretKey, apiUrl }); call = () => users.getUser(id)',
  ],
} as const
const names = Object.keys(contenders) as (keyof typeof contenders)[]

const starts = 15

/** Answers every path with a user, from a process of its own. */
const server = `
const user = JSON.stringify({
  id: 'user_2abcdefghijklmnopqrstuvwx', object: 'user', username: 'ada', first_name: 'Ada', last_name: 'Lovelace',
  email_addresses: [], external_accounts: [], created_at: 1, updated_at: 1, version: 3,
  public_metadata: { plan: 'pro', limits: { seats: 12, projects: 40 } },
  private_metadata: { customer: 'cus_1', notes: 'x'.repeat(300) }, unsafe_metadata: { theme: 'dark' },
})
require('node:http').createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(user)
}).listen(0, '127.0.0.1', function () { process.send(this.address().port) })
`

const head = `
const { apiUrl } = process.env
const secretKey = 'sk_test_0123456789abcdefghijklmnopqrstuvwx'
const id = 'user_2abcdefghijklmnopqrstuvwx'
const headers = { authorization: 'Bearer ' + secretKey }
const url = apiUrl + '/v1/users/' + id
let call
`

/** Gives the CPU of a call of each, in microseconds: 260 batches of 50, the first 60 to warm up. */
const inTurns = `${head}
const calls = {}
${names.map((name) => `{ ${contenders[name].join('\n')}\ncalls[${JSON.stringify(name)}] = call }`).join('\n')}
const names = Object.keys(calls)
const seen = Object.fromEntries(names.map((name) => [name, []]))
for (let round = 0; round < 260; round++) {
  for (const name of round % 2 ? names : names.toReversed()) {
    const before = process.cpuUsage()
    for (let count = 0; count < 50; count++) await calls[name]()
    const { user, system } = process.cpuUsage(before)
    if (round >= 60) seen[name].push((user + system) / 50)
  }
}
const quartile = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 2]
console.log(JSON.stringify(Object.fromEntries(names.map((name) => [name, quartile(seen[name])]))))
process.exit()
`

/** Gives how many tokens are verified in a second of CPU: by jose, by us for the first time, and by us again. */
const tokens = `
const { SignJWT, exportJWK, generateKeyPair, createLocalJWKSet, jwtVerify } = await import('jose')
const { createBackend } = await import('@acme/backend')
const { privateKey, publicKey } = await generateKeyPair('RS256')
const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' }] }
const sign = (index) => new SignJWT({ sid: 'sess_1', azp: 'https://app.example', n: index })
  .setProtectedHeader({ alg: 'RS256', kid: 'k' }).setSubject('user_1').setExpirationTime('1h').sign(privateKey)
const many = await Promise.all(Array.from({ length: 1_000 }, (_, index) => sign(index)))
const again = Array.from({ length: 20_000 }, (_, index) => many[index % 100])
const find = createLocalJWKSet(keys)
const fetch = async () => Response.json(keys)
const { tokens } = createBackend({ secretKey: 'sk_test_0123456789', apiUrl: 'http://127.0.0.1:1', fetch })
await tokens.verify(await sign(-1))
async function perSecond(list, verify) {
  const before = process.cpuUsage()
  for (const token of list) await verify(token)
  const { user, system } = process.cpuUsage(before)
  return Math.round((list.length / (user + system)) * 1_000_000)
}
const byJose = (token) => jwtVerify(token, find, { algorithms: ['RS256'] })
await perSecond(many, byJose)
const [jose, first] = [await perSecond(many, byJose), await perSecond(many, (token) => tokens.verify(token))]
console.log(JSON.stringify({ jose, first, again: await perSecond(again, (token) => tokens.verify(token)) }))
process.exit()
`

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
const folder = installBuilt()

const child = spawn(process.execPath, ['--eval', server], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
const port = await new Promise((resolve) => child.once('message', resolve))
const run = (text: string): string =>
  execFileSync(process.execPath, ['--input-type=module', '--eval', text], {
    cwd: folder,
    env: { ...process.env, apiUrl: `http://127.0.0.1:${port}` },
    encoding: 'utf8',
  })

try {
  const calls = JSON.parse(run(inTurns)) as Record<string, number>
  const spent = '\nconst { user, system } = process.cpuUsage()\nconsole.log((user + system) / 1_000)\nprocess.exit()'
  const plain: number[] = []
  const imported = names.map((): number[] => [])
  const called = names.map((): number[] => [])
  for (let start = 0; start < starts; start++) {
    plain.push(Number(run(head + spent)))
    for (const [index, name] of names.entries()) {
      const [load, make] = contenders[name]
      imported[index]?.push(Number(run(head + load + spent)))
      called[index]?.push(Number(run(`${head}${load}\n${make}\nawait call()${spent}`)))
    }
  }
  const above = (numbers: readonly number[] = []) => `${(median(numbers) - median(plain)).toFixed(1)} ms`
  const rows = names.map((name, index) => [
    name,
    {
      'a call': `${calls[name]?.toFixed(0)} us`,
      'beside bare fetch': ((calls[name] ?? 0) / (calls['bare fetch'] ?? 1)).toFixed(2),
      import: above(imported[index]),
      'import + first call': above(called[index]),
    },
  ])
  console.table(Object.fromEntries(rows))
  const { jose, first, again } = JSON.parse(run(tokens))
  console.log(`tokens in a second of CPU: jose ${jose}, ours met first ${first}, ours met again ${again}`)
  const [without, whole] = [measureBundle(folder, false), measureBundle(folder, true)]
  console.log(`brotli: ${without} bytes without what tokens take, ${whole} bytes with it`)
} finally {
  child.kill()
  rmSync(folder, { recursive: true })
}
