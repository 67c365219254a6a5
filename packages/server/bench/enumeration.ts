// Prints how long each answer takes to who asks for an account that is there and for one that is not, on SQLite with
// scrypt: medians, and how far they are apart.
//   node --conditions=@acme/source packages/server/bench/enumeration.ts [trials, 1000] [trials with a password, 100]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createScryptPasswords } from '../src/node/scrypt-passwords.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { addressOf, password, startHiding, strangerAt, ways } from '../test/enumeration-setup.ts'

const [trials = 1_000, slowTrials = 100] = process.argv.slice(2).map(Number)
const folder = mkdtempSync(join(tmpdir(), 'acme-enumeration-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

const scrypt = createScryptPasswords()
// One hash for all, which would take minutes otherwise.
const hash = await scrypt.hash(password)
// As long as a mail server may take.
const send = () => new Promise<void>((resolve) => setTimeout(resolve, 30))
const server = await startHiding({
  storage: createSqliteStorage({ database: new DatabaseSync(join(folder, 'acme.db')) }),
  passwords: { ...scrypt, hash: async () => hash },
  sendCode: send,
  sendNotice: send,
})
const named = (kind: string, index: number) => `${kind}_${index}@example.com`
await server.createUsers([
  ...Array.from({ length: trials }, (_, index) => ({ email_address: [named('user', index)], password })),
  { username: 'mallory', password },
])

const median = (list: readonly number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN

let address = ''
let largest = 0
const mallory = strangerAt(server, () => address)
address = addressOf(99_999)
await mallory.post('/v1/client/sign_ins', { strategy: 'password', identifier: 'mallory', password })
for (const [name, way] of Object.entries(ways)) {
  const times: Record<string, number[][]> = { user: [], nobody: [] }
  // Those that hash take a hundred times as long.
  const isSlow = name.startsWith('signing in')
  for (let index = 0; index < (isSlow ? slowTrials : trials); index++) {
    address = addressOf(index)
    // The one that comes second finds caches warm: each is it as often.
    for (const kind of index % 2 ? ['nobody', 'user'] : ['user', 'nobody']) {
      const answers = await way(mallory, named(kind, index))
      answers.forEach(({ took }, step) => {
        const list = times[kind] ?? []
        list[step] = [...(list[step] ?? []), took]
      })
    }
  }
  const [known = [], unknown = []] = [times['user'], times['nobody']]
  known.forEach((list, step) => {
    const [there, not] = [median(list), median(unknown[step] ?? [])]
    const apart = Math.abs(there - not) / Math.min(there, not)
    largest = Math.max(largest, apart)
    const figures = `${there.toFixed(3)} ms there, ${not.toFixed(3)} ms not, ${(apart * 100).toFixed(1)} % apart`
    process.stdout.write(`${`${name}, step ${step + 1}`.padEnd(36)} ${figures}\n`)
  })
}
process.stdout.write(`at most ${(largest * 100).toFixed(1)} % apart\n`)
await server.close()
