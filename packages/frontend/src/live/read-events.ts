/** After how long without a word a stream is taken for dead, in milliseconds: servers send a comment every 20 seconds. */
const silence = 50_000

/**
 * Asks for a stream of server-sent events (WHATWG HTML, section 9.2) and hands over the data of each, until it ends. Gives
 * the response, whose status may be that of a refusal.
 */
export async function readEvents(
  ask: (signal: AbortSignal) => Promise<Response>,
  take: (data: string) => Promise<void> | void,
  signal: AbortSignal,
): Promise<Response> {
  const attempt = new AbortController()
  const give = () => attempt.abort()
  let timer: ReturnType<typeof setTimeout> | undefined
  const heard = () => {
    clearTimeout(timer)
    timer = setTimeout(give, silence)
  }
  signal.addEventListener('abort', give, { signal: attempt.signal })
  try {
    heard()
    const response = await ask(attempt.signal)
    const reader = response.ok && response.body?.getReader()
    if (!reader) return response
    // Not every fetch ends the body as well: one that is patched (MSW), and those of Node (nodejs/undici#4068).
    attempt.signal.addEventListener('abort', () => reader.cancel().catch(() => {}))
    const decoder = new TextDecoder()
    let text = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done || attempt.signal.aborted) return response
      heard()
      text += decoder.decode(value, { stream: true })
      const events = text.split('\n\n')
      text = events.pop() as string
      for (const event of events) {
        const data = /^event: user\ndata: (.*)/m.exec(event)?.[1]
        if (data) await take(data)
      }
    }
  } finally {
    clearTimeout(timer)
    give()
  }
}
