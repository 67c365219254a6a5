import { instanceId } from '../domain/instance-id.ts'
import { TextAnswer } from '../http/answer.ts'
import type { Storage } from '../storage/storage.ts'

/** How long the storage may take to answer, in milliseconds. */
const longest = 2_000

/** The whole of the path: a question whose value ends alike is another's. */
const path = /^https?:\/\/[^/?#]+\/health\/(live|ready)(?:\?|$)/

/**
 * Says how a process is: `/health/live` as long as it answers, `/health/ready` as long as its storage does, too, and it is
 * not about to stop.
 */
export type Health = (request: Request) => Promise<TextAnswer> | undefined

/** What is said of a process. */
type State = 'ok' | 'stopping' | 'storage_unreachable'

/** Makes what answers both paths and no other; whoever asks while the storage is asked waits for the same reply. */
export function createHealth(storage: Pick<Storage, 'find'>, isStopping: () => boolean): Health {
  let asking: Promise<State> | undefined

  async function ask(): Promise<State> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<State>((resolve) => {
      timer = setTimeout(() => resolve('storage_unreachable'), longest)
    })
    const found = storage.find('instances', instanceId).then(
      (row): State => (row === undefined ? 'storage_unreachable' : 'ok'),
      (): State => 'storage_unreachable',
    )
    return Promise.race([found, late]).finally(() => {
      clearTimeout(timer)
      asking = undefined
    })
  }

  return (request) => {
    if (request.method !== 'GET') return undefined
    // Without making an URL of it: every request comes by here.
    const asked = path.exec(request.url)?.[1]
    if (asked === undefined) return undefined
    if (asked === 'live') return Promise.resolve(answer('ok'))
    if (isStopping()) return Promise.resolve(answer('stopping'))
    asking ??= ask()
    return asking.then(answer)
  }
}

function answer(status: State): TextAnswer {
  return new TextAnswer(JSON.stringify({ status }), status === 'ok' ? 200 : 503, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  })
}
