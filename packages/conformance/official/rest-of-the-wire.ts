import { describe, expect, test } from 'vitest'
import { newName } from '../targets.ts'
import { createWire } from '../wire.ts'
import type { World } from './world.ts'

/** What no client asks for by itself in the suites beside this one, asked for as it is. */
export function restOfTheWire(world: () => World): void {
  describe('the rest of the wire', () => {
    test('what the Backend API has besides', async () => {
      const wire = createWire(world().place)
      const { userId } = await wire.signUp(newName())
      const { id } = (await wire.backend('POST', '/v1/sign_in_tokens', { user_id: userId })).json
      expect((await wire.backend('POST', `/v1/sign_in_tokens/${id}/revoke`)).json).toMatchObject({ status: 'revoked' })
      const schemas = { public: { type: 'object', properties: { plan: { type: 'string' } } } }
      const check = await wire.backend('POST', '/v1/metadata_schemas/check', { schemas })
      expect(check.json).toMatchObject({ object: 'metadata_schemas_check' })
      expect((await wire.backend('PUT', '/v1/metadata_schemas', { schemas: {}, force: true })).status).toBe(200)
      expect((await wire.backend('GET', '/v1/metadata_schemas')).json).toMatchObject({ version: 1 })
      const first = await wire.backend('GET', '/v1/metadata_schemas/1')
      expect(first.json).toMatchObject({ object: 'metadata_schemas_version', version: 1, schemas: {} })
      await wire.backend('PATCH', `/v1/users/${userId}/metadata`, { public_metadata: { plan: 'pro' } })
      expect((await wire.backend('GET', `/v1/users/${userId}/changes`)).json).toMatchObject([
        { version: 2, public_metadata: { forward: { merge: { plan: 'pro' } } } },
        { version: 1, action: 'create' },
      ])
      const updates = [{ user_id: userId, public_metadata: { seats: 1 } }, { user_id: 'user_nobody' }]
      const { json: bulk } = await wire.backend('PATCH', '/v1/users/metadata', { updates })
      expect(bulk).toMatchObject({ object: 'bulk_update', results: [{ user_id: userId }, { user_id: 'user_nobody' }] })
      const earlier = `/v1/users/${userId}/versions/1`
      expect((await wire.backend('GET', earlier)).json).toMatchObject({ object: 'user_version', public_metadata: {} })
      expect((await wire.backend('POST', `${earlier}/restore`)).json).toMatchObject({ version: 4, public_metadata: {} })
      expect((await wire.backend('GET', `/v1/sessions?user_id=${userId}`)).json).toMatchObject([{ user_id: userId }])
      wire.close()
    })

    test('how the instance is', async () => {
      const wire = createWire(world().place)
      await wire.signUp(newName())
      const { json } = await wire.backend('GET', '/v1/overview')
      expect(json).toMatchObject({ object: 'overview', instance_type: 'test', warnings: expect.any(Array) })
      expect(json.users).toBeGreaterThan(0)
      const signUps = json.minutes.map(({ sign_ups }: { readonly sign_ups: number }) => sign_ups)
      expect(signUps.reduce((sum: number, one: number) => sum + one)).toBeGreaterThan(0)
      wire.close()
    })

    test('many are banned at once, or none', async () => {
      const wire = createWire(world().place)
      const users = [await wire.signUp(newName()), await wire.signUp(newName())]
      const ids = users.map(({ userId }) => userId)
      const change = (verb: 'ban' | 'unban', user_ids: string[]) =>
        wire.backend('POST', `/v1/users/${verb}`, { user_ids })
      const stranger = `user_${'0'.repeat(27)}`
      expect((await change('ban', [...ids, stranger])).json.errors[0].code).toBe('resource_not_found')
      expect((await wire.backend('GET', `/v1/users/${ids[0]}`)).json.banned).toBe(false)
      expect((await change('ban', [...ids, ...ids])).json).toMatchObject(ids.map((id) => ({ id, banned: true })))
      for (const { cookie } of users) expect((await wire.frontend(cookie, 'GET', '/v1/me')).status).toBe(401)
      expect((await change('unban', ids)).json).toMatchObject(ids.map((id) => ({ id, banned: false })))
      expect((await change('ban', [])).json.errors[0].code).toBe('form_param_value_invalid')
      wire.close()
    })

    test('jobs', async () => {
      const wire = createWire(world().place)
      await wire.backend('POST', '/v1/metadata_schemas/check', { schemas: {} }, { prefer: 'respond-async' })
      const { data } = (await wire.backend('GET', '/v1/jobs')).json
      expect(data[0]).toMatchObject({ object: 'job', kind: 'metadata_schemas_check' })
      const own = `/v1/jobs/${data[0].id}`
      expect((await wire.backend('POST', `${own}/cancel`)).json.status).toMatch(/^(done|cancelled)$/)
      expect((await wire.backend('GET', own)).json.error).toBeNull()
      wire.close()
    })

    test('migrations of metadata', async () => {
      const wire = createWire(world().place)
      const { userId } = await wire.signUp(newName())
      const root = '/v1/metadata_migrations'
      const body = { name: 'none', direction: 'up', from: {}, to: {} }
      const { id } = (await wire.backend('POST', root, body)).json
      const { data, position } = (await wire.backend('POST', `${root}/${id}/next`)).json
      const { version } = data.find((one: { user: { id: string } }) => one.user.id === userId).user
      const own = `${root}/${id}/users/${userId}`
      const made = { public_metadata: { tier: 1 } }
      const headers = { 'if-match': `"${version}"` }
      expect((await wire.backend('PUT', own, made, headers)).json).toMatchObject({ version: version + 1, ...made })
      for (const { user } of data) await wire.backend('PUT', `${root}/${id}/users/${user.id}`, {})
      await wire.backend('POST', `${root}/${id}/next`, { through: position })
      expect((await wire.backend('POST', `${root}/${id}/finish`)).json.result).toMatchObject({ phase: 'closing' })
      await expect.poll(async () => (await wire.backend('GET', `/v1/jobs/${id}`)).json.status).toBe('done')
      const [change] = (await wire.backend('GET', `/v1/users/${userId}/changes`)).json
      expect(change).toMatchObject({ migration: 'none', fields: ['public_metadata'] })
      wire.close()
    })

    test('endpoints of webhooks', async () => {
      const wire = createWire(world().place)
      const endpoints = '/v1/webhook_endpoints'
      const body = { url: 'https://app.example/hooks', event_types: ['user.updated'] }
      const { json: made } = await wire.backend('POST', endpoints, body)
      expect(made).toMatchObject({ object: 'webhook_endpoint', secret: expect.stringMatching(/^whsec_/) })
      const own = `${endpoints}/${made.id}`
      expect((await wire.backend('GET', endpoints)).json).toMatchObject({ total_count: 1, data: [{ id: made.id }] })
      expect((await wire.backend('PATCH', own, { status: 'paused' })).json).toMatchObject({ status: 'paused' })
      expect((await wire.backend('GET', own)).json).toMatchObject({ status: 'paused', include_private: false })
      expect((await wire.backend('POST', `${own}/rotate_secret`)).json).toMatchObject({ secrets: 2 })
      const { userId } = await wire.signUp(newName())
      await wire.backend('PATCH', `/v1/users/${userId}/metadata`, { public_metadata: { plan: 'pro' } })
      const list = async () => (await wire.backend('GET', `${own}/deliveries`)).json
      // What there is to tell is made of the change, soon after it.
      const told = { data: [{ type: 'user.updated', user_id: userId, status: 'pending' }] }
      await expect.poll(list).toMatchObject(told)
      const json = await list()
      const { json: sent } = await wire.backend('GET', `${own}/deliveries/${json.data[0].event_id}`)
      expect(sent.payload).toMatchObject({ type: 'user.updated', data: { public_metadata: { plan: 'pro' } } })
      const replayed = await wire.backend('POST', `${own}/replay`, { event_id: json.data[0].event_id })
      expect(replayed.json).toMatchObject({ object: 'webhook_replay' })
      expect((await wire.backend('DELETE', own)).json).toMatchObject({ deleted: true })
      wire.close()
    })

    test('what the Frontend API has besides', async () => {
      const wire = createWire(world().place)
      const { cookie } = await wire.signUp(newName())
      const { last_active_session_id: id } = (await wire.frontend(cookie, 'GET', '/v1/client')).json.response
      expect((await wire.frontend(cookie, 'PUT', '/v1/client')).json.response).toMatchObject({ object: 'client' })
      expect((await wire.frontend(cookie, 'GET', '/v1/environment')).json).toMatchObject({ maintenance_mode: false })
      expect((await wire.frontend(cookie, 'PATCH', '/v1/environment')).json).toMatchObject({ maintenance_mode: false })
      const replaced = await wire.frontend(cookie, 'PUT', '/v1/me/metadata', { unsafe_metadata: '{"n":null}' })
      expect(replaced.json.response.unsafe_metadata).toEqual({ n: null })
      expect((await wire.frontend(cookie, 'GET', `/v1/client/sessions/${id}`)).json.response).toMatchObject({ id })
      const reading = new AbortController()
      const { signal } = reading
      const events = await fetch(`${world().place.url}/v1/me/events`, { headers: { cookie }, signal })
      expect([events.status, events.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
      reading.abort()
      const begun = await wire.frontend(cookie, 'POST', '/v1/client/sign_ups', { first_name: 'Ada' })
      const signUp = `/v1/client/sign_ups/${begun.json.response.id}`
      const changed = await wire.frontend(cookie, 'PATCH', signUp, { first_name: 'Bea' })
      expect(changed.json.response).toMatchObject({ first_name: 'Bea', status: 'missing_requirements' })
      expect((await wire.frontend(cookie, 'GET', signUp)).json.response).toEqual(changed.json.response)
      const signIn = (await wire.frontend(cookie, 'POST', '/v1/client/sign_ins', { identifier: newName() })).json
        .response
      const read = `/v1/client/sign_ins/${signIn.id}`
      expect((await wire.frontend(cookie, 'GET', read)).json.response).toEqual(signIn)
      expect((await wire.frontend((await wire.signUp(newName())).cookie, 'GET', read)).status).toBe(404)
      expect((await wire.frontend(cookie, 'POST', `/v1/client/sessions/${id}/end`)).json.response).toMatchObject({ id })
      const other = await wire.signUp(newName())
      const gone = await wire.frontend(other.cookie, 'DELETE', '/v1/client/sessions')
      expect(gone.json).toMatchObject({ response: null, client: { sessions: [] } })
      wire.close()
    })

    test('the password of who is signed in', async () => {
      const wire = createWire(world().place)
      const { userId, cookie } = await wire.signUp(newName())
      const current = { current_password: 'correct horse battery' }
      const change = (form: Record<string, string>) => wire.frontend(cookie, 'POST', '/v1/me/change_password', form)
      const remove = () => wire.frontend(cookie, 'POST', '/v1/me/remove_password', current)
      const short = await change({ ...current, new_password: 'short' })
      expect(short.json.errors).toMatchObject([{ meta: { param_name: 'new_password' } }])
      const other = (await wire.backend('POST', '/v1/sessions', { user_id: userId })).json
      const next = { new_password: 'another horse battery', sign_out_of_other_sessions: 'true' }
      const param = { meta: { param_name: 'current_password' } }
      expect((await change(next)).json.errors).toMatchObject([{ code: 'form_param_missing', ...param }])
      const wrong = await change({ current_password: 'wrong', ...next })
      expect(wrong.json.errors).toMatchObject([{ code: 'form_password_incorrect', ...param }])
      expect((await change({ ...current, ...next })).json.response).toMatchObject({ version: 2 })
      expect((await wire.backend('GET', `/v1/sessions/${other.id}`)).json.status).toBe('revoked')
      expect((await wire.frontend(cookie, 'GET', '/v1/me')).status).toBe(200)
      expect((await remove()).json.errors[0].code).toBe('form_password_incorrect')
      current.current_password = next.new_password
      // Nothing else is left to somebody without an address.
      expect((await remove()).json.errors[0].code).toBe('last_identification_deletion_failed')
      const identifier = `${newName()}@example.com`
      const password = 'correct horse battery'
      const { json: withAddress } = await wire.backend('POST', '/v1/users', { email_address: [identifier], password })
      const signedIn = await wire.frontend('', 'POST', '/v1/client/sign_ins', { identifier, password })
      const client = `${signedIn.headers['set-cookie']}`.split(';')[0] ?? ''
      const removed = await wire.frontend(client, 'POST', '/v1/me/remove_password', { current_password: password })
      expect(removed.json.response).toMatchObject({ id: withAddress.id, password_enabled: false })
      const again = await wire.backend('POST', `/v1/users/${withAddress.id}/remove_password`)
      expect(again.json.errors[0].code).toBe('no_password_set')
      await wire.backend('PATCH', `/v1/users/${withAddress.id}`, { password })
      const byServer = await wire.backend('POST', `/v1/users/${withAddress.id}/remove_password`)
      expect(byServer.json).toMatchObject({ password_enabled: false })
      wire.close()
    })

    test('a password that was forgotten', async () => {
      const wire = createWire(world().place)
      const identifier = `${newName()}@example.com`
      const password = 'correct horse battery'
      const user = (await wire.backend('POST', '/v1/users', { email_address: [identifier], password })).json
      const other = (await wire.backend('POST', '/v1/sessions', { user_id: user.id })).json
      const strategy = 'reset_password_email_code'
      const begun = await wire.frontend('', 'POST', '/v1/client/sign_ins', { identifier, strategy })
      expect(begun.json.response.first_factor_verification).toMatchObject({ strategy, status: 'unverified' })
      const cookie = `${begun.headers['set-cookie']}`.split(';')[0] ?? ''
      const path = `/v1/client/sign_ins/${begun.json.response.id}`
      const step = (name: string, form: Record<string, string>) =>
        wire.frontend(cookie, 'POST', `${path}/${name}`, form)
      const reset = { password: 'another horse battery' }
      expect((await step('reset_password', reset)).status).toBe(404)
      const asOther = await step('attempt_first_factor', { strategy: 'email_code', code: '424242' })
      expect(asOther.json.errors[0].code).toBe('verification_not_sent')
      const proved = await step('attempt_first_factor', { strategy, code: '424242' })
      const verification = { status: 'verified', strategy: 'reset_password_email_code' }
      expect(proved.json).toMatchObject({
        response: { status: 'needs_new_password', first_factor_verification: verification },
        client: { sessions: [] },
      })
      expect((await step('reset_password', { password: 'short' })).status).toBe(422)
      const done = await step('reset_password', reset)
      expect(done.json).toMatchObject({
        response: { status: 'complete' },
        client: { sessions: [{ user: { version: 2 } }] },
      })
      expect((await step('reset_password', reset)).status).toBe(401)
      expect((await wire.backend('GET', `/v1/sessions/${other.id}`)).json.status).toBe('revoked')
      const verify = (text: string) =>
        wire.backend('POST', `/v1/users/${user.id}/verify_password`, { password: text }).then(({ status }) => status)
      expect([await verify(password), await verify(reset.password)]).toEqual([422, 200])
      // Nobody's address goes the same way, as far as it goes.
      const nobody = { identifier: `${newName()}@example.com`, strategy }
      const unknown = await wire.frontend('', 'POST', '/v1/client/sign_ins', nobody)
      const shape = (json: { response: object }) => Object.entries(json.response).map(([k, v]) => [k, typeof v])
      expect(shape(unknown.json)).toEqual(shape(begun.json))
      wire.close()
    })

    test('the e-mail addresses of who is signed in', async () => {
      const wire = createWire(world().place)
      const { userId, cookie } = await wire.signUp(newName())
      const root = '/v1/me/email_addresses'
      const ask = (method: string, path: string, form?: Record<string, string>) =>
        wire.frontend(cookie, method, `${root}${path}`, form)
      const add = async (email_address: string) => (await ask('POST', '', { email_address })).json
      const taken = `${newName()}@example.com`
      const owner = (await wire.backend('POST', '/v1/users', { email_address: [taken] })).json
      const prove = async (id: string, code = '424242') => {
        await ask('POST', `/${id}/prepare_verification`, { strategy: 'email_code' })
        return (await ask('POST', `/${id}/attempt_verification`, { code })).json
      }
      expect((await add('nobody')).errors[0].code).toBe('form_param_format_invalid')
      const [first, second] = [`${newName()}@example.com`, `${newName()}@example.com`]
      const { response: one } = await add(first)
      expect(one).toMatchObject({ email_address: first, verification: null })
      expect((await add(first.toUpperCase())).errors[0].code).toBe('form_identifier_exists')
      // Until it is verified it names nobody, and others may add it too.
      expect((await wire.backend('GET', `/v1/users?email_address=${first}`)).json).toEqual([])
      const early = await ask('POST', `/${one.id}/attempt_verification`, { code: '424242' })
      expect(early.json.errors[0].code).toBe('verification_not_sent')
      expect((await prove(one.id, '000000')).errors[0].code).toBe('form_code_incorrect')
      expect((await prove(one.id)).response.verification.status).toBe('verified')
      expect((await ask('POST', `/${one.id}/prepare_verification`, { strategy: 'email_code' })).status).toBe(400)
      expect((await ask('GET', `/${one.id}`)).json.response).toMatchObject({ email_address: first })
      expect((await wire.backend('GET', `/v1/users?email_address=${first}`)).json).toMatchObject([{ id: userId }])
      // Whose an address is, only whoever reads its mail is told.
      const { response: odd } = await add(taken)
      expect((await prove(odd.id)).errors[0].code).toBe('form_identifier_exists')
      expect((await wire.backend('GET', `/v1/users?email_address=${taken}`)).json).toMatchObject([{ id: owner.id }])
      const { response: two } = await add(second)
      const primary = { primary_email_address_id: two.id }
      expect((await wire.frontend(cookie, 'PATCH', '/v1/me', primary)).status).toBe(422)
      await prove(two.id)
      expect((await wire.frontend(cookie, 'PATCH', '/v1/me', primary)).json.response).toMatchObject(primary)
      expect((await wire.frontend(cookie, 'GET', '/v1/me/email_addresses')).json).toMatchObject([
        ...[one, two, odd].map(({ id }) => ({ id, object: 'email_address' })),
      ])
      expect((await ask('DELETE', `/${two.id}`)).json.response).toMatchObject({ id: two.id, deleted: true })
      const { json } = await wire.frontend(cookie, 'GET', '/v1/me')
      expect(json.response).toMatchObject({ primary_email_address_id: one.id, email_addresses: [{}, { id: odd.id }] })
      expect((await wire.backend('GET', `/v1/users?email_address=${second}`)).json).toEqual([])
      wire.close()
    })

    test('the sessions of who is signed in, on all devices', async () => {
      const wire = createWire(world().place)
      const { userId, cookie } = await wire.signUp(newName())
      const stranger = await wire.signUp(newName())
      const other = (await wire.backend('POST', '/v1/sessions', { user_id: userId })).json
      const active = async () => (await wire.frontend(cookie, 'GET', '/v1/me/sessions/active')).json
      expect(await active()).toMatchObject([{ id: other.id, latest_activity: { is_mobile: false } }, {}])
      const revoke = `/v1/me/sessions/${other.id}/revoke`
      expect((await wire.frontend(stranger.cookie, 'POST', revoke)).status).toBe(404)
      expect((await wire.frontend(cookie, 'POST', revoke)).json.response).toMatchObject({ status: 'revoked' })
      expect(await active()).toHaveLength(1)
      const all = (await wire.frontend(cookie, 'GET', '/v1/me/sessions')).json
      expect(all).toContainEqual(expect.objectContaining({ status: 'active' }))
      expect(all.length).toBeGreaterThanOrEqual(1)
      wire.close()
    })

    test('a version is a date, named once; metadata among the fields of a user is of the past', async () => {
      const wire = createWire(world().place)
      const { userId, cookie } = await wire.signUp(newName())
      const write = (version: string) =>
        wire.backend(
          'PATCH',
          `/v1/users/${userId}`,
          { public_metadata: { v: version } },
          { 'clerk-api-version': version },
        )
      for (const version of ['2021-02-05', '2024-10-01', '2025-03-12', '2025-04-10', '2025-11-10']) {
        expect((await write(version)).json.public_metadata).toEqual({ v: version })
      }
      for (const version of ['2026-05-12', '2026-08-20', '2030-01-01']) {
        const { status, json } = await write(version)
        expect([status, json.errors[0]]).toMatchObject([
          422,
          { code: 'form_param_deprecated', meta: { param_name: 'public_metadata' } },
        ])
      }
      expect((await write('yesterday')).status).toBe(400)
      const path = '/v1/me?__clerk_api_version=2026-05-12'
      const inPage = await wire.frontend(cookie, 'PATCH', path, { unsafe_metadata: '{}' })
      expect(inPage.json.errors[0]).toMatchObject({ code: 'form_param_deprecated' })
      const { json } = await wire.backend('GET', `/v1/users/${userId}`)
      expect(json.public_metadata).toEqual({ v: '2025-11-10' })
      wire.close()
    })

    test('a reply is application/json and nothing else, a refusal too', async () => {
      const wire = createWire(world().place)
      for (const path of ['/v1/users/count', '/v1/users/user_nobody', '/v1/nothing', '/openapi.json', '/v1/client']) {
        expect((await wire.backend('GET', path)).headers['content-type']).toBe('application/json')
      }
      expect((await wire.backend('GET', '/openapi.json')).json).toMatchObject({ openapi: '3.1.0' })
      const { json: keys } = await wire.backend('GET', '/v1/jwks')
      expect((await wire.frontend('', 'GET', '/.well-known/jwks.json')).json).toEqual(keys)
      wire.close()
    })
  })
}
