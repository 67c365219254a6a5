import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startPostgres } from '../src/start-postgres.ts'

/** Asks one question in PostgreSQL's own protocol, version 3, and gives the first field of the first row. */
function ask(url: string, question: string): Promise<string> {
  const { hostname, port, username, pathname } = new URL(url)
  const message = (kind: string, text: string): Buffer => {
    const size = Buffer.alloc(4)
    size.writeInt32BE(text.length + 4)
    return Buffer.concat([Buffer.from(kind), size, Buffer.from(text)])
  }
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    socket.on('error', reject).on('close', () => reject(new Error('closed')))
    socket.write(message('', `\0\x03\0\0user\0${username}\0database\0${pathname.slice(1)}\0\0`))
    socket.write(message('Q', `${question}\0`))
    let read = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      read = Buffer.concat([read, chunk])
      while (read.length >= 5 && read.length >= 1 + read.readInt32BE(1)) {
        const [kind, size] = [String.fromCharCode(Number(read[0])), 1 + read.readInt32BE(1)]
        const body = read.subarray(5, size)
        read = read.subarray(size)
        if (kind === 'E') reject(new Error(body.toString()))
        // Two bytes say how many fields there are, four how long the first is.
        if (kind !== 'D') continue
        resolve(body.subarray(6, 6 + body.readInt32BE(2)).toString())
        socket.end(message('X', ''))
      }
    })
  })
}

test('a PostgreSQL of one’s own answers, keeps what it says it keeps, and leaves nothing behind', async () => {
  const postgres = await startPostgres()
  expect(await ask(postgres.url, 'select 1')).toBe('1')
  expect(await ask(postgres.url, 'show fsync')).toBe('on')
  expect(await ask(postgres.url, 'show server_encoding')).toBe('UTF8')
  const folder = await ask(postgres.url, 'show data_directory')
  expect(existsSync(folder)).toBe(true)
  await postgres.close()
  await expect(ask(postgres.url, 'select 1')).rejects.toThrow()
  expect(existsSync(folder)).toBe(false)
})

test('a port that somebody else took first is given up for another, and both run beside each other', async () => {
  const first = await startPostgres()
  const second = await startPostgres({ port: Number(new URL(first.url).port) })
  const folders = await Promise.all([first, second].map(({ url }) => ask(url, 'show data_directory')))
  expect(new Set(folders).size).toBe(2)
  await Promise.all([first.close(), second.close()])
})
