import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { keysBeyond, keysEqualTo, metadataKey } from '../src/storage/metadata-key.ts'

const isIn = (key: string, range: { from: string; before: string } | undefined) =>
  range !== undefined && key >= range.from && key < range.before

const numRuns = scaled(20_000)

test('keys of numbers are in the order of the numbers, and beyond a number are those that are', () => {
  const number = fc.double({ noNaN: true })
  fc.assert(
    fc.property(number, number, (a, b) => {
      const key = metadataKey(a)
      expect(Math.sign(Number(a > b) - Number(a < b))).toBe(
        Math.sign(Number(key > metadataKey(b)) - Number(key < metadataKey(b))),
      )
      expect(isIn(key, keysBeyond('gt', b))).toBe(a > b)
      expect(isIn(key, keysBeyond('gte', b))).toBe(a >= b)
      expect(isIn(key, keysBeyond('lt', b))).toBe(a < b)
      expect(isIn(key, keysBeyond('lte', b))).toBe(a <= b)
    }),
    { numRuns },
  )
})

test('keys of times are in the order of the moments, however they are written', () => {
  const moment = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-01-01'), noInvalidDate: true })
  const written = fc
    .tuple(moment, fc.constantFrom('Z', '+02:00', '-05:30'), fc.boolean())
    .map(([date, zone, isWhole]) => {
      const iso = date.toISOString()
      return (isWhole ? iso.replace(/\.\d+/, '') : iso).replace('Z', zone)
    })
  fc.assert(
    fc.property(written, written, (a, b) => {
      const [one, other] = [Date.parse(a), Date.parse(b)]
      expect(isIn(metadataKey(a), keysBeyond('gt', b))).toBe(one > other)
      expect(isIn(metadataKey(a), keysBeyond('lte', b))).toBe(one <= other)
    }),
    { numRuns },
  )
})

test('the keys equal to a value are its own and no others', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4 }).filter((text) => !text.includes('\0')),
    fc.constantFrom('', 'a', 'a\u0001', 'ab', '2026-01-01', '2026-01-01T00:00:00Z', 'true', '1'),
    fc.double({ noNaN: true }),
    fc.constantFrom(0, 1, true, false, null),
  )
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(isIn(metadataKey(a), keysEqualTo(b))).toBe(a === b)
    }),
    { numRuns },
  )
})
