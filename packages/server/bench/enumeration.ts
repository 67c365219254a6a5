// Prints how long each answer takes to who asks for an account that is there and for one that is not, on SQLite with
// scrypt: medians, how far they are apart, and how far those of two accounts are that are both there, which is chance.
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
  ...['user', 'other'].flatMap((kind) =>
    Array.from({ length: trials }, (_, index) => ({ email_address: [named(kind, index)], password })),
  ),
  { username: 'mallory', password },
])

const median = (list: readonly number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN

let address = ''
let largest = 0
let chance = 0
const kinds = ['user', 'nobody', 'other'] as const
const apart = (a: number, b: number) => Math.abs(a - b) / Math.min(a, b)
const mallory = strangerAt(server, () => address)
address = addressOf(99_999)
await mallory.post('/v1/client/sign_ins', { strategy: 'password', identifier: 'mallory', password })
for (const [name, way] of Object.entries(ways)) {
  const times: Record<string, number[][]> = { user: [], nobody: [], other: [] }
  // Those that hash take a hundred times as long.
  const isSlow = name.startsWith('signing in by a password')
  for (let index = 0; index < (isSlow ? slowTrials : trials); index++) {
    address = addressOf(index)
    // The one that comes second finds caches warm: each is in each place as often.
    for (let place = 0; place < kinds.length; place++) {
      const kind = kinds[(index + place) % kinds.length] ?? 'user'
      const answers = await way(mallory, named(kind, index))
      answers.forEach(({ took }, step) => {
        const list = (times[kind] ?? [])[step]
        if (list) list.push(took)
        else times[kind]?.push([took])
      })
    }
  }
  times['user']?.forEach((_, step) => {
    const [there = Number.NaN, not = Number.NaN, other = Number.NaN] = kinds.map((kind) =>
      median(times[kind]?.[step] ?? []),
    )
    const [found, noise] = [apart(there, not), apart(there, other)]
    largest = Math.max(largest, found)
    chance = Math.max(chance, noise)
    const figures = `${there.toFixed(3)} ms there, ${not.toFixed(3)} ms not: ${(found * 100).toFixed(1)} % apart`
    const beside = `another that is there: ${(noise * 100).toFixed(1)} %`
    process.stdout.write(`${`${name}, step ${step + 1}`.padEnd(42)} ${figures}; ${beside}\n`)
  })
}
process.stdout.write(
  `at most ${(largest * 100).toFixed(1)} % apart; two that are there, ${(chance * 100).toFixed(1)} %\n`,
)
await server.close()
