import { liveUpdates } from '@acme/frontend/live'
import { expect, onTestFinished, test } from 'vitest'
import { forEachTarget, userOf } from '../targets.ts'

forEachTarget((world) => {
  /** A page that is signed in and looked at. */
  async function openPage() {
    const page = await world().signUp(undefined, { live: liveUpdates })
    onTestFinished(page.subscribe(() => {}))
    return page
  }

  /** Asks the Backend API for what its SDK has no words for. */
  async function ask(method: string, path: string): Promise<unknown> {
    const { url, secretKey } = world().place
    return (await fetch(`${url}/v1/${path}`, { method, headers: { authorization: `Bearer ${secretKey}` } })).json()
  }

  test('a change by the back end shows in the page without asking, and what is private does not', async () => {
    const page = await openPage()
    const { id } = userOf(page)
    for (const plan of ['free', 'pro']) {
      await world().backend.users.updateUser(id, { publicMetadata: { plan }, privateMetadata: { plan } })
      await expect.poll(() => page.user?.publicMetadata).toEqual({ plan })
    }
    expect(JSON.stringify(page.user)).not.toMatch(/private/i)
    expect(page.user?.version).toBe(3)
  })

  test('the page of a user learns nothing of another', async () => {
    const [ada, bea] = [await openPage(), await openPage()]
    await world().backend.users.updateUser(userOf(bea).id, { publicMetadata: { of: 'bea' } })
    await expect.poll(() => bea.user?.publicMetadata).toEqual({ of: 'bea' })
    await world().backend.users.updateUser(userOf(ada).id, { publicMetadata: { of: 'ada' } })
    await expect.poll(() => ada.user?.publicMetadata).toEqual({ of: 'ada' })
    expect([ada.user?.version, bea.user?.version]).toEqual([2, 2])
  })

  test.each([
    [
      'was revoked',
      async (id: string) => {
        const [session] = (await ask('GET', `sessions?user_id=${id}`)) as { id: string }[]
        await ask('POST', `sessions/${session?.id}/revoke`)
      },
    ],
    ['is of a user who was banned', (id: string) => ask('POST', `users/${id}/ban`)],
    ['is of a user who was deleted', (id: string) => world().backend.users.deleteUser(id)],
  ])('a session that %s leaves nobody signed in, without a call', async (_, end) => {
    const page = await openPage()
    await end(userOf(page).id)
    await expect.poll(() => page.session).toBeNull()
    expect(page).toMatchObject({ isLoaded: true, user: null })
  })
})
