import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type NewDatabase, newDatabase } from '../../new-database.ts'
import { startSqlite } from '../../places.ts'
import { newName, type Place } from '../../targets.ts'
import { createWire, type Wire } from '../../wire.ts'

/** What the page about claims shows. */
const sample = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../../docs/samples/guide/${name}`, import.meta.url)), 'utf8')

/** Roles are the whole server's, which other tests use as well. */
const role = `authenticated_${Math.random().toString(36).slice(2)}`

let place: Place
let wire: Wire
let database: NewDatabase
let sql: Sql

beforeAll(async () => {
  place = await startSqlite()
  wire = createWire(place)
  database = await newDatabase()
  sql = postgres(database.url, { max: 1, onnotice: () => {} })
  await sql.unsafe(`CREATE ROLE ${role} NOLOGIN`)
  await sql.unsafe(sample('policies.sql').replaceAll('TO authenticated', `TO ${role}`))
})

afterAll(async () => {
  await sql.unsafe(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  await sql.end()
  await database.drop()
  wire.close()
  await place.close()
})

/** Runs a statement for whom a token speaks for, as PostgREST does. */
async function as(token: string, statement: string) {
  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(`${place.url}/.well-known/jwks.json`)))
  return sql.begin(async (transaction) => {
    await transaction`SELECT set_config('request.jwt.claims', ${JSON.stringify(payload)}, true)`
    await transaction.unsafe(`SET LOCAL ROLE ${role}`)
    return transaction.unsafe(statement)
  })
}

/** Somebody who is signed in, with a plan. */
async function person(plan: string) {
  const { userId } = await wire.signUp(newName())
  const set = (value: string) =>
    wire.backend('PATCH', `/v1/users/${userId}/metadata`, { public_metadata: { plan: value } })
  await set(plan)
  const [session] = (await wire.backend('GET', `/v1/sessions?user_id=${userId}`)).json
  const token = async (template: string) =>
    (await wire.backend('POST', `/v1/sessions/${session.id}/tokens/${template}`)).json.jwt as string
  return { userId, set, token }
}

test('policies read a token in the shape of Supabase', async () => {
  expect((await wire.backend('POST', '/v1/jwt_templates', sample('supabase-template.json'))).status).toBe(200)
  const [ada, eve] = [await person('free'), await person('pro')]
  const write = `INSERT INTO notes (body) VALUES ('a note')`
  await expect(as(await ada.token('supabase'), write)).rejects.toThrow('row-level security')
  await ada.set('pro')
  const token = await ada.token('supabase')
  await as(token, write)
  expect(await as(token, 'SELECT owner, body FROM notes')).toMatchObject([{ owner: ada.userId, body: 'a note' }])
  const hers = await eve.token('supabase')
  expect(await as(hers, 'SELECT * FROM notes')).toHaveLength(0)
  const forged = `INSERT INTO notes (owner, body) VALUES ('${ada.userId}', 'not hers')`
  await expect(as(hers, forged)).rejects.toThrow('row-level security')
})

test('policies read a token in the shape of Hasura', async () => {
  expect((await wire.backend('POST', '/v1/jwt_templates', sample('hasura-template.json'))).status).toBe(200)
  const { userId, set, token } = await person('free')
  const said = (name: string) =>
    `(current_setting('request.jwt.claims', true)::jsonb -> 'https://hasura.io/jwt/claims' ->> 'x-hasura-${name}')`
  await sql.unsafe(`
    CREATE TABLE offers (owner text, plan text);
    GRANT SELECT ON offers TO ${role};
    ALTER TABLE offers ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON offers FOR SELECT TO ${role} USING (owner = ${said('user-id')} AND plan = ${said('plan')});
    INSERT INTO offers VALUES ('${userId}', 'free'), ('${userId}', 'pro'), ('user_other', 'free')`)
  const plans = async () => (await as(await token('hasura'), 'SELECT plan FROM offers')).map(({ plan }) => plan)
  expect(await plans()).toEqual(['free'])
  await set('pro')
  expect(await plans()).toEqual(['pro'])
})

test('policies read the claims of a session token', async () => {
  const schemas = { public: { properties: { plan: { enum: ['free', 'pro'] } } } }
  const options = { claims: { plan: 'public.plan' } }
  expect((await wire.backend('PUT', '/v1/metadata_schemas', { schemas, options })).status).toBe(200)
  const { userId } = await person('pro')
  const [session] = (await wire.backend('GET', `/v1/sessions?user_id=${userId}`)).json
  const { jwt } = (await wire.backend('POST', `/v1/sessions/${session.id}/tokens`)).json
  const read = `SELECT current_setting('request.jwt.claims', true)::jsonb ->> 'plan' AS plan`
  expect(await as(jwt, read)).toMatchObject([{ plan: 'pro' }])
})
