import { setTimeout } from 'node:timers/promises'
import { BackendRefusal, type CallBackend } from './connect-backend.ts'

/** For how long a server that does not answer, or cannot now, is asked again, in milliseconds: it may be starting anew. */
const patience = 60_000
const firstPause = 50
const longestPause = 2_000

/** Gives calls that ask again what does no more when it is asked twice. */
export function persistentCall(call: CallBackend): CallBackend {
  return async (...asked) => {
    const until = Date.now() + patience
    for (let pause = firstPause; ; pause = Math.min(longestPause, 2 * pause)) {
      try {
        return await call(...asked)
      } catch (error) {
        const isPassing = !(error instanceof BackendRefusal) || error.status >= 500 || error.status === 429
        if (!isPassing || Date.now() > until) throw error
      }
      await setTimeout(pause * (0.5 + Math.random() / 2))
    }
  }
}
