// A server in a process of its own, to be killed: it sends webhooks with little patience.
import { startServer } from '../src/node/start-server.ts'

const [directory = '', database] = process.argv.slice(2)
const server = await startServer({
  directory,
  database,
  port: 0,
  rateLimit: false,
  webhooks: {
    allowedHosts: ['127.0.0.1'],
    timings: { attemptTimeout: 200, firstPause: 20, longestPause: 200, giveUpAfter: 1e9, lease: 700 },
  },
})
process.stdout.write(`${JSON.stringify({ url: server.url, secretKey: server.secretKey })}\n`)
