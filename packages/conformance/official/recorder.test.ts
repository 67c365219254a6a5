import { expect, test } from 'vitest'
import { createRecorder } from './recorder.ts'

const count = 'http://127.0.0.1/v1/users/count'

async function violationsOf(request: Request, body: unknown, type = 'application/json', status = 200) {
  const recorder = createRecorder()
  const answer = async (_: Request) => new Response(JSON.stringify(body), { status, headers: { 'content-type': type } })
  await recorder.around(answer)(request)
  return recorder.violations
}

test.each([
  ['as described', { object: 'total_count', total_count: 1 }, 0],
  ['with a member of another type', { object: 'total_count', total_count: '1' }, 1],
  ['without a member', { object: 'total_count' }, 1],
  ['with a member too many', { object: 'total_count', total_count: 1, private_metadata: {} }, 1],
])('a reply %s is told apart', async (_, body, violations) => {
  expect(await violationsOf(new Request(count), body)).toHaveLength(violations)
})

test('so are a body, a content type, a refusal and a path that are not as described', async () => {
  const send = (body: object) => {
    const headers = { 'content-type': 'application/json' }
    return new Request('http://127.0.0.1/v1/users/user_1/ban', { method: 'POST', headers, body: JSON.stringify(body) })
  }
  const refuse = (code: string) => ({ errors: [{ code, message: 'b', long_message: 'c' }], clerk_trace_id: 'd' })
  const refusal = refuse('form_param_unknown')
  expect(await violationsOf(send({ why: 1 }), refusal, 'application/json', 422)).toEqual([])
  expect(await violationsOf(send({ why: 1 }), refuse('signed_out'), 'application/json', 422)).toHaveLength(1)
  expect(await violationsOf(send({ why: 1 }), refusal, 'application/json', 418)).toHaveLength(1)
  expect((await violationsOf(send({ why: 1 }), {})).join()).toContain('its body')
  const unknown = refuse('clerk_key_invalid')
  expect(await violationsOf(new Request(count), unknown, 'application/json; charset=utf-8', 401)).toHaveLength(1)
  expect(await violationsOf(new Request(count), { errors: 'no' }, 'application/json', 401)).toHaveLength(1)
  expect(await violationsOf(new Request('http://127.0.0.1/v1/other'), {})).toHaveLength(1)
})
