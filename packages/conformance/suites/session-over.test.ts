import { expect, test } from 'vitest'
import { forEachTarget, userOf } from '../targets.ts'

forEachTarget((world) => {
  /** Asks the Backend API for what its SDK has no words for. */
  async function ask(method: string, path: string): Promise<unknown> {
    const { url, secretKey } = world().place
    return (await fetch(`${url}/v1/${path}`, { method, headers: { authorization: `Bearer ${secretKey}` } })).json()
  }

  const ends: Record<string, (id: string) => Promise<unknown>> = {
    'was revoked': async (id) => {
      const [session] = (await ask('GET', `sessions?user_id=${id}`)) as { id: string }[]
      await ask('POST', `sessions/${session?.id}/revoke`)
    },
    'is of a user who was banned': (id) => ask('POST', `users/${id}/ban`),
    'is of a user who was deleted': (id) => world().backend.users.deleteUser(id),
  }

  test.each(Object.entries(ends))('a session that %s leaves nobody signed in after the first call', async (_, end) => {
    const frontend = await world().signUp()
    const user = userOf(frontend)
    await end(user.id)
    await expect(user.updateMetadata({ unsafeMetadata: { a: 1 } })).rejects.toMatchObject({
      code: 'signed_out',
      outcome: 'not_applied',
    })
    expect(frontend).toMatchObject({ isLoaded: true, user: null, session: null })
  })

  test.each(Object.entries(ends))('signing out of a session that %s succeeds', async (_, end) => {
    const frontend = await world().signUp()
    await end(userOf(frontend).id)
    await frontend.signOut()
    expect(frontend).toMatchObject({ user: null, session: null })
    await frontend.signOut()
  })
})
