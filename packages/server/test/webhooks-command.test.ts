import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test } from 'vitest'
import { runWebhooksCommand } from '../src/node/webhooks-command.ts'
import { call, newFolder, readKeys, start } from './command-line-setup.ts'

test('endpoints are added, listed, paused, rotated, replayed and removed from a shell', async () => {
  const received: { id: string; headers: Record<string, string>; text: string }[] = []
  const endpoint = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => (text += chunk))
    request.on('end', () => {
      const headers = request.headers as Record<string, string>
      received.push({ id: headers['webhook-id'] ?? '', headers, text })
      response.end()
    })
  })
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    endpoint.closeAllConnections()
    endpoint.close()
  })
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/hooks`

  const folder = await newFolder()
  const server = start('--data', folder, '--port', '0', '--webhook-allow-host', '127.0.0.1')
  await server.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const run = (...options: string[]) => runWebhooksCommand([...options, '--data', folder])

  const [id = '', secret = ''] = (await run('add', url, '--description', 'mine')).trim().split('\n')
  expect(id).toMatch(/^ep_/)
  const list = start('webhooks', 'list', '--data', folder)
  expect(await list.exit).toBe(0)
  expect(list.output()).toBe(`${id}  enabled  ${url}  user.created user.updated user.deleted  mine\n`)
  const user = await call(keys, '/v1/users', { username: 'ada_lovelace' })
  await expect.poll(() => received.length).toBe(1)
  const [first] = received as [(typeof received)[number]]
  expect(new Webhook(secret).verify(first.text, first.headers)).toMatchObject({ data: { id: user.id } })
  await expect
    .poll(async () => await run('deliveries', id))
    .toMatch(
      new RegExp(`^${first.id}  \\S+Z  user.created ${user.id} version 1  delivered  1 attempt, the last: 200\\n$`),
    )

  expect(await run('pause', id)).toContain(`${id}  paused`)
  expect(await run('resume', id)).toContain(`${id}  enabled`)
  const rotated = (await run('rotate', id, '--overlap', '60')).trim()
  expect(rotated).toMatch(/^whsec_/)
  expect(await run('replay', id, '--event', first.id)).toBe('1 event is sent again.\n')
  await expect.poll(() => received.length).toBe(2)
  expect(received[1]?.id).toBe(first.id)
  for (const one of [secret, rotated]) new Webhook(one).verify(received[1]?.text ?? '', received[1]?.headers ?? {})
  expect(await run('remove', id)).toBe('Removed.\n')
  expect(await run('list')).toBe('There are no endpoints.\n')

  for (const [options, why] of [
    [['add', 'http://10.0.0.1/'], '--webhook-allow-host'],
    [['replay', id, '--parked'], 'No webhook endpoint was found'],
    [['replay', id, '--since', 'noon'], '--since takes a time'],
    [['pause'], 'takes the id of an endpoint'],
    [['sell', id], 'webhooks takes add, list'],
  ] as const) {
    await expect(run(...options)).rejects.toThrow(why)
  }
  expect(await run('--help')).toContain('webhooks rotate <id>')
  // Neither URLs of endpoints nor secrets are in the log.
  expect(server.output()).not.toMatch(/whsec_|\/hooks/)
  server.child.kill('SIGTERM')
  expect(await server.exit).toBe(0)
})
