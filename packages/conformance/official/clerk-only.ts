import { createPublicKey } from 'node:crypto'
import { type ClerkClient, createClerkClient, verifyToken } from '@clerk/backend'
import type { Clerk } from '@clerk/clerk-js/no-rhc'
import type { Page } from 'playwright'
import { beforeAll, describe, expect, test } from 'vitest'
import { newName } from '../targets.ts'
import { createWire } from '../wire.ts'
import { drive } from './browser.ts'
import { done } from './clients.ts'
import type { World } from './world.ts'

const password = 'correct horse battery'

/** What Clerk's clients do that ours have no words for. */
export function clerkOnly(world: () => World): void {
  describe('@clerk/backend', () => {
    let clerk: ClerkClient
    beforeAll(() => {
      const { secretKey, publishableKey, url: apiUrl } = world().place
      clerk = createClerkClient({ secretKey, publishableKey, apiUrl, telemetry: { disabled: true } })
    })

    const newUser = () => clerk.users.createUser({ username: newName(), password })
    const refusal = (promise: Promise<unknown>) =>
      promise.then(
        () => undefined,
        ({ status, errors: [first] }) => ({ status, code: first.code }),
      )

    test('bans, locks, and lets in again', async () => {
      const { id } = await newUser()
      const session = await clerk.sessions.createSession({ userId: id })
      expect(await clerk.users.banUser(id)).toMatchObject({ banned: true, locked: false })
      expect(await clerk.sessions.getSession(session.id)).toMatchObject({ status: 'revoked' })
      expect(await refusal(clerk.sessions.createSession({ userId: id }))).toEqual({ status: 403, code: 'user_banned' })
      expect(await clerk.users.unbanUser(id)).toMatchObject({ banned: false })
      expect(await clerk.users.lockUser(id)).toMatchObject({ locked: true })
      expect(await refusal(clerk.sessions.createSession({ userId: id }))).toEqual({ status: 403, code: 'user_locked' })
      expect(await clerk.users.unlockUser(id)).toMatchObject({ locked: false })
      expect(await clerk.sessions.createSession({ userId: id })).toMatchObject({ userId: id, status: 'active' })
    })

    test('gives a user e-mail addresses, and takes them away', async () => {
      const { id: userId } = await newUser()
      const named = (name: string) => `${name}_${newName()}@example.com`
      const [emailAddress, other] = [named('ada'), named('countess')]
      const added = await clerk.emailAddresses.createEmailAddress({ userId, emailAddress })
      expect(added).toMatchObject({ emailAddress, verification: null })
      expect(await clerk.users.getUser(userId)).toMatchObject({ primaryEmailAddressId: null })
      const verified = await clerk.emailAddresses.updateEmailAddress(added.id, { verified: true })
      expect(verified.verification).toMatchObject({ status: 'verified' })
      expect(await clerk.users.getUserList({ emailAddress: [emailAddress] })).toMatchObject({ totalCount: 1 })
      const second = await clerk.emailAddresses.createEmailAddress({
        userId,
        emailAddress: other,
        verified: true,
        primary: true,
      })
      expect(await clerk.users.getUser(userId)).toMatchObject({ primaryEmailAddressId: second.id })
      expect(await clerk.emailAddresses.getEmailAddress(added.id)).toMatchObject({ id: added.id, emailAddress })
      await clerk.emailAddresses.updateEmailAddress(second.id, { verified: false })
      expect(await clerk.users.getUser(userId)).toMatchObject({ primaryEmailAddressId: added.id })
      const notYet = clerk.emailAddresses.updateEmailAddress(second.id, { primary: true })
      expect(await refusal(notYet)).toEqual({ status: 422, code: 'form_param_value_invalid' })
      const deleted = await clerk.emailAddresses.deleteEmailAddress(second.id)
      expect(deleted).toMatchObject({ id: second.id, object: 'email_address', deleted: true })
      const gone = { status: 404, code: 'resource_not_found' }
      expect(await refusal(clerk.emailAddresses.getEmailAddress(second.id))).toEqual(gone)
      const taken = clerk.emailAddresses.createEmailAddress({
        userId: (await newUser()).id,
        emailAddress,
        verified: true,
      })
      expect(await refusal(taken)).toEqual({ status: 422, code: 'form_identifier_exists' })
    })

    test('invites, lists, takes back, and deletes', async () => {
      const emailAddress = `${newName()}@example.com`
      const redirectUrl = 'https://app.example.com/sign-up'
      const publicMetadata = { snake_case: { plan: 'pro' } }
      const made = await clerk.invitations.createInvitation({ emailAddress, redirectUrl, publicMetadata, notify: true })
      expect(made).toMatchObject({ emailAddress, publicMetadata, status: 'pending', revoked: false })
      expect(made.url).toContain(`${redirectUrl}?__clerk_status=sign_up&__clerk_ticket=`)
      const again = clerk.invitations.createInvitation({ emailAddress, redirectUrl })
      expect(await refusal(again)).toEqual({ status: 400, code: 'duplicate_record' })
      const pending = await clerk.invitations.getInvitationList({ query: emailAddress, orderBy: '-created_at' })
      expect(pending).toMatchObject({ totalCount: 1, data: [{ id: made.id }] })
      expect(await clerk.invitations.revokeInvitation(made.id)).toMatchObject({ status: 'revoked', revoked: true })
      const twice = clerk.invitations.revokeInvitation(made.id)
      expect(await refusal(twice)).toEqual({ status: 400, code: 'invitation_not_pending' })
      const revoked = await clerk.invitations.getInvitationList({ query: emailAddress, status: 'revoked' })
      expect(revoked.data).toHaveLength(1)
      expect(await clerk.invitations.deleteInvitation(made.id)).toMatchObject({ id: made.id, deleted: true })
    })

    test('finds users by every filter and in every order', async () => {
      const mark = newName()
      const [a, b, c] = await Promise.all(
        ['a', 'b', 'c'].map((letter) =>
          clerk.users.createUser({
            username: `${letter}_${mark}`,
            externalId: `${letter}-${mark}`,
            emailAddress: [`${letter}.${mark}@example.com`],
            firstName: letter,
            lastName: mark,
          }),
        ),
      )
      if (!a || !b || !c) throw new Error('they were not created')
      await clerk.users.banUser(b.id)
      // Its types know fewer filters than it sends.
      const find = async (filter: object) => {
        const { data, totalCount } = await clerk.users.getUserList({ orderBy: 'username', ...filter })
        expect(totalCount).toBe(data.length)
        return data.map(({ firstName }) => firstName).join('')
      }
      const all = { query: mark }
      expect(await find(all)).toBe('abc')
      expect(await find({ userId: [a.id, `+${b.id}`] })).toBe('ab')
      expect(await find({ ...all, userId: [`-${a.id}`] })).toBe('bc')
      expect(await find({ externalId: [`c-${mark}`] })).toBe('c')
      expect(await find({ ...all, externalId: [`-c-${mark}`] })).toBe('ab')
      expect(await find({ emailAddress: [`a.${mark}@example.com`, `c.${mark}@example.com`] })).toBe('ac')
      expect(await find({ username: [`b_${mark}`] })).toBe('b')
      expect(await find({ ...all, banned: true })).toBe('b')
      expect(await find({ emailAddressQuery: `b.${mark}` })).toBe('b')
      expect(await find({ usernameQuery: `c_${mark}` })).toBe('c')
      expect(await find({ nameQuery: mark })).toBe('abc')
      expect(await find({ ...all, phoneNumber: ['+15555550100'] })).toBe('')
      expect(await find({ ...all, organizationId: ['org_1'] })).toBe('')
      expect(await find({ ...all, web3Wallet: ['0x1'] })).toBe('')
      expect(await find({ ...all, createdAtBefore: a.createdAt - 60_000 })).toBe('')
      expect(await find({ ...all, createdAtAfter: a.createdAt - 60_000 })).toBe('abc')
      expect(await find({ ...all, lastActiveAtSince: 1 })).toBe('')
      const orders = ['created_at', 'updated_at', 'email_address', 'first_name', 'last_name', 'phone_number'] as const
      const more = ['username', 'web3wallet', 'last_active_at', 'last_sign_in_at'] as const
      for (const order of [...orders, ...more]) {
        for (const sign of ['', '+', '-'] as const)
          expect(await find({ ...all, orderBy: `${sign}${order}` })).toHaveLength(3)
      }
      expect(await find({ ...all, orderBy: '-email_address' })).toBe('cba')
    })

    test('checks passwords', async () => {
      const { id } = await newUser()
      expect(await clerk.users.verifyPassword({ userId: id, password })).toEqual({ verified: true })
      expect(await refusal(clerk.users.verifyPassword({ userId: id, password: 'another one' }))).toEqual({
        status: 422,
        code: 'incorrect_password',
      })
      const { id: without } = await clerk.users.createUser({ emailAddress: [`${newName()}@example.com`] })
      expect(await refusal(clerk.users.verifyPassword({ userId: without, password }))).toEqual({
        status: 400,
        code: 'no_password_set',
      })
    })

    test('takes the digest that another product keeps of a password', async () => {
      const passwordDigest = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
      const given = { username: newName(), passwordDigest, passwordHasher: 'bcrypt' } as const
      const { id } = await clerk.users.createUser(given)
      expect(await clerk.users.verifyPassword({ userId: id, password: 'U*U' })).toEqual({ verified: true })
      expect(
        await refusal(clerk.users.createUser({ ...given, username: newName(), passwordHasher: 'md5' })),
      ).toMatchObject({ status: 422, code: 'form_param_value_invalid' })
    })

    test('changes the primary e-mail address to another one of the user', async () => {
      const mark = newName()
      const emailAddress = [`1.${mark}@example.com`, `2.${mark}@example.com`]
      const user = await clerk.users.createUser({ emailAddress })
      const second = user.emailAddresses.find((email) => email.emailAddress === emailAddress[1])
      const changed = await clerk.users.updateUser(user.id, { primaryEmailAddressID: `${second?.id}` })
      expect(changed.primaryEmailAddress?.emailAddress).toBe(emailAddress[1])
    })

    test('lists, reads and revokes sessions', async () => {
      const { id } = await newUser()
      const first = await clerk.sessions.createSession({ userId: id })
      const second = await clerk.sessions.createSession({ userId: id })
      const { data, totalCount } = await clerk.sessions.getSessionList({ userId: id, limit: 1 })
      expect([totalCount, data.map((session) => session.id)]).toEqual([2, [second.id]])
      expect(await clerk.sessions.revokeSession(first.id)).toMatchObject({ status: 'revoked' })
      expect((await clerk.sessions.getSessionList({ userId: id, status: 'active' })).data).toHaveLength(1)
      expect((await clerk.sessions.getSessionList({ clientId: second.clientId })).data).toHaveLength(1)
      expect(await refusal(clerk.sessions.getSession('sess_nobody'))).toEqual({
        status: 404,
        code: 'resource_not_found',
      })
    })

    test('verifies tokens by the keys of the instance and by one given as text, in the header and in the cookie', async () => {
      const { place } = world()
      const { id } = await newUser()
      const session = await clerk.sessions.createSession({ userId: id })
      const { jwt } = await clerk.sessions.getToken(session.id, undefined as never, 60)
      const [key] = (await clerk.jwks.getJwks()).keys ?? []
      const jwtKey = createPublicKey({ key: key as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
      for (const way of [{ secretKey: place.secretKey, apiUrl: place.url }, { jwtKey: `${jwtKey}` }]) {
        expect(await verifyToken(jwt, way)).toMatchObject({ sub: id, sid: session.id })
      }
      const since = Math.floor(Date.now() / 1_000) - 5
      const cookie = `__session=${jwt}; __client_uat=${since}; __clerk_db_jwt=x`
      for (const headers of [{ authorization: `Bearer ${jwt}` }, { cookie }]) {
        const state = await clerk.authenticateRequest(new Request('https://app.example.com/', { headers }))
        expect(state.toAuth()).toMatchObject({ userId: id, sessionId: session.id })
      }
      const forged = `${jwt.slice(0, -8)}AAAAAAAA`
      const refused = new Request('https://app.example.com/', { headers: { authorization: `Bearer ${forged}` } })
      expect((await clerk.authenticateRequest(refused)).isAuthenticated).toBe(false)
    })

    test('finds out who is signed in by a handshake, when a page is rendered without its cookies', async () => {
      const { place } = world()
      const page = 'http://127.0.0.1:3000/profile?tab=1'
      const proxied = createClerkClient({
        secretKey: place.secretKey,
        publishableKey: place.publishableKey,
        apiUrl: place.url,
        proxyUrl: place.url,
        telemetry: { disabled: true },
      })
      const visit = (url: string, cookie = '') =>
        proxied.authenticateRequest(
          new Request(url, { headers: { cookie, 'sec-fetch-dest': 'document', accept: 'text/html' } }),
        )
      /** Goes where the SDK sends the browser, and comes back with the cookies that it sets. */
      const shakeHands = async (clientCookie: string) => {
        const sent = await visit(page)
        expect(sent.status).toBe('handshake')
        const there = `${sent.headers.get('location')}`
        const answer = await fetch(there, { redirect: 'manual', headers: { cookie: clientCookie } })
        expect(answer.status).toBe(307)
        const back = await visit(`${answer.headers.get('location')}`)
        expect(back.headers.get('location')).toBe(page)
        const cookies = back.headers.getSetCookie().filter((text) => !text.includes('Max-Age=0'))
        return visit(page, cookies.map((text) => text.split(';')[0]).join('; '))
      }
      const wire = createWire(place)
      const { userId, cookie } = await wire.signUp(newName())
      expect((await shakeHands(cookie)).toAuth()).toMatchObject({ userId })
      expect(await shakeHands('')).toMatchObject({ status: 'signed-out' })
      // Nobody else is handed what signs the user in.
      for (const elsewhere of ['https://evil.example.com/', 'javascript:alert(1)', '']) {
        const path = `/v1/client/handshake?redirect_url=${encodeURIComponent(elsewhere)}`
        expect((await wire.frontend(cookie, 'GET', path)).status).toBe(422)
      }
      wire.close()
    })

    test('is told what went wrong in the words it knows', async () => {
      const error = await clerk.users.getUser('user_nobody').catch((reason: unknown) => reason)
      expect(error).toMatchObject({
        status: 404,
        clerkTraceId: expect.stringMatching(/^[0-9a-f]{32}$/),
        errors: [{ code: 'resource_not_found', longMessage: 'No user was found with id user_nobody' }],
      })
      for (const call of [
        () => clerk.organizations.getOrganizationList(),
        () => clerk.invitations.createInvitationBulk([{ emailAddress: 'ada@example.com' }]),
        () => clerk.users.getOrganizationMembershipList({ userId: 'user_1' }),
        () => clerk.users.disableUserMFA('user_1'),
        () => clerk.testingTokens.createTestingToken(),
      ]) {
        expect(await refusal(call())).toEqual({ status: 501, code: 'not_implemented' })
      }
    })
  })

  describe('@clerk/clerk-js', () => {
    const open = async (page?: Page) => {
      const used = page ?? (await world().pages.open())
      const client = await drive(used, 'official', world().place)
      done(await client.load())
      return { page: used, client }
    }
    const secretKey = () => ({ authorization: `Bearer ${world().place.secretKey}`, 'content-type': 'application/json' })
    const post = async (path: string, body: object) => {
      const init = { method: 'POST', headers: secretKey(), body: JSON.stringify(body) }
      return (await fetch(`${world().place.url}/v1${path}`, init)).json()
    }
    const inPage = <T>(page: Page, run: (clerk: Clerk) => T) =>
      page.evaluate(`(${run})(globalThis.clerk)`) as Promise<Awaited<T>>

    test('keeps several sessions on one client, and puts one of them in front', async () => {
      const { page, client } = await open()
      const [first, second] = [newName(), newName()]
      done(await client.signUp({ username: first, password }))
      done(await client.signUp({ username: second, password }))
      expect(await inPage(page, (clerk) => clerk.client?.sessions.length)).toBe(2)
      expect(await inPage(page, (clerk) => clerk.user?.username)).toBe(second)
      await inPage(page, (clerk) => clerk.setActive({ session: clerk.client?.sessions[0]?.id ?? null }))
      expect(await inPage(page, (clerk) => clerk.user?.username)).toBe(first)
      done(await client.update({ unsafeMetadata: { whose: 'first' } }))
      await page.reload()
      const again = await open(page)
      expect(done(await again.client.load())).toMatchObject({ username: first, unsafeMetadata: { whose: 'first' } })
    })

    test('renews its token before it runs out', async () => {
      const page = await world().pages.open()
      await page.clock.install()
      await page.reload()
      const { client } = await open(page)
      done(await client.signUp({ username: newName(), password }))
      const token = done(await client.getToken())
      expect(done(await client.getToken())).toBe(token)
      // A token of the next second is another one.
      await new Promise((resolve) => setTimeout(resolve, 1_100))
      await page.clock.fastForward(58_000)
      expect(done(await client.getToken())).not.toBe(token)
    })

    test('signs in by a ticket, once', async () => {
      const user = await post('/users', { username: newName() })
      const { token } = await post('/sign_in_tokens', { user_id: user.id })
      const { page } = await open()
      const use = `async (clerk) => {
        try {
          const { createdSessionId } = await clerk.client.signIn.create({ strategy: 'ticket', ticket: '${token}' })
          await clerk.setActive({ session: createdSessionId })
          return clerk.user.id
        } catch (error) {
          return error.errors[0].code
        }
      }`
      expect(await page.evaluate(`(${use})(globalThis.clerk)`)).toBe(user.id)
      const { page: other } = await open()
      expect(await other.evaluate(`(${use})(globalThis.clerk)`)).toBe('sign_in_token_already_used_code')
    })

    test('is told that a user is banned or locked, by who has proved to be them', async () => {
      const username = newName()
      const { id } = await post('/users', { username, password })
      const { client } = await open()
      for (const [verb, code] of [
        ['ban', 'user_banned'],
        ['lock', 'user_locked'],
      ] as const) {
        await post(`/users/${id}/${verb}`, {})
        expect(await client.signIn(username, password)).toMatchObject({ refusal: { status: 403, code } })
        expect(await client.signIn(username, 'not the password')).toMatchObject({
          refusal: { code: 'form_password_incorrect' },
        })
        await post(`/users/${id}/un${verb}`, {})
      }
      expect(done(await client.signIn(username, password)).userId).toBe(id)
    })

    test('works from another site by a development browser', async () => {
      const page = await world().pages.open()
      const { place } = world()
      // A host of this kind is what tells clerk-js to work so.
      const publishableKey = `pk_test_${btoa('acme.accounts.dev$')}`
      const client = await drive(page, 'official', { ...place, publishableKey })
      done(await client.load())
      const username = newName()
      const { userId } = done(await client.signUp({ username, password, unsafeMetadata: { a: 1 } }))
      expect((await page.context().cookies(place.url)).map(({ name }) => name)).not.toContain('__client')
      await page.reload()
      const again = await drive(page, 'official', { ...place, publishableKey })
      expect(done(await again.load())).toMatchObject({ userId, username, unsafeMetadata: { a: 1 } })
      expect(done(await again.updateMetadata({ unsafeMetadata: { b: 2 } })).unsafeMetadata).toEqual({ a: 1, b: 2 })
    })

    test('the hooks of @clerk/react show and change the user', async () => {
      const { page, client } = await open()
      const username = newName()
      done(await client.signUp({ username, password, unsafeMetadata: { theme: 'light' } }))
      await page.reload()
      const { publishableKey, url: proxyUrl } = world().place
      await page.evaluate(`hooks(${JSON.stringify({ publishableKey, proxyUrl })})`)
      await page.getByText(`${username}: light`).click()
      await page.getByText(`${username}: dark`).waitFor()
    })
  })
}
