import { createBackend } from '@acme/backend'
import { createFrontend, fetchWithoutCookies } from '@acme/frontend'
import { defineMetadata, MetadataInvalidError } from '@acme/schema'
import { expect, test, vi } from 'vitest'
import * as z from 'zod'
import * as mini from 'zod/mini'
import { forEachTarget, newName, userOf } from '../targets.ts'

const schemas = {
  public: z.object({ plan: z.enum(['free', 'pro']).default('free') }),
  unsafe: mini.object({ theme: mini.optional(mini.enum(['light', 'dark'])) }),
}
const metadata = defineMetadata(schemas)
const serverMetadata = metadata.withPrivate(z.object({ customer: z.string().optional() }))

forEachTarget((world) => {
  const backendOf = <M>(metadata: M) =>
    createBackend<M>({ secretKey: world().place.secretKey, apiUrl: world().place.url, metadata })
  const broken = { publicMetadata: { plan: 'gold' } } as never

  test('a whole value is refused before it is sent, with every path', async () => {
    const sent = vi.fn(fetch)
    const { users } = createBackend({
      secretKey: world().place.secretKey,
      apiUrl: world().place.url,
      metadata: serverMetadata,
      fetch: sent,
    })
    const error = await users
      .createUser({ username: newName(), ...(broken as object), privateMetadata: { customer: 1 as never } })
      .catch((error: unknown) => error)
    expect(error).toBeInstanceOf(MetadataInvalidError)
    expect(sent).not.toHaveBeenCalled()
  })

  test('defaults apply to what is read, on both sides', async () => {
    const { users } = backendOf(serverMetadata)
    const user = await users.createUser({ username: newName(), privateMetadata: { customer: 'cus_1' } })
    expect(user.publicMetadata).toEqual({ plan: 'free' })
    expect(user.privateMetadata).toEqual({ customer: 'cus_1' })
    expect(JSON.stringify(user)).not.toContain('cus_1')

    const kept = new Map<'token', string>()
    const store = { get: () => kept.get('token') ?? null, set: (token: string) => void kept.set('token', token) }
    const { publishableKey } = world().place
    const frontend = createFrontend({ publishableKey, metadata, fetch: fetchWithoutCookies(store) })
    await frontend.load()
    const junk = { username: newName(), password: 'correct horse battery', unsafeMetadata: { theme: 'blue' as never } }
    await expect(frontend.signUp.create(junk)).rejects.toMatchObject({ kind: 'unsafe', issues: [{ path: ['theme'] }] })
    await frontend.signUp.create({ ...junk, unsafeMetadata: { theme: 'dark' } })
    expect(userOf(frontend).publicMetadata).toEqual({ plan: 'free' })
    const update = userOf(frontend).update({ unsafeMetadata: { theme: 1 as never } })
    await expect(update).rejects.toBeInstanceOf(MetadataInvalidError)
    expect(userOf(frontend).unsafeMetadata).toEqual({ theme: 'dark' })
  })

  test('stored data that does not fit is given as it is, told on the console, or refused, as the app says', async () => {
    const { id } = await world().backend.users.createUser({ username: newName(), publicMetadata: { plan: 'gold' } })
    expect((await backendOf(metadata).users.getUser(id)).publicMetadata).toEqual({ plan: 'gold' })
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const warned = await backendOf(defineMetadata(schemas, { onInvalid: 'warn' })).users.getUser(id)
    expect(warned.publicMetadata).toEqual({ plan: 'gold' })
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('publicMetadata.plan'))
    warn.mockRestore()
    const strict = backendOf(defineMetadata(schemas, { onInvalid: 'error' }))
    await expect(strict.users.getUser(id)).rejects.toMatchObject({ kind: 'public', issues: [{ path: ['plan'] }] })
  })
})
