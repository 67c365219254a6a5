import { isId, readJson } from '@acme/schema'
import { type BulkMetadataBody, type BulkMetadataJson, bulkMetadataBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import { notFound } from '../domain/fault.ts'
import { type ChangeOutcome, changeMany, refusalOf } from '../domain/users/change-many.ts'
import { changeUserMetadata } from '../domain/users/users.ts'
import { commit } from '../http/commit.ts'
import { replyText } from '../http/reply.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import { type BackendContext, type BackendEnv, reply } from './backend-env.ts'

type Update = BulkMetadataBody['updates'][number]
type Result = BulkMetadataJson['results'][number]

/** How many updates are one transaction: the others in the queue are not to wait for more. */
const batchSize = 50

/** `PATCH /v1/users/metadata` of the Backend API: merges into the metadata of many users, each for itself. */
export function bulkMetadata(instance: Instance): Hono<BackendEnv> {
  return new Hono<BackendEnv>().patch('/metadata', async (c) => {
    const { updates } = validate(bulkMetadataBody, c.env.params, 'backend')
    const results: Result[] = []
    for (let start = 0; start < updates.length; start += batchSize) {
      const batch = updates.slice(start, start + batchSize)
      try {
        results.push(...(await updateBatch(instance, c, batch, start)))
      } catch (error) {
        // Some are done: what these came to is to be told.
        if (start === 0) throw error
        const errors = [...refusalOf(error)]
        results.push(...updates.slice(start).map(({ user_id }) => ({ user_id, errors })))
        break
      }
    }
    return reply({ json: { object: 'bulk_update', results } })
  })
}

/** Makes a batch of updates, once for each idempotency key. */
async function updateBatch(
  instance: Instance,
  { env }: BackendContext,
  batch: readonly Update[],
  start: number,
): Promise<readonly Result[]> {
  const known = batch.filter(({ user_id }) => isId('user', user_id))
  const plans = known.map(({ user_id, if_match, ...params }) =>
    changeUserMetadata(instance, env.actor, user_id, params, 'merge', if_match),
  )
  const toResults = (outcomes: readonly ChangeOutcome[]): readonly Result[] => {
    const left = [...outcomes]
    return batch.map(({ user_id }) => {
      if (!isId('user', user_id)) return { user_id, errors: [...notFound('user', user_id).errors] }
      const outcome = left.shift() as ChangeOutcome
      return 'user' in outcome ? { user_id, version: outcome.user.version } : { user_id, errors: [...outcome.errors] }
    })
  }
  const { repeatable } = env
  const done = await commit(instance, {
    makePlan: () => changeMany(plans),
    toReply: (outcomes) => ({ json: toResults(outcomes) }),
    repeatable: repeatable && { ...repeatable, id: `${repeatable.id}/${start}` },
  })
  return readJson(replyText(done)) as readonly Result[]
}
