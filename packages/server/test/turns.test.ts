import { expect, test } from 'vitest'
import { createTurns, type Pause } from '../src/storage/sqlite/turns.ts'
import { createTurnstile } from '../src/storage/turnstile.ts'

/** Holds the thread for longer than work may. */
function hold(): void {
  const start = performance.now()
  while (performance.now() - start < 3);
}

/** Works in steps, and notes each. */
const steps = (name: string, count: number, notes: string[]) => async (pause: Pause) => {
  for (let step = 0; step < count; step++) {
    hold()
    notes.push(name)
    await pause()
  }
}

test('work that takes long lets others run at each pause', async () => {
  const turns = createTurns()
  const notes: string[] = []
  let isOver = false
  const serve = () => {
    notes.push('other')
    if (!isOver) setImmediate(serve)
  }
  setImmediate(serve)
  await turns(steps('long', 4, notes))
  isOver = true
  expect(notes.join(' ')).toMatch(/^long (other )+long (other )+long (other )+long/)
})

test('of works that take long one goes on at a time, and one that fails does not hold up the next', async () => {
  const turns = createTurns()
  const notes: string[] = []
  const failing = turns(async (pause) => {
    await steps('first', 3, notes)(pause)
    throw new RangeError('failed')
  })
  const next = turns(steps('second', 3, notes))
  await expect(failing).rejects.toThrow('failed')
  await next
  // Each starts at once, since most work is short.
  expect(notes).toEqual(['first', 'second', 'first', 'first', 'second', 'second'])
})

test('work that is short waits for none that takes long', async () => {
  const turns = createTurns()
  const notes: string[] = []
  const long = turns(steps('long', 3, notes))
  await turns(async (pause) => {
    await pause()
    notes.push('short')
  })
  expect(notes).toEqual(['long', 'short'])
  await long
})

test('work that takes long is refused where too much waits already, and what waits has its turn', async () => {
  const turns = createTurns({ waiting: 1, patience: Number.POSITIVE_INFINITY })
  const notes: string[] = []
  const [first, second, third] = ['first', 'second', 'third'].map((name) => turns(steps(name, 3, notes)))
  await expect(third).rejects.toMatchObject({ failure: 'overloaded' })
  await Promise.all([first, second])
  expect(notes.filter((name) => name === 'second')).toHaveLength(3)
  // There is room again.
  await turns(steps('fourth', 3, notes))
})

test('whoever waited too long is refused when their turn comes, and holds up nobody', async () => {
  let now = 0
  const { enter } = createTurnstile({ atOnce: 1, waiting: 2, patience: 10 }, () => now)
  const leave = await enter()
  const late = enter()
  now = 5
  const inTime = enter()
  now = 15
  leave()
  await expect(late).rejects.toMatchObject({ failure: 'overloaded' })
  const end = await inTime
  end()
  ;(await enter())()
})
