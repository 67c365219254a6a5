import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Server } from '../src/index.ts'
import { refusedByName } from './json-schema-exceptions.ts'
import { sendBackend, startServer } from './setup.ts'

// The official suite of draft 2020-12, its mandatory part, beside the repository where it is there.
const folder = new URL('../../../../shared/json-schema-suite/draft2020-12/', import.meta.url)

interface Group {
  readonly description: string
  readonly schema: object | boolean
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[]
}

/** Whether what an instance or a schema holds is refused by the rules for metadata, whatever its schema says. */
const isNoMetadata = (value: unknown) => /\\u0000|"__proto__":/.test(JSON.stringify(value))

const counts = { right: 0, refused: 0, other: 0 }
let server: Server

beforeAll(async () => {
  server = await startServer()
})

afterAll(() => {
  console.info(
    `official suite: ${counts.right} right, ${counts.refused} refused by name, ${counts.other} on purpose otherwise`,
  )
})

/** Pushes the schema of a group as that of a member, a resource of its own as it is in its file. */
function push({ schema }: Group) {
  const member = typeof schema === 'boolean' ? schema : { $id: 'https://suite.test/schema', ...schema }
  const schemas = { public: { properties: { value: member } } }
  return sendBackend(server, 'PUT', '/v1/metadata_schemas', { schemas, force: true })
}

test.skipIf(existsSync(folder))('the official suite is not beside the repository, and was not played', () => {})

const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
test.each(files)('%s: each schema is enforced as the official suite says, or refused by name', async (file) => {
  const wrong: string[] = []
  const refused: string[] = []
  for (const group of JSON.parse(readFileSync(fileURLToPath(new URL(file, folder)), 'utf8')) as Group[]) {
    const { status, json } = await push(group)
    if (isNoMetadata(group.schema)) {
      expect(status).toBe(422)
      counts.refused += group.tests.length
      continue
    }
    if (status !== 200) {
      expect([status, json.errors[0].code]).toEqual([422, 'metadata_schema_unusable'])
      expect(json.errors[0].meta.pointer).toMatch(/\/\$(dynamicRef|ref|schema|anchor)$/)
      refused.push(group.description)
      counts.refused += group.tests.length
      continue
    }
    for (const { description, data, valid } of group.tests) {
      const username = `user_${counts.right + counts.other + counts.refused}`
      const { status } = await sendBackend(server, 'POST', '/v1/users', { username, public_metadata: { value: data } })
      // `format` is asserted, since that is what people write it for, but for names and addresses beyond ASCII.
      const isOther = isNoMetadata(data) || /^invalid (?!idn-|iri).*is only an annotation by default$/.test(description)
      const expected = valid && !isOther ? 200 : 422
      if (status !== expected) wrong.push(`${group.description}: ${description}: ${status}`)
      counts[isOther ? 'other' : 'right']++
    }
  }
  expect(wrong).toEqual([])
  expect(refused).toEqual(refusedByName[file] ?? [])
})
