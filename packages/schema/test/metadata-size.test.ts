import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { assertMetadataSize, type JsonValue, metadataBytes, metadataLimit } from '../src/index.ts'

test('the size is the byte length of what JSON.stringify writes, for every JSON value', () => {
  const encoder = new TextEncoder()
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }) as fc.Arbitrary<JsonValue>, (value) => {
      expect(metadataBytes(value)).toBe(encoder.encode(JSON.stringify(value)).length)
    }),
    { numRuns: scaled(10_000) },
  )
})

test('lone surrogates, pairs, accents, controls and quotes are each counted as written', () => {
  const encoder = new TextEncoder()
  for (const text of ['\ud800', '\udc00\ud800', '😀', 'é', '字', '\n\u0001\u2028', '"\\', '\u07ff\u0800']) {
    expect(metadataBytes({ text })).toBe(encoder.encode(JSON.stringify({ text })).length)
  }
})

test('8192 bytes are accepted; one more is refused with the sizes of the largest members', () => {
  const fill = (bytes: number) => ({ small: 1, big: 'x'.repeat(bytes - '{"small":1,"big":""}'.length) })
  expect(metadataLimit).toBe(8_192)
  assertMetadataSize(fill(8_192), 'public')
  expect(() => assertMetadataSize(fill(8_193), 'public')).toThrow(
    expect.objectContaining({
      name: 'MetadataTooLargeError',
      code: 'form_param_exceeds_allowed_size',
      kind: 'public',
      bytes: 8_193,
      limit: 8_192,
      largest: [
        { path: ['big'], bytes: 8_175 },
        { path: ['small'], bytes: 1 },
      ],
    }),
  )
})
