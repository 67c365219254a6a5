import { createBackend } from '@acme/backend'
import { liveUpdates } from '@acme/frontend/live'
import { defineMetadata } from '@acme/schema'
import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { createCanary } from '../canary.ts'
import { forEachTarget, newName, userOf } from '../targets.ts'

const metadata = defineMetadata(
  {
    public: z.object({
      plan: z.enum(['free', 'pro']).optional(),
      deep: z.object({ city: z.string().max(20) }).optional(),
    }),
    unsafe: z.object({ theme: z.enum(['light', 'dark']).optional() }),
  },
  { claims: { plan: 'public.plan', city: 'public.deep.city', theme: 'unsafe.theme' } },
)

/** What the browser knows of a token without a key: all of it. */
function read(jwt: string | undefined) {
  return decodeJwt(`${jwt}`)
}

forEachTarget((world) => {
  const send = async (method: string, path: string, body: object) => {
    const { url, secretKey } = world().place
    const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
    const response = await fetch(`${url}/v1${path}`, { method, headers, body: JSON.stringify(body) })
    return { status: response.status, json: await response.json() }
  }
  const push = () => {
    const schemas = {
      public: {
        properties: {
          plan: { enum: ['free', 'pro'] },
          deep: { properties: { city: { maxLength: 20, type: 'string' } } },
        },
      },
      unsafe: { properties: { theme: { enum: ['light', 'dark'] } } },
    }
    return send('PUT', '/metadata_schemas', { schemas, options: metadata.options })
  }
  const ownBackend = () => {
    const { url: apiUrl, secretKey } = world().place
    return createBackend({ secretKey, apiUrl, metadata })
  }

  test('a page’s token says what the app has defined, and is made anew when that changes', async () => {
    expect((await push()).status).toBe(200)
    const { users, tokens, authenticate } = ownBackend()
    const page = await world().signUp()
    const { id } = userOf(page)
    const first = `${await page.session?.getToken()}`
    expect(await tokens.verify(first, { minVersion: 1 })).toMatchObject({
      userId: id,
      userVersion: 1,
      claimsOmitted: [],
    })
    expect((await tokens.verify(first)).claims.plan).toBeUndefined()
    // By the page itself.
    await userOf(page).update({ unsafeMetadata: { theme: 'dark' } as never })
    const second = `${await page.session?.getToken()}`
    expect((await tokens.verify(second)).claims.theme).toBe('dark')
    // By a back end, which asks for a token that knows.
    const { version } = await users.updateUserMetadata(id, { publicMetadata: { plan: 'pro', deep: { city: 'Köln' } } })
    const stale = tokens.verify(second, { minVersion: Number(version) })
    await expect(stale).rejects.toMatchObject({ code: 'token_stale' })
    const asked = { headers: { authorization: `Bearer ${second}` } }
    const { minVersion } = { minVersion: Number(version) }
    expect(await authenticate(asked, { minVersion })).toMatchObject({ isAuthenticated: false, reason: 'token_stale' })
    expect(await authenticate(asked)).toMatchObject({ isAuthenticated: true, claims: { theme: 'dark' } })
    expect(await page.session?.getToken()).toBe(second)
    await userOf(page).reload()
    const third = `${await page.session?.getToken()}`
    const { claims, userVersion } = await tokens.verify(third, { minVersion })
    expect([claims.plan, claims.city, claims.theme, userVersion]).toEqual(['pro', 'Köln', 'dark', version])
  })

  test('a live page asks for a new token once a back end has changed a claim, and not before', async () => {
    await push()
    const page = await world().signUp(undefined, { live: liveUpdates })
    const end = page.subscribe(() => {})
    const before = await page.session?.getToken()
    expect(await page.session?.getToken()).toBe(before)
    await world().backend.users.updateUserMetadata(userOf(page).id, { publicMetadata: { plan: 'pro' } })
    await expect.poll(async () => read(await page.session?.getToken())['plan']).toBe('pro')
    end()
  })

  test('a page gets tokens by a template, which are no sessions', async () => {
    const name = newName()
    const claims = { aud: 'others', plan: "{{user.public_metadata.plan || 'free'}}" }
    expect((await send('POST', '/jwt_templates', { name, claims })).status).toBe(200)
    const page = await world().signUp()
    const { id } = userOf(page)
    const token = `${await page.session?.getToken({ template: name })}`
    expect(read(token)).toMatchObject({ sub: id, aud: 'others', plan: 'free' })
    expect(await page.session?.getToken({ template: name })).toBe(token)
    await expect(world().backend.tokens.verify(token)).rejects.toMatchObject({ code: 'token_invalid' })
    await world().backend.users.updateUserMetadata(id, { publicMetadata: { plan: 'pro' } })
    await userOf(page).reload()
    expect(read(await page.session?.getToken({ template: name }))).toMatchObject({ plan: 'pro' })
    const missing = page.session?.getToken({ template: 'nothing_of_this_name' })
    await expect(missing).rejects.toMatchObject({ code: 'resource_not_found', status: 404 })
    expect(read(await page.session?.getToken())).toMatchObject({ sid: page.session?.id })
  })

  test('no private byte is in any token', async () => {
    const canary = createCanary()
    await push()
    expect(
      (await send('PUT', '/metadata_schemas', { schemas: {}, options: { claims: { key: 'private.key' } } })).status,
    ).toBe(422)
    const name = newName()
    const everything = { user: '{{user}}', text: 'a {{user}} b', other: '{{user.privateMetadata}}', all: '{{}}' }
    expect((await send('POST', '/jwt_templates', { name, claims: everything })).status).toBe(200)
    const page = await world().signUp()
    const { id } = userOf(page)
    await world().backend.users.updateUser(id, {
      publicMetadata: { plan: 'pro' },
      privateMetadata: { key: canary.word, plan: canary.word, deep: { city: canary.word }, theme: canary.word },
    })
    await userOf(page).reload()
    const tokens = [await page.session?.getToken(), await page.session?.getToken({ template: name })]
    expect(tokens.map((token) => read(token).sub)).toEqual([id, id])
    for (const token of tokens) expect(canary.isIn(JSON.stringify(read(token)))).toBe(false)
    for (const token of tokens) expect(canary.isIn(`${token}`)).toBe(false)
  })
})
