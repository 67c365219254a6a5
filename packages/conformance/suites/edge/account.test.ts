import { createFrontend, fetchWithoutCookies } from '@acme/frontend'
import { createAccount, createPasswordReset } from '@acme/frontend/account'
import { expect, test } from 'vitest'
import { startSqlite } from '../../places.ts'
import { newName } from '../../targets.ts'

const password = 'correct horse battery'

test('the parts of an account do what they say, and the frontend knows it', async () => {
  const place = await startSqlite()
  const open = () => {
    const kept = { token: null as string | null }
    const store = { get: () => kept.token, set: (token: string) => Object.assign(kept, { token }) && undefined }
    const options = {
      publishableKey: place.publishableKey,
      proxyUrl: place.url,
      fetch: fetchWithoutCookies(store, (request) => fetch(request)),
    }
    const acme = createFrontend<unknown>(options)
    return { acme, account: createAccount(acme, options), reset: createPasswordReset(acme, options) }
  }
  const { acme, account } = open()
  await acme.load()
  await expect(account.listSessions()).rejects.toMatchObject({ code: 'signed_out' })
  const username = newName()
  await acme.signUp.create({ username, password })
  await expect(account.removePassword({ currentPassword: password })).rejects.toMatchObject({
    code: 'last_identification_deletion_failed',
  })
  const [first, second] = [`${newName()}@example.com`, `${newName()}@example.com`]
  for (const text of [first, second]) {
    const { id } = await account.addEmailAddress(text)
    await account.prepareEmailAddress(id)
    await expect(account.attemptEmailAddress(id, '000000')).rejects.toMatchObject({ code: 'form_code_incorrect' })
    expect(await account.attemptEmailAddress(id, '424242')).toMatchObject({ verification: { status: 'verified' } })
  }
  const addresses = acme.user?.emailAddresses ?? []
  expect(addresses.map(({ emailAddress }) => emailAddress)).toEqual([first, second])
  await acme.user?.update({ primaryEmailAddressId: addresses[1]?.id })
  await account.deleteEmailAddress(addresses[0]?.id ?? '')
  expect(acme.user?.emailAddresses).toHaveLength(1)

  const other = open()
  await other.acme.load()
  await other.acme.signIn.create({ identifier: username, password })
  const sessions = await account.listSessions()
  expect(sessions.map(({ id }) => id)).toEqual([other.acme.session?.id, acme.session?.id])
  expect(sessions[0]?.lastActiveAt).toBeInstanceOf(Date)
  await account.revokeSession(other.acme.session?.id ?? '')
  expect(await account.listSessions()).toHaveLength(1)
  const newPassword = 'another horse battery'
  await account.changePassword({ currentPassword: password, newPassword })

  const lost = open()
  await lost.acme.load()
  await lost.reset.begin(second)
  await expect(lost.reset.attempt('000000')).rejects.toMatchObject({ code: 'form_code_incorrect' })
  await lost.reset.attempt('424242')
  await lost.reset.finish({ password })
  expect(lost.acme.user?.id).toBe(acme.user?.id)
  await acme.reload()
  expect(acme.user).toBeNull()
  await lost.account.removePassword({ currentPassword: password })
  await place.close()
})
