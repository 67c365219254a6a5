import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** Starts a real HTTP server that answers each request by the next of its steps, the last one for ever. */
export async function startScript(
  ...steps: readonly ((request: IncomingMessage, response: ServerResponse) => void)[]
): Promise<{ readonly url: string; readonly requests: IncomingMessage[]; readonly server: Server }> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    request.resume()
    steps[Math.min(requests.length, steps.length) - 1]?.(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, server }
}

/** Answers with a status and a JSON body. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
}

/** An error body of the wire. */
export function errorBody(code: string, meta?: object) {
  return {
    errors: [{ code, message: 'short', long_message: 'A long message.', ...(meta && { meta }) }],
    clerk_trace_id: 'trace1',
  }
}
