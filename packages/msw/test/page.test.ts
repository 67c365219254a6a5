import type { Server } from '@acme/server'
import { expect, test } from 'vitest'
import { pass } from '../src/page.ts'
import type { State } from '../src/state.ts'

test('what a page sends goes on where a request shows no stream of it, as in Firefox', async () => {
  const request = new Request('http://127.0.0.1:1/v1/me?a=1', { method: 'POST', body: 'a=1' })
  Object.defineProperty(request, 'body', { value: undefined })
  const seen: string[] = []
  const fetch: Server['fetch'] = async (sent) => {
    seen.push(await sent.text())
    return new Response()
  }
  await pass(request, { fetch } as Server, { token: 'token' } as State)
  expect(seen).toEqual(['a=1'])
})
