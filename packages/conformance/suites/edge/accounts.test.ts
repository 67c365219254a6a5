import { createBackend } from '@acme/backend'
import { createAccounts } from '@acme/backend/accounts'
import { createFrontend, fetchWithoutCookies } from '@acme/frontend'
import { expect, test } from 'vitest'
import { startSqlite } from '../../places.ts'
import { newName } from '../../targets.ts'

const password = 'correct horse battery'

async function begin() {
  const place = await startSqlite()
  const options = { secretKey: place.secretKey, apiUrl: place.url }
  const kept = { token: null as string | null }
  const store = { get: () => kept.token, set: (token: string) => Object.assign(kept, { token }) && undefined }
  const acme = createFrontend<unknown>({
    publishableKey: place.publishableKey,
    proxyUrl: place.url,
    fetch: fetchWithoutCookies(store, (request) => fetch(request)),
  })
  await acme.load()
  return { place, acme, accounts: createAccounts(options), ...createBackend(options) }
}

test('a server gives addresses and takes them, bans many, and looks after passwords', async () => {
  const { place, accounts, users } = await begin()
  const [ada, bea] = [
    await users.createUser({ username: newName(), password }),
    await users.createUser({ username: newName() }),
  ]
  const emailAddress = `${newName()}@example.com`
  const added = await accounts.createEmailAddress({ userId: ada.id, emailAddress })
  expect(added).toMatchObject({ emailAddress, verification: null })
  const state = { verified: true, primary: true } as const
  expect(await accounts.updateEmailAddress(added.id, state)).toMatchObject({ verification: { status: 'verified' } })
  expect(await accounts.getEmailAddress(added.id)).toMatchObject({ emailAddress })
  expect(await users.getUser(ada.id)).toMatchObject({ primaryEmailAddressId: added.id })
  expect([await accounts.verifyPassword(ada.id, password), await accounts.verifyPassword(ada.id, 'wrong')]).toEqual([
    true,
    false,
  ])
  await expect(accounts.verifyPassword(bea.id, password)).rejects.toMatchObject({ code: 'no_password_set' })
  await accounts.removePassword(ada.id, { signOutOfOtherSessions: true })
  const last = { code: 'last_identification_deletion_failed' }
  await expect(accounts.deleteEmailAddress(added.id)).rejects.toMatchObject(last)
  const other = await accounts.createEmailAddress({ userId: ada.id, emailAddress: `b_${emailAddress}`, verified: true })
  await accounts.deleteEmailAddress(other.id)
  await accounts.banUsers([ada.id, bea.id])
  await accounts.unbanUsers([ada.id])
  expect(await users.getUser(bea.id)).toMatchObject({ banned: true })
  expect(await users.getUser(ada.id)).toMatchObject({ banned: false })
  await expect(accounts.getEmailAddress('../users')).rejects.toMatchObject({ code: 'id_invalid' })
  await place.close()
})

test('who is invited signs up by the ticket, and has what the invitation says', async () => {
  const { place, acme, accounts } = await begin()
  const emailAddress = `${newName()}@example.com`
  const redirectUrl = 'https://app.example.com/sign-up'
  const invitation = await accounts.createInvitation({ emailAddress, redirectUrl, publicMetadata: { snake_case: 1 } })
  expect(invitation).toMatchObject({ emailAddress, status: 'pending', publicMetadata: { snake_case: 1 } })
  expect(invitation.expiresAt).toBeInstanceOf(Date)
  await expect(accounts.createInvitation({ emailAddress, redirectUrl })).rejects.toMatchObject({
    code: 'duplicate_record',
  })
  const ticket = new URL(invitation.url ?? '').searchParams.get('__clerk_ticket') ?? ''
  await acme.signUp.create({ ticket, password })
  expect(acme.user).toMatchObject({ publicMetadata: { snake_case: 1 }, emailAddresses: [{ emailAddress }] })
  const second = await accounts.createInvitation({ emailAddress: `b_${emailAddress}`, redirectUrl, notify: false })
  expect(await accounts.revokeInvitation(second.id)).toMatchObject({ status: 'revoked' })
  const listed = async (query: Parameters<typeof accounts.listInvitations>[0]) => {
    const ids: string[] = []
    for await (const { id } of accounts.listInvitations(query)) ids.push(id)
    return ids
  }
  expect(await listed({})).toEqual([invitation.id])
  expect(await listed({ status: 'revoked', query: emailAddress })).toEqual([second.id])
  await accounts.deleteInvitation(second.id)
  expect(await listed({ status: 'revoked' })).toEqual([])
  await place.close()
})
