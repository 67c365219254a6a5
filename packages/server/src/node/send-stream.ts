import type { ServerResponse } from 'node:http'

/** How long a reader may take for what is left at the end, in milliseconds. */
const farewell = 1_000

/**
 * Sends a response that goes on for as long as both sides like, each chunk as it comes. A reader who takes nothing for so
 * many milliseconds is let go, and nothing is kept for them. Gives the function that ends it.
 */
export function sendStream(response: Response, outgoing: ServerResponse, patience = 30_000): () => void {
  outgoing.statusCode = response.status
  for (const [name, value] of response.headers) outgoing.setHeader(name, value)
  // It has taken its connection for good: whoever ends it would otherwise wait for that as well.
  outgoing.setHeader('connection', 'close')
  const reader = response.body?.getReader()
  const cancel = () => void reader?.cancel().catch(() => {})
  outgoing.once('close', cancel)
  const send = async () => {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true }
      if (done || outgoing.destroyed) break
      if (!outgoing.write(value)) await drained(outgoing, patience)
    }
    outgoing.end()
  }
  send().catch(() => outgoing.destroy())
  return () => {
    cancel()
    setTimeout(() => outgoing.destroy(), farewell).unref()
  }
}

function drained(outgoing: ServerResponse, patience: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => outgoing.destroy(), patience)
    const end = () => {
      clearTimeout(timer)
      outgoing.off('drain', end).off('close', end)
      resolve()
    }
    outgoing.once('drain', end).once('close', end)
  })
}
