import { expect, test } from 'vitest'
import {
  AcmeError,
  ApiError,
  docsBase,
  isAcmeError,
  MetadataConflictError,
  MetadataInvalidError,
  NetworkError,
} from '../src/index.ts'

test('an error says what the call came to, with defaults where nothing is known', () => {
  const error = new AcmeError({ code: 'x', message: 'words' })
  expect(error).toMatchObject({
    name: 'AcmeError',
    code: 'x',
    message: 'words',
    attempts: 0,
    retryable: false,
    outcome: 'not_applied',
  })
  const api = new ApiError({ code: 'y', message: 'm', status: 422, attempts: 2, errors: [] })
  expect(api).toBeInstanceOf(AcmeError)
  expect(api).toMatchObject({ name: 'ApiError', status: 422, attempts: 2, errors: [] })
})

test('errors are known by their brand, whichever copy made them', () => {
  expect(isAcmeError(new NetworkError({ code: 'network_error', message: '' }))).toBe(true)
  expect(isAcmeError(Object.assign(new Error('other copy'), { isAcmeError: true }))).toBe(true)
  for (const value of [new Error('x'), { isAcmeError: true }, null, 'x']) expect(isAcmeError(value)).toBe(false)
})

test('the message of invalid metadata names every path', () => {
  const issues = [
    { path: ['a', 0, 'b c'], message: 'is wrong' },
    { path: [], message: 'is not a JSON object' },
  ]
  expect(new MetadataInvalidError({ kind: 'unsafe', issues }).message).toBe(
    'unsafeMetadata.a[0]["b c"] is wrong; unsafeMetadata is not a JSON object',
  )
  expect(new MetadataConflictError({ current: { id: 1 } })).toMatchObject({
    code: 'version_conflict',
    current: { id: 1 },
  })
})

test('every error says where its code is explained, and whatever a server sent as a code leads nowhere else', () => {
  expect(new NetworkError({ code: 'network_error', message: '' }).docsUrl).toBe(`${docsBase}errors#network_error`)
  expect(new MetadataConflictError({}).docsUrl).toBe(`${docsBase}errors#version_conflict`)
  for (const code of ['', 'a b', '"><script>', '../..', '\ud800', 1, null, { toString: 1 }])
    expect(new ApiError({ code: code as string, message: '', errors: [] }).docsUrl).toBe(`${docsBase}errors`)
})
