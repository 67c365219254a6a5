import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test } from 'vitest'
import { fetchWithoutCookies } from '../src/index.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

test.each([
  ['before its answer', () => {}],
  ['within its answer', (response: ServerResponse) => void response.writeHead(200).write('{')],
])(
  'a request that is ended while the server hangs %s lets go of it, whatever was collected meanwhile',
  async (_, hang) => {
    const sockets: Socket[] = []
    const server = createServer((request, response) => {
      sockets.push(request.socket)
      hang(response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const send = fetchWithoutCookies({ get: () => null, set: () => {} })
    const controller = new AbortController()
    const request = new Request(`http://127.0.0.1:${(server.address() as AddressInfo).port}/?`, controller)
    const answer = send(request).then((response) => response.text())
    await expect.poll(() => sockets.length).toBe(1)
    // For it to pass its answer on, and be forgotten.
    await new Promise((resolve) => setTimeout(resolve, 100))
    collectGarbage()
    controller.abort()
    await expect(answer).rejects.toThrow()
    await expect.poll(() => sockets[0]?.destroyed).toBe(true)
    expect(request.signal.aborted).toBe(true)
  },
)

test('what a request carries goes on where it shows no stream of it, as in React Native', async () => {
  const body = new URLSearchParams({ name: '字' })
  const request = new Request('http://127.0.0.1:1/v1/me?a=1', { method: 'POST', body })
  Object.defineProperty(request, 'body', { value: undefined })
  const sent: Request[] = []
  const send = fetchWithoutCookies({ get: () => 'token', set: () => {} }, async (one) => {
    sent.push(one)
    return new Response()
  })
  await send(request)
  expect(await sent[0]?.text()).toBe('name=%E5%AD%97')
  expect([...(sent[0]?.headers ?? [])]).toEqual([
    ['authorization', 'token'],
    ['content-type', 'application/x-www-form-urlencoded;charset=UTF-8'],
  ])
})
