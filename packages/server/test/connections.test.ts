import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { type ConnectionEvents, createConnections } from '../src/storage/postgres/connections.ts'
import type { Sql } from '../src/storage/postgres/sql.ts'
import { toStorageError } from '../src/storage/postgres/to-storage-error.ts'

test('what is left for a connection that has ended is not sent, and fails as a database that is away', async () => {
  let events: ConnectionEvents | undefined
  const connections = createConnections(
    1,
    () => new Socket(),
    (given) => {
      events = given
      return { end: async () => {} } as unknown as Sql
    },
  )
  connections.open()
  events?.socket()
  // As the driver does that connects anew.
  const again = events?.socket() as Socket
  const error = await new Promise((resolve) => again.once('error', resolve))
  expect(toStorageError(error)).toMatchObject({ failure: 'unreachable' })
})
