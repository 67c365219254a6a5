import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Place } from '../place.ts'
import { startSqlite } from '../places.ts'
import { bothClients } from './both-clients.ts'
import { openPages, type Pages } from './browser.ts'
import { clerkOnly } from './clerk-only.ts'
import { clerkWire } from './clerk-wire.ts'
import { createRecorder } from './recorder.ts'
import { restOfTheWire } from './rest-of-the-wire.ts'
import { templates } from './templates.ts'

const recorder = createRecorder()
let pages: Pages
let place: Place

beforeAll(async () => {
  pages = await openPages()
  place = await startSqlite((fetch) => recorder.around(fetch as never))
}, 120_000)

afterAll(async () => {
  await pages?.close()
  await place?.close()
})

const world = () => ({ place, pages })
bothClients(world)
clerkOnly(world)
restOfTheWire(world)
clerkWire(world)
templates(world)

test('everything that went over the wire was as described, and everything described went over it', () => {
  expect(recorder.violations).toEqual([])
  expect(recorder.all.filter((operation) => !recorder.seen.has(operation))).toEqual([])
})
