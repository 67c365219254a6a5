import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newName, type Place, targets } from '../targets.ts'
import { createWire, type Wire } from '../wire.ts'

const command = fileURLToPath(new URL('../../server/src/node/cli.ts', import.meta.url))
const moduleOf = (library: string) => fileURLToPath(new URL(`../pushed/${library}.ts`, import.meta.url))

let place: Place
let wire: Wire
beforeAll(async () => {
  place = await (targets['sqlite'] as () => Promise<Place>)()
  wire = createWire(place)
})
afterAll(async () => {
  wire.close()
  await place.close()
})

async function schema(...options: string[]): Promise<string> {
  const environment = { ...process.env, ACME_API_URL: place.url, ACME_SECRET_KEY: place.secretKey }
  const run = promisify(execFile)
  const { stdout } = await run(process.execPath, ['--conditions=@acme/source', command, 'schema', ...options], {
    env: environment,
  })
  return stdout
}

const fine = {
  public_metadata: [{}, { plan: 'pro' }, { owner: { name: 'Ada', age: 36 } }],
  unsafe_metadata: [{}, { theme: 'dark', seenAt: '2026-01-01T00:00:00.000Z' }, { list: [{ name: 'a' }] }],
  private_metadata: [{ note: '' }, { note: 'x', whatever: [1] }],
}
const junk = {
  public_metadata: [
    { plan: 'gold' },
    { other: 1 },
    { owner: { name: 'Ada' } },
    { owner: { name: 'Ada', age: 36, other: 1 } },
    { owner: { name: 'Ada', age: 0.5 } },
  ],
  unsafe_metadata: [
    { theme: 'blue' },
    { other: 1 },
    { seenAt: 'yesterday' },
    { seenAt: 0 },
    { list: [{ name: 'a' }, { name: 1 }] },
    { list: [{ name: 'a', other: 1 }] },
    { list: {} },
  ],
  private_metadata: [{}, { note: 1 }],
}

describe.each(['zod', 'zod-mini', 'valibot', 'arktype'])('schemas of %s', (library) => {
  test('pushed as they are, they refuse for everyone what the editor marks', async () => {
    expect(await schema('push', moduleOf(library), '--force')).toMatch(/^Version \d+ is enforced\.\n$/)
    const { json } = await wire.backend('POST', '/v1/users', { username: newName() })
    const put = (body: object) => wire.backend('PUT', `/v1/users/${json.id}/metadata`, body)
    for (const [param, values] of Object.entries(fine)) {
      for (const value of values) expect([value, (await put({ [param]: value })).status]).toEqual([value, 200])
    }
    for (const [param, values] of Object.entries(junk)) {
      for (const value of values) {
        const { status, json } = await put({ [param]: value })
        expect([value, status]).toEqual([value, 422])
        for (const { meta } of json.errors) expect(meta).toMatchObject({ param_name: param, path: expect.any(Array) })
      }
    }
    // A page that goes past the SDK.
    const { cookie } = await wire.signUp(newName())
    for (const value of junk.unsafe_metadata) {
      const form = { unsafe_metadata: JSON.stringify(value) }
      for (const [method, path] of [
        ['PATCH', '/v1/me/metadata'],
        ['PUT', '/v1/me/metadata'],
        ['PATCH', '/v1/me?__clerk_api_version=2025-11-10'],
      ] as const) {
        const { status, json } = await wire.frontend(cookie, method, path, form)
        expect([path, value, status]).toEqual([path, value, 422])
        expect(json.errors[0].meta).toMatchObject({
          param_name: 'unsafe_metadata',
          path: expect.arrayContaining([expect.any(String)]),
        })
      }
    }
    const me = await wire.frontend(cookie, 'GET', '/v1/me')
    expect(me.json.response).toMatchObject({ unsafe_metadata: {}, version: 1 })
    expect(await schema('check', moduleOf(library))).toMatch(/^\d+ of \d+ stored users break the schemas\.\n/)
  })
})

test('claims are pushed with the schemas; what users write and looks like authorization is warned of, and stops nothing', async () => {
  const said = await schema('push', moduleOf('claims'), '--force')
  expect(said).toMatch(/^Version \d+ is enforced\.\nWarning: unsafe\.role: .*only your server can write\.\n$/)
  const { json } = await wire.backend('GET', '/v1/metadata_schemas')
  expect(json.options.claims).toEqual({ plan: 'public.plan', row: 'public.seat.row', theme: 'unsafe.theme' })
  const refused = await schema('push', moduleOf('large-claims'), '--force').catch((error) => `${error.stderr}`)
  expect(refused).toContain('bio (public.bio) without bound')
  expect(await schema('push', moduleOf('large-claims'), '--force', '--allow-large-claims')).toMatch(
    /^Version \d+ is enforced/,
  )
})

test('indexes are pushed with the schemas and built; what is to be unique and is not is told by how many share it', async () => {
  await wire.backend('PUT', '/v1/metadata_schemas', { schemas: {}, force: true })
  const people: string[] = []
  for (let index = 0; index < 3; index++) {
    const { json } = await wire.backend('POST', '/v1/users', {
      username: newName(),
      public_metadata: { plan: 'indexed' },
      private_metadata: { customerId: `cus_${index % 2}` },
    })
    people.push(json.id)
  }
  const refused = await schema('push', moduleOf('indexed'), '--force').catch((error) => `${error.stderr}`)
  expect(refused).toMatch(/private\.customerId {2}ready, not unique: 1 users have a value that another one has/)
  expect(refused).not.toContain('cus_')
  await wire.backend('DELETE', `/v1/users/${people[0]}`)
  const said = await schema('push', moduleOf('indexed'), '--force')
  expect(said).toMatch(
    /^Version \d+ is enforced\.\nIndexes:\n {2}public\.plan {2}ready\n {2}private\.customerId {2}ready, unique\n$/,
  )
  const { json } = await wire.backend('GET', '/v1/users/count?metadata[public][plan]="indexed"')
  expect(json.total_count).toBe(2)
})
