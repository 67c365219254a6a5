import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isJsonObject, type JsonObject, type Kind, kinds, type MetadataSchemas } from '@acme/schema'
import * as fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { createValidator } from '../src/domain/metadata/schema-validator.ts'
import { runInfer } from '../src/node/infer/infer-command.ts'
import { showValue } from '../src/node/infer/source-text.ts'
import { createSeenMetadata, writeModules, writers } from '../src/node/infer/write-modules.ts'
import { toJsonSchema } from '../src/node/to-json-schema.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { newFolder } from './command-line-setup.ts'
import { randomMetadata } from './random-metadata.ts'
import { startServer } from './setup.ts'

const home = fileURLToPath(new URL('../../conformance/.tmp/', import.meta.url))

/** Makes a folder from which every library is found. */
async function newApp(): Promise<string> {
  await mkdir(home, { recursive: true })
  const folder = await mkdtemp(join(home, 'infer-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

type Users = readonly Readonly<Record<Kind, JsonObject>>[]

function modulesOf(users: Users, to: string, privateExamples = false) {
  const seen = createSeenMetadata()
  for (const user of users) seen.add(user)
  return writeModules(seen, { to, privateExamples, name: 'metadata.ts', of: users.length })
}

/** Writes what is inferred of users as an app would have it, and gives its schemas as they run. */
async function schemasOf(app: string, name: string, users: Users, to: string) {
  const folder = join(app, name)
  await mkdir(folder)
  const { shared, server } = modulesOf(users, to)
  await writeFile(join(folder, 'metadata.ts'), shared)
  if (server) await writeFile(join(folder, 'metadata.server.ts'), server)
  const file = join(folder, server ? 'metadata.server.ts' : 'metadata.ts')
  const module = await import(/* @vite-ignore */ pathToFileURL(file).href)
  return {
    schemas: (module.serverMetadata ?? module.metadata).schemas as MetadataSchemas,
    file,
  }
}

/** Random users, of whom each kind of metadata is that of a random schema. */
function randomUsers(schemas: number): Users[] {
  return randomMetadata(schemas, 40, 7).map(({ values }) =>
    values.map((value) => ({ public: value as JsonObject, unsafe: value as JsonObject, private: value as JsonObject })),
  )
}

test.each([...writers.keys()])(
  'what is written for %s accepts every user that it was inferred from, here and on the server',
  async (to) => {
    const app = await newApp()
    for (const [index, users] of randomUsers(scaled(50, 8)).entries()) {
      const { schemas, file } = await schemasOf(app, `${index}`, users, to)
      for (const kind of kinds) {
        const schema = schemas[kind]
        if (!schema) {
          expect(users.every((user) => Object.keys(user[kind]).length === 0)).toBe(true)
          continue
        }
        const judge = createValidator(toJsonSchema(schema, file))
        for (const user of users) {
          const result = await schema['~standard']?.validate(user[kind])
          expect([index, kind, user[kind], result?.issues]).toEqual([index, kind, user[kind], undefined])
          expect([index, kind, user[kind], judge(user[kind])]).toEqual([index, kind, user[kind], []])
        }
      }
    }
  },
)

/** Every text and every longer number in a value, and every key that only data has. */
function valuesIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length > 3 ? [value] : []
  if (typeof value === 'number') return Math.abs(value) > 9_999 ? [String(value)] : []
  if (Array.isArray(value)) return value.flatMap(valuesIn)
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([key, member]) => [
    ...(/^[\da-f-]{36}$/.test(key) ? [key] : []),
    ...valuesIn(member),
  ])
}

test('no private value is written down, in an enum, an example or a key, unless that is asked for', () => {
  for (const users of randomUsers(scaled(50, 20))) {
    const hidden = users.map((user) => ({ public: {}, unsafe: {}, private: user.private }))
    const values = new Set(users.flatMap((user) => valuesIn(user.private)))
    for (const to of writers.keys()) {
      const { shared, server } = modulesOf(hidden, to)
      const text = shared + server
      const words = modulesOf([{ public: {}, unsafe: {}, private: {} }], to).shared
      // A value may also be a word of the library or a key.
      const keys = users.flatMap((user) => JSON.stringify(user.private).match(/"(?:[^"\\]|\\.)*":/g) ?? []).join()
      const leaked = [...values].filter(
        (value) => text.includes(value) && !words.includes(value) && !keys.includes(value),
      )
      expect([to, leaked.filter((value) => !/^[a-z]{0,12}$/.test(value))]).toEqual([to, []])
    }
  }
  const plain = Array.from({ length: 20 }, (_, index) => ({
    public: {},
    unsafe: {},
    private: { secret: ['canary-a', 'canary-b'][index % 2] as string, keys: { [`cus_1${index}canary`]: 1 } },
  }))
  const { server } = modulesOf(plain, 'zod')
  expect(server).not.toContain('canary')
  expect(server).toContain('secret: z.string()')
  expect(server).toContain('keys: z.record(z.string(), z.int())')
  expect(modulesOf(plain, 'zod', true).server).toContain("z.enum(['canary-a', 'canary-b'])")
})

test('no key and no value breaks out of what is written', async () => {
  const app = await newApp()
  const evil = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    fc.constantFrom(
      "'; throw 1; '",
      '*/ throw 1 /*',
      '\u2028throw 1',
      '\nthrow 1',
      '\\',
      "\\'",
      `\`$\{0}\``,
      '\u202e',
      '\r',
      "*/'",
    ),
  )
  const members = fc.dictionary(evil, fc.oneof(evil, fc.dictionary(evil, evil, { maxKeys: 3 })), { maxKeys: 6 })
  let run = 0
  await fc.assert(
    fc.asyncProperty(members, async (value) => {
      const clean = JSON.parse(JSON.stringify(value).replaceAll('"__proto__"', '"proto"')) as JsonObject
      const users = Array.from({ length: 6 }, () => ({ public: clean, unsafe: { a: clean }, private: {} }))
      for (const to of writers.keys()) {
        const { schemas } = await schemasOf(app, `${run++}`, users, to)
        const result = await schemas.public?.['~standard']?.validate(clean)
        expect(result?.issues).toBeUndefined()
      }
    }),
    { numRuns: scaled(200, 10) },
  )
  expect(showValue('*/ \u2028 \u202e \n')).toBe('"*\\/ \\u2028 \\u202e \\n"')
})

test('the members, enums, formats, records and outliers are those that people expect', () => {
  const users = Array.from({ length: 100 }, (_, index) => ({
    public: {
      plan: index % 3 === 0 ? 'free' : 'pro',
      seats: index === 7 ? 'seven' : index,
      ...(index % 2 === 0 && { since: `2024-01-${String(10 + (index % 20))}T09:30:00.000Z` }),
    },
    unsafe: {
      contact: index === 9 ? 'nobody' : `u${index}@example.com`,
      seen: { [`post_${1_000_000 + index}`]: true },
      tags: index % 2 ? ['a', 'b'] : [],
      nick: index % 4 ? null : `n${index}`,
    },
    private: { stripe: `cus_${index}` },
  }))
  expect(modulesOf(users, 'zod')).toMatchInlineSnapshot(`
    {
      "server": "// Inferred from the metadata of 100 users: read it before it is enforced, since it knows only what it has seen.
    import * as z from 'zod'
    import { metadata } from './metadata.ts'

    export const serverMetadata = metadata.withPrivate(z.object({
      // in all 100
      stripe: z.string(),
    }))
    ",
      "shared": "// Inferred from the metadata of 100 users: read it before it is enforced, since it knows only what it has seen.
    import { defineMetadata } from '@acme/schema'
    import * as z from 'zod'

    export const metadata = defineMetadata({
      public: z.object({
        // in all 100
        plan: z.enum(['free', 'pro']),
        // in all 100; integer 99×; string 1×, such as "seven"
        seats: z.union([z.string(), z.int()]),
        // in 50 of 100
        since: z.iso.datetime({ offset: true }).optional(),
      }),
      unsafe: z.object({
        // in all 100; email but for 1, such as "nobody"
        contact: z.string(),
        // in all 100; string 25×; null 75×
        nick: z.nullable(z.string()),
        // in all 100
        seen: z.record(z.string(), z.boolean()),
        // in all 100
        tags: z.array(z.enum(['a', 'b'])),
      }),
    })
    ",
    }
  `)
  expect(modulesOf(users, 'valibot').shared).toContain("plan: v.picklist(['free', 'pro'])")
  expect(modulesOf(users, 'arktype').shared).toContain("'since?': type('string.date.iso')")
})

test('however many keys and shapes there are, it holds no more than so many', () => {
  const seen = createSeenMetadata()
  for (let user = 0; user < 300; user++) {
    const many = (depth: number): JsonObject =>
      Object.fromEntries(
        Array.from({ length: 6 }, (_, index) => [`k${user}x${index}`, depth > 0 ? many(depth - 1) : index]),
      )
    seen.add({ public: many(3), unsafe: {}, private: {} })
  }
  const { shared } = writeModules(seen, { to: 'zod', privateExamples: false, name: 'metadata.ts', of: 300 })
  expect(shared.length).toBeLessThan(20_000)
  expect(shared).toContain('z.record(z.string()')
})

test('it reads the users of a database while a server runs, and an export; and writes over nothing', async () => {
  const folder = await newFolder()
  await mkdir(folder)
  const storage = createSqliteStorage({ database: new DatabaseSync(join(folder, 'acme.db')) })
  const server = await startServer({ storage })
  const bodies = Array.from({ length: 40 }, (_, index) => ({
    username: `user_${index}`,
    public_metadata: { plan: index % 2 ? 'free' : 'pro' },
    private_metadata: { stripe: `cus_${index}` },
  }))
  await server.createUsers(bodies)
  const out = join(folder, 'metadata.ts')
  const said = await runInfer(['--data', folder, '--out', out])
  expect(said).toContain('40 of 40 users')
  expect(await readFile(out, 'utf8')).toContain("z.enum(['free', 'pro'])")
  expect(await readFile(join(folder, 'metadata.server.ts'), 'utf8')).toContain('metadata.withPrivate(')
  await expect(runInfer(['--data', folder, '--out', out])).rejects.toThrow('is there already')
  expect(await runInfer(['--data', folder, '--out', out, '--force', '--sample', '10'])).toContain('10 of 40 users')
  await server.close()

  const file = join(folder, 'users.json')
  await writeFile(file, JSON.stringify(bodies.map((body, index) => ({ id: `user_${index}`, ...body }))))
  const json = join(folder, 'schema.ts')
  await runInfer([file, '--from', 'clerk', '--out', json, '--to', 'json-schema'])
  expect(await readFile(json, 'utf8')).toContain("enum: ['free', 'pro']")
  expect(existsSync(join(folder, 'schema.server.ts'))).toBe(false)
  await expect(runInfer([file])).rejects.toThrow('--from together')
  await expect(runInfer(['--to', 'yup'])).rejects.toThrow('zod, valibot, arktype, json-schema')
})
