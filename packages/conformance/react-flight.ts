// A program of its own, since React's server half is another build of React (condition `react-server`): writes what
// server components would send to a page that was given a backend user in several ways. The user's id is an argument.
import { createBackend } from '@acme/backend'
// @ts-expect-error - it comes without types
import { renderToReadableStream } from 'react-server-dom-webpack/server.node'

const [userId = '', apiUrl = '', secretKey = ''] = process.argv.slice(2)
const { users } = createBackend<unknown>({ secretKey, apiUrl })
const user = await users.getUser(userId)

const models: Record<string, () => unknown> = {
  whole: () => user,
  'in props': () => ({ props: { user } }),
  'in a list': () => [user],
  'in a promise': () => ({ user: Promise.resolve(user) }),
  'in a map': () => new Map([['user', user]]),
  spread: () => ({ ...user }),
  copied: () => Object.assign({}, user),
  entries: () => Object.entries(user),
  toJSON: () => user.toJSON(),
  toClient: () => user.toClient(),
  thrown: () => Promise.reject(Object.assign(new Error('with a user'), { user })),
}

const written: Record<string, { sent: string; errors: string[] }> = {}
for (const [name, makeModel] of Object.entries(models)) {
  const errors: string[] = []
  const onError = (error: unknown) => void errors.push(String((error as Error).stack))
  const stream: ReadableStream = renderToReadableStream(makeModel(), {}, { onError })
  written[name] = { sent: await new Response(stream).text(), errors }
}
process.stdout.write(JSON.stringify(written))
