import { type Backend, createBackend } from '@acme/backend'
import { verifyWebhook } from '@acme/backend/webhooks'
import * as z from 'zod'
import { assertCode, assertEqual } from './assert.ts'
import type { Behavior } from './behavior.ts'
import { saysWhy } from './places.ts'
import { createVisitor, metadata, signUp } from './visitor.ts'
import type { World } from './world.ts'

const serverMetadata = metadata.withPrivate(z.object({ customerId: z.string().optional() }))

const open = ({ secretKey, apiUrl }: World): Backend<typeof serverMetadata> =>
  createBackend({ secretKey, apiUrl, metadata: serverMetadata })

const runs: Readonly<Record<string, Behavior['run']>> = {
  async 'writes every kind, and shows private metadata to nobody by accident'(world) {
    const { users } = open(world)
    const { username } = createVisitor(world)
    const { id } = await users.createUser({ username, publicMetadata: { plan: 'pro' } })
    await users.updateUserMetadata(id, { privateMetadata: { customerId: 'cus_1' }, unsafeMetadata: { theme: 'dark' } })
    const user = await users.getUser(id)
    assertEqual(user.privateMetadata, { customerId: 'cus_1' })
    assertEqual([user.publicMetadata, user.unsafeMetadata], [{ plan: 'pro' }, { theme: 'dark' }])
    const shown = [user, { ...user }, structuredClone(user.toClient()), user.toJSON()].map((one) => JSON.stringify(one))
    assertEqual(
      shown.some((text) => text.includes('cus_1')),
      false,
    )
  },
  async 'finds and lists users'(world) {
    const { users } = open(world)
    const { username } = createVisitor(world)
    const { id } = await users.createUser({ username })
    const found: string[] = []
    for await (const user of users.list({ query: username })) found.push(user.id)
    assertEqual(found, [id])
  },
  async 'knows a user by their token, and refuses one that was changed'(world) {
    const { authenticate, tokens } = open(world)
    const { acme } = await signUp(world)
    const token = `${await acme.session?.getToken()}`
    assertEqual((await tokens.verify(token)).userId, acme.user?.id)
    const ask = (authorization: string) =>
      authenticate(new Request('https://app.example.com/api', { headers: { authorization } }))
    const auth = await ask(`Bearer ${token}`)
    assertEqual(auth.isAuthenticated && (await auth.getUser()).unsafeMetadata, { theme: 'light' })
    const [head, , signature] = token.split('.')
    const forged = await ask(`Bearer ${head}.${btoa('{"sub":"user_1"}').replaceAll('=', '')}.${signature}`)
    assertEqual(forged.isAuthenticated || forged.reason, 'token_invalid')
  },
  async 'verifies webhooks, and refuses one that was changed'({ webhook: { secret, headers, body } }) {
    const hook = (text: string) => new Request('https://app.example.com/hooks', { method: 'POST', headers, body: text })
    const event = await verifyWebhook<unknown>(hook(body), { secret })
    assertEqual([event.type, event.data.id], ['user.deleted', 'user_1'])
    await assertCode(verifyWebhook(hook(body.replace('user_1', 'user_2')), { secret }), 'webhook_signature_invalid')
  },
  async 'tells what a call did that found no server'(world) {
    const { users } = createBackend({ ...world, apiUrl: world.nowhere, totalTimeout: 60_000 })
    const { attempts, outcome } = await assertCode(users.createUser({ username: 'ada' }), 'network_error')
    // What may have reached a server is not sent again unless that is known to do it once.
    assertEqual([attempts, outcome], saysWhy ? [3, 'not_applied'] : [1, 'unknown'])
  },
}

/** What `@acme/backend` does wherever it runs. */
export const backendBehaviors: readonly Behavior[] = Object.entries(runs).map(([title, run]) => ({
  part: 'backend',
  title,
  run,
}))
