import { expect, test } from 'vitest'
import type { Call } from '../src/call.ts'
import { createHttp } from '../src/http.ts'

// What only a browser does: it does not say why a connection failed, and hides where a redirect leads.

// Where nobody listens; browsers refuse to try the ports that have other uses.
const nowhere = createHttp({ baseUrl: 'http://127.0.0.1:59999' })
const read: Call = { method: 'GET', path: 'users', isRead: true }
const write: Call = { method: 'POST', path: 'me', isRead: false, body: new URLSearchParams({ a: 'b' }) }

test('a connection that fails ends a read after three attempts, and a write after one, of which nothing is known', async () => {
  await expect(nowhere.send(read)).rejects.toMatchObject({ name: 'NetworkError', attempts: 3, outcome: 'not_applied' })
  await expect(nowhere.send(write)).rejects.toMatchObject({ name: 'NetworkError', attempts: 1, outcome: 'unknown' })
})

test('a signal ends a call', async () => {
  const call = nowhere.send({ ...read, signal: AbortSignal.abort() })
  await expect(call).rejects.toMatchObject({ name: 'AbortError', code: 'aborted', attempts: 0 })
})

test('a body that arrives piece by piece is read whole', async () => {
  const pieces = ['{"text":"', '\ud83d\ude00 字', '"}'].map((piece) => new TextEncoder().encode(piece))
  const body = new ReadableStream({
    pull(controller) {
      const piece = pieces.shift()
      if (piece) controller.enqueue(piece)
      else controller.close()
    },
  })
  const http = createHttp({ baseUrl: 'http://127.0.0.1:59999', fetch: async () => new Response(body) })
  expect((await http.send(read)).json).toEqual({ text: '\ud83d\ude00 字' })
})
