import { expect, test } from 'vitest'
import { createBackend } from '../src/index.ts'
import { secretKey, startInstance } from './start-instance.ts'

test('jobs are listed, waited for and cancelled', async () => {
  const { backend, fetch } = await startInstance()
  const ask = (body: object) =>
    fetch(
      new Request('https://clerk.example.com/v1/metadata_schemas/check', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${secretKey}`,
          'content-type': 'application/json',
          prefer: 'respond-async',
        },
        body: JSON.stringify(body),
      }),
    )
  expect(await backend.jobs.list()).toEqual([])
  const { id } = await (await ask({ schemas: { public: { properties: { plan: { const: 'pro' } } } } })).json()
  const seen: string[] = []
  const done = await backend.jobs.wait(id, { onProgress: ({ status }) => seen.push(status), interval: 5 })
  expect(done).toMatchObject({
    kind: 'metadata_schemas_check',
    status: 'done',
    progress: { done: 1, total: 1 },
    result: { users: 1, broken: 1 },
    createdAt: expect.any(Date),
    error: null,
  })
  expect(seen.at(-1)).toBe('done')
  expect(await backend.jobs.get(id)).toEqual(done)
  expect((await backend.jobs.cancel(id)).status).toBe('done')
  expect(await backend.jobs.list()).toEqual([done])
  await expect(backend.jobs.get('user_1')).rejects.toMatchObject({ code: 'id_invalid' })
  await expect(backend.jobs.get('job_1')).rejects.toMatchObject({ code: 'resource_not_found' })
})

test('waiting ends with its signal, and leaves the job alone', async () => {
  const job = { id: 'job_1', status: 'running', progress: { done: 1, total: 2 } }
  const fetch = async () => Response.json(job)
  const { jobs } = createBackend({ secretKey, apiUrl: 'https://api.example', fetch })
  const stopping = new AbortController()
  const waiting = jobs.wait('job_1', { signal: stopping.signal, onProgress: () => stopping.abort() })
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
})
