import { isJsonObject, type JsonObject, kinds, metadataParam, type Side } from '@acme/schema'
import type { UserChangeJson } from '@acme/schema/wire'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { metadata } from '../../../arbitraries.ts'
import { createCanary } from '../../../canary.ts'
import { canonical, canonicalMerge } from '../../../reference-model.ts'
import { scaled } from '../../../scaled.ts'
import { forEachAtOnce, type Served } from '../../../servers.ts'

const seed = Date.now() & 0x7fffffff
const write = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      method: fc.constantFrom('PATCH', 'PUT'),
      body: fc.dictionary(fc.constantFrom(...kinds.map(metadataParam)), metadata, { minKeys: 1, maxKeys: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ restore: fc.nat(), kinds: fc.subarray([...kinds], { minLength: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ firstName: fc.constantFrom('Ada', 'Bea') }) },
)
// A hundredth at a tenth of the scale: each takes ten requests, to each storage.
const histories = fc.sample(fc.array(write, { minLength: 1, maxLength: 12 }), { numRuns: scaled(scaled(10_000)), seed })

type Metadata = Readonly<Record<string, JsonObject>>

/** What was answered to a write. */
interface Version {
  readonly metadata: Metadata
  readonly text: string
}

const params = kinds.map(metadataParam)
const nothing: Metadata = Object.fromEntries(params.map((param) => [param, {}]))
const metadataOf = (json: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(params.map((param) => [param, json[param]])) as Metadata
const textOf = (all: Metadata) => canonical(all)
const versionOf = (metadata: Metadata): Version => ({ metadata, text: textOf(metadata) })

/** Takes a change one way, by the reference model. */
function step(all: Metadata, change: UserChangeJson, way: 'forward' | 'backward'): Metadata {
  const entries = params.map((param) => {
    const taken = change[param]?.[way]
    if (!taken) return [param, all[param]]
    return [param, 'replace' in taken ? taken.replace : merged(all[param], taken.merge)]
  })
  return Object.fromEntries(entries) as Metadata
}

function merged(target: unknown, patch: JsonObject): JsonObject {
  const value = JSON.parse(canonicalMerge(target, patch)) as unknown
  if (!isJsonObject(value as JsonObject)) throw new TypeError('not an object')
  return value as JsonObject
}

/** What holds for any history of a user, on a storage. Each has a file of its own: together they take longer than any other. */
export function anyHistory(served: () => Served, name: string): void {
  test('any history, replayed, gives what is stored, and walked back gives every version there was', {
    timeout: 1_200_000,
  }, async () => {
    const { wire } = served()
    const wrong: unknown[] = []
    await forEachAtOnce(histories, 16, async (history, index) => {
      const created = await wire.backend('POST', '/v1/users', { username: `history_${name}_${index}` })
      const path = `/v1/users/${created.json.id}`
      const versions = [versionOf(nothing), versionOf(metadataOf(created.json))]
      for (const one of history) {
        const reply =
          'method' in one
            ? await wire.backend(one.method, `${path}/metadata`, one.body)
            : 'restore' in one
              ? await wire.backend('POST', `${path}/versions/${1 + (one.restore % (versions.length - 1))}/restore`, {
                  kinds: one.kinds,
                })
              : await wire.backend('PATCH', path, { first_name: one.firstName })
        if (reply.status !== 200) throw new Error(`${reply.status} ${reply.text}`)
        versions.push(versionOf(metadataOf(reply.json)))
      }
      const changes: UserChangeJson[] = (await wire.backend('GET', `${path}/changes?limit=100`)).json
      const isRight =
        changes.length === versions.length - 1 &&
        changes.every((change, back) => change.version === changes.length - back) &&
        replays(changes, versions) &&
        (await readsBack(path, versions))
      if (!isRight) wrong.push({ seed, index, history, changes })
    })
    console.info(`${name}: ${histories.length} histories over HTTP, ${wrong.length} wrong (seed ${seed})`)
    expect(wrong).toEqual([])
  })

  function replays(changes: readonly UserChangeJson[], versions: readonly Version[]): boolean {
    let forward = nothing
    const isReplayed = [...changes].reverse().every((change) => {
      forward = step(forward, change, 'forward')
      return textOf(forward) === versions[change.version]?.text
    })
    let backward = (versions.at(-1) as Version).metadata
    const isWalkedBack = changes.every((change) => {
      backward = step(backward, change, 'backward')
      return textOf(backward) === versions[change.version - 1]?.text
    })
    return isReplayed && isWalkedBack
  }

  async function readsBack(path: string, versions: readonly Version[]): Promise<boolean> {
    const { wire } = served()
    // One of them; each is a walk of its own.
    const version = 1 + Math.floor((versions.length - 1) / 2)
    const { json } = await wire.backend('GET', `${path}/versions/${version}`)
    return textOf(metadataOf(json)) === versions[version]?.text
  }

  test('nothing of a history, and no way to one, is open to a page', async () => {
    const { wire } = served()
    const canary = createCanary()
    const { userId, cookie } = await wire.signUp(`canary_${name}`)
    const set = { private_metadata: { [canary.word]: [canary.word, { n: null }] } }
    for (const method of ['PUT', 'PATCH']) await wire.backend(method, `/v1/users/${userId}/metadata`, set)
    await wire.backend('PUT', `/v1/users/${userId}/metadata`, { private_metadata: {} })
    const restore = `/v1/users/${userId}/versions/2/restore`
    const paths = [`/v1/users/${userId}/changes`, `/v1/users/${userId}/versions/2`, restore]
    const sides: readonly [Side, (method: string, path: string) => Promise<{ status: number; everything: string }>][] =
      [
        ['backend', (method, path) => wire.backend(method, path)],
        ['frontend', (method, path) => wire.frontend(cookie, method, path)],
      ]
    for (const [side, ask] of sides) {
      for (const path of paths) {
        const { status, everything } = await ask(path === restore ? 'POST' : 'GET', path)
        expect([side, path, status]).toEqual([side, path, side === 'backend' ? 200 : 401])
        expect(canary.isIn(everything)).toBe(side === 'backend')
      }
    }
    for (const path of ['/v1/me', '/v1/client', '/v1/me/changes', '/v1/me/versions/2']) {
      expect(canary.isIn((await wire.frontend(cookie, 'GET', path)).everything)).toBe(false)
    }
  })

  test('what is asked for in the wrong form is refused', async () => {
    const { wire } = served()
    const { userId } = await wire.signUp(`form_${name}`)
    const path = `/v1/users/${userId}`
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'before=-1', 'before=1.5', 'before=']) {
      expect([query, (await wire.backend('GET', `${path}/changes?${query}`)).status]).toEqual([query, 422])
    }
    for (const version of ['x', '-1', '1.5', '1e3', '9'.repeat(16), '99']) {
      expect([version, (await wire.backend('GET', `${path}/versions/${version}`)).status]).toEqual([version, 404])
    }
    for (const body of [{ kinds: [] }, { kinds: ['other'] }, { kinds: 'public' }, { version: 1 }]) {
      expect([body, (await wire.backend('POST', `${path}/versions/1/restore`, body)).status]).toEqual([body, 422])
    }
    expect((await wire.backend('GET', path)).json.version).toBe(1)
  })
}
