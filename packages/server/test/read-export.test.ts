import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { splitCsv } from '../src/node/import-from/split-csv.ts'
import { splitJson } from '../src/node/import-from/split-json.ts'

/** Cuts a text into pieces, between bytes. */
async function* pieces(text: string, sizes: readonly number[]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  // The first one holds the beginning, as that of a file does.
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const size = index === 0 ? 300 : (sizes[index % sizes.length] ?? 1)
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('"', '\\', '{', ']', '\\"}', ',', '\r\n', '字🦊'),
)
// Node 24 reads other keys of one escaped character as a lone backslash once it has seen one.
const key = text.filter((one) => one !== '\\')
const users = fc.array(
  fc.dictionary(key, fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.dictionary(key, text, { maxKeys: 3 })), {
    maxKeys: 4,
  }),
  {
    maxLength: 12,
  },
)

const shapes: Record<string, (list: readonly object[]) => string> = {
  'a list': (list) => JSON.stringify(list),
  'a list over lines': (list) => `\uFEFF${JSON.stringify(list, null, 2)}\n`,
  'the users of an object': (list) => `${JSON.stringify({ users: list, more: { users: [{}] }, last: '}' }, null, 1)}\n`,
  lines: (list) => list.map((one) => `${JSON.stringify(one)}\r\n`).join(''),
  'one after another': (list) => list.map((one) => JSON.stringify(one)).join(''),
}

test.each(Object.entries(shapes))(
  'JSON as %s is taken apart wherever the file is cut, and every byte of it is counted',
  async (_, write) => {
    await fc.assert(
      fc.asyncProperty(users, sizes, async (list, cuts) => {
        const written = write(list)
        const parts = await all(splitJson(pieces(written, cuts)))
        expect(parts.map((part) => JSON.stringify(JSON.parse(part.text.toString())))).toEqual(
          list.map((one) => JSON.stringify(one)),
        )
        expect(parts.at(-1)?.bytes ?? 0).toBeLessThanOrEqual(Buffer.byteLength(written))
      }),
      { numRuns: scaled(1_000) },
    )
  },
)

test('JSON that is cut off is refused, wherever that is', async () => {
  await fc.assert(
    fc.asyncProperty(users, sizes, fc.nat(), async (list, cuts, at) => {
      const bytes = Buffer.from(JSON.stringify([...list, { last: true }]))
      const cut = bytes.subarray(0, 1 + (at % (bytes.length - 1))).toString('latin1')
      await expect(all(splitJson(pieces(cut, cuts)))).rejects.toThrow('ends before its end')
    }),
    { numRuns: scaled(1_000) },
  )
})

test('CSV is read wherever it is cut, with quotes, commas and line breaks in its cells', async () => {
  const cell = text.filter((one) => one.isWellFormed())
  const rows = fc.array(fc.tuple(cell, cell, cell), { maxLength: 10 })
  const quoted = (one: string) => `"${one.replaceAll('"', '""')}"`
  await fc.assert(
    fc.asyncProperty(rows, sizes, fc.constantFrom('\n', '\r\n'), async (list, cuts, end) => {
      const written = ['id,"a,b",c', ...list.map((row) => row.map(quoted).join(','))].join(end)
      const read = await all(splitCsv(pieces(written, cuts)))
      expect(read.map(({ cells }) => [cells['id'], cells['a,b'], cells['c']])).toEqual(list)
    }),
    { numRuns: scaled(1_000) },
  )
})
