import { type Profiler, Session } from 'node:inspector/promises'
import { basename } from 'node:path'

/** How many functions are named. */
const most = 12

/** Begins to sample where the processor time of this process goes; gives what ends it and tells, the most of it first. */
export async function startProfile(): Promise<() => Promise<readonly string[]>> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 200 })
  await session.post('Profiler.start')
  return async () => {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    return linesOf(profile)
  }
}

function linesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): readonly string[] {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]))
  const times = new Map<string, number>()
  let all = 0
  for (const [index, id] of samples.entries()) {
    const place = places.get(id) ?? ''
    // Neither waiting nor being asked is its own.
    if (/^\(idle\)|node:inspector/.test(place)) continue
    const time = timeDeltas[index] ?? 0
    all += time
    times.set(place, (times.get(place) ?? 0) + time)
  }
  const sorted = [...times].sort((a, b) => b[1] - a[1]).slice(0, most)
  return sorted.map(([place, time]) => `${((time / all) * 100).toFixed(1).padStart(5)} % ${place}`)
}

function placeOf({ functionName, url, lineNumber }: { functionName: string; url: string; lineNumber: number }): string {
  return `${functionName || '(anonymous)'}${url && ` ${basename(url)}:${lineNumber + 1}`}`
}
