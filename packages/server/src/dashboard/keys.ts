import { createSecretKeyBody, type SecretKeyJson, type SecretKeyScope, secretKeyScopes } from '@acme/schema/wire'
import { findSecretKey, secretKeyId } from '../auth/secret-key.ts'
import { fault, paramFault } from '../domain/fault.ts'
import { instanceId } from '../domain/instance-id.ts'
import { addSecretKey, createSecretKey, keyName, keyNotes, revokeSecretKey } from '../domain/keys/secret-keys.ts'
import type { Answer } from '../http/answer.ts'
import { readBody } from '../http/read-body.ts'
import { jsonResponse } from '../http/reply.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { SecretKeyNote } from '../storage/rows.ts'

/** Who manages keys. */
export interface KeyManager {
  readonly instance: Instance
  /** The digest of the key that they signed in by. */
  readonly current: string
  /** The digest of the key that the server starts by, which is not to be revoked. */
  readonly kept: string | undefined
}

/**
 * `/dashboard/secret_keys`: lists, makes and revokes secret keys, for who may do everything. A secret is in the reply that makes
 * it and in no other.
 *
 * @throws Fault 403, 404 or 422
 */
export async function manageKeys(manager: KeyManager, request: Request, id: string): Promise<Answer> {
  const { instance, current } = manager
  const own = await findSecretKey(current, instance.secretKeys)
  if (own?.scopes) {
    const long = 'Keys are managed by a key that may do everything: sign in by another one.'
    throw fault(403, 'insufficient_scope', 'insufficient scope', long)
  }
  if (id === '' && request.method === 'GET') return list(manager)
  if (id === '' && request.method === 'POST') return create(manager, request)
  if (id !== '' && request.method === 'DELETE') return revoke(manager, id)
  throw fault(404, 'resource_not_found', 'not found', 'This server has no such endpoint.')
}

async function list(manager: KeyManager): Promise<Answer> {
  const { storage } = manager.instance
  const row = await storage.find('instances', instanceId)
  const notes = row ? keyNotes(row) : []
  const data = await Promise.all(
    (row?.secretKeyDigests ?? []).map(async (digest) => {
      const use = await storage.find('secretKeyUses', secretKeyId(digest))
      return keyJson(manager, { digest, note: notes.find((one) => one.digest === digest), lastUsedAt: use?.lastUsedAt })
    }),
  )
  return answer({ data, total_count: data.length })
}

async function create(manager: KeyManager, request: Request): Promise<Answer> {
  const { instance } = manager
  const { name, scopes } = validate(createSecretKeyBody, (await readBody(request)).params, 'backend')
  if (!keyName.test(name)) {
    const long = 'A name has 1 to 60 letters, digits, dots, hyphens and underscores.'
    throw paramFault('name', 'form_param_value_invalid', 'is invalid', long)
  }
  const key = createSecretKey(instance.instanceType)
  const wanted = scopes && secretKeyScopes.filter((scope: SecretKeyScope) => scopes.includes(scope))
  const plan = await addSecretKey(key, { name, scopes: wanted, now: instance.clock() })
  const note = await instance.storage.transact(plan)
  instance.secretKeys.forget()
  return answer({ ...keyJson(manager, { digest: note.digest, note, lastUsedAt: undefined }), secret_key: key })
}

async function revoke({ instance, kept }: KeyManager, id: string): Promise<Answer> {
  await instance.storage.transact(revokeSecretKey(id, kept))
  instance.secretKeys.forget()
  return answer({ object: 'secret_key', id, deleted: true })
}

interface KnownKey {
  readonly digest: string
  readonly note: SecretKeyNote | undefined
  readonly lastUsedAt: number | undefined
}

function keyJson({ current, kept }: KeyManager, { digest, note, lastUsedAt }: KnownKey): SecretKeyJson {
  return {
    object: 'secret_key',
    id: secretKeyId(digest),
    name: note?.name ?? null,
    scopes: note?.scopes ? [...note.scopes] : null,
    is_current: digest === current,
    is_kept: digest === kept,
    created_at: note?.createdAt ?? null,
    last_used_at: lastUsedAt ?? null,
  }
}

function answer(json: object): Answer {
  return jsonResponse(JSON.stringify(json), 200)
}
