// An endpoint of webhooks that does as its path says, and counts what it got.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { runProgram } from './child.ts'

runProgram<object, { readonly host: string }>(async () => {
  let received = 0
  const server = createServer((request, response) => {
    received++
    request.resume()
    if (request.url === '/answers') response.end()
    else if (request.url === '/fails') response.writeHead(500).end()
    else if (request.url === '/redirects') response.writeHead(307, { location: '/answers' }).end()
    else if (request.url === '/resets') request.socket.resetAndDestroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ready: { host: `127.0.0.1:${(server.address() as AddressInfo).port}` },
    async answer() {
      return received
    },
    async close() {
      server.closeAllConnections()
      server.close()
    },
  }
})
