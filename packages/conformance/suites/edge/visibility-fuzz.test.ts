import { kinds, metadataParam, visibility } from '@acme/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCanary } from '../../canary.ts'
import { forgedRequests } from '../../forged-requests.ts'
import { scaled } from '../../scaled.ts'
import { forEachAtOnce, forEachStorage } from '../../servers.ts'

const requests = scaled(50_000)
const people = 25
const seed = Date.now() & 0x7fffffff

forEachStorage((served, name) => {
  test('forged requests of a page change nothing they may not, and learn nothing of what is private', async () => {
    const { place, wire } = served()
    const canary = createCanary()
    // The value a kind has on the server: what the browser may not read is marked by the canary, key and value.
    const metadataOf = (person: number) =>
      Object.fromEntries(
        kinds.map((kind) => [
          metadataParam(kind),
          visibility[kind].frontend === 'none'
            ? { [canary.word]: `${canary.word} of ${person}`, deep: [{ [canary.word]: true }] }
            : { plan: 'free', person },
        ]),
      )
    const guarded = kinds.filter((kind) => visibility[kind].frontend !== 'write').map((kind) => metadataParam(kind))
    const found: string[] = []
    const changed: string[] = []
    const failed: string[] = []
    const statuses: Record<string, number> = {}
    const forged = fc.sample(forgedRequests, { numRuns: requests, seed })

    await forEachAtOnce(Array.from({ length: people }), people, async (_, person) => {
      const { userId, cookie } = await wire.signUp(`fuzz_${person}`)
      const stored = metadataOf(person)
      await wire.backend('PUT', `/v1/users/${userId}/metadata`, stored)
      const client = (await wire.frontend(cookie, 'GET', '/v1/client')).json.response
      const signUp = (await wire.frontend(cookie, 'POST', '/v1/client/sign_ups', { first_name: 'Ada' })).json.response
      const aim = { origin: place.url, cookie, userId, sessionId: client.sessions[0].id, signUpId: signUp.id }
      const check = async (last: string) => {
        const user = (await wire.backend('GET', `/v1/users/${userId}`)).json
        for (const param of guarded) {
          if (JSON.stringify(user[param]) !== JSON.stringify(stored[param])) changed.push(`${param} before ${last}`)
        }
      }
      for (let index = person; index < forged.length; index += people) {
        const request = (forged[index] as (typeof forged)[number])(aim)
        const reply = await wire.send(request)
        const shown = `${request.method} ${request.path} ${request.body}`
        statuses[reply.status] = (statuses[reply.status] ?? 0) + 1
        if (reply.status >= 500 || reply.headers['content-type'] !== 'application/json') failed.push(shown)
        if (canary.isIn(reply.everything)) found.push(shown)
        if (index % (people * 50) === person) await check(shown)
      }
      await check('the end')
      // Still signed in, and what may be read is read: the requests above met a live session.
      const me = (await wire.frontend(cookie, 'GET', '/v1/me')).json.response
      expect(me).toMatchObject({ id: userId, public_metadata: stored[metadataParam('public')] })
    })

    const shown = Object.entries(statuses).map(([status, count]) => `${count} x ${status}`)
    console.info(
      `${name}: ${requests} requests: ${found.length} leaks, ${changed.length} changes, ${failed.length} failures ` +
        `(${shown.join(', ')}; seed ${seed})`,
    )
    expect({ found, changed, failed }).toEqual({ found: [], changed: [], failed: [] })
  }, 300_000)
})

test('a canary is found in every form it may take', () => {
  const { word, isIn } = createCanary()
  for (const text of [word, `x${word}y`, word.toUpperCase(), encodeURIComponent(word)]) expect(isIn(text)).toBe(true)
  for (let shift = 0; shift < 6; shift++) {
    const around = `${'x'.repeat(shift)}${word}${'y'.repeat(5 - shift)}`
    for (const encoding of ['base64', 'base64url', 'hex'] as const)
      expect(isIn(Buffer.from(around).toString(encoding))).toBe(true)
  }
  expect(isIn([...word].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join(''))).toBe(true)
  expect(isIn(word.slice(0, 12))).toBe(false)
})
