import { expect, test } from 'vitest'
import { assertId, formatPublishableKey, isId, isLoopbackHost, isSecretKey, parsePublishableKey } from '../src/index.ts'

test.each(['clerk.example.com', '127.0.0.1:8787', 'localhost:3000', 'a-b.c'])(
  'a key for %s reads as it was written',
  (host) => {
    for (const instanceType of ['test', 'live'] as const) {
      const key = formatPublishableKey({ instanceType, host })
      expect(parsePublishableKey(key)).toEqual({ instanceType, host })
      expect(parsePublishableKey(key.replace(/=+$/, ''))).toEqual({ instanceType, host })
    }
  },
)

test.each([
  '',
  'pk_test_',
  'pk_prod_YS5iJA==',
  'sk_test_abcdefgh',
  ...['a.b', 'a.b/path$', 'user@a.b$', 'a.b?x$', 'a.b#x$', '$', 'a b$', 'a.b$$x'].map(
    (text) => `pk_test_${btoa(text)}`,
  ),
])('%s is refused as a publishable key', (key) => {
  expect(() => parsePublishableKey(key)).toThrow(expect.objectContaining({ code: 'publishable_key_invalid' }))
})

test('loopback is this machine and nothing that only begins like it', () => {
  for (const host of ['localhost', 'localhost:3000', '127.0.0.1:1', '127.1.2.3'])
    expect(isLoopbackHost(host)).toBe(true)
  for (const host of ['localhost.evil.com', '127.0.0.1.evil.com', 'example.com'])
    expect(isLoopbackHost(host)).toBe(false)
})

test('an id is its prefix and letters or digits', () => {
  expect(isId('user', 'user_2NNEqL2nrIRdJ194ndJqAHwEfxC')).toBe(true)
  for (const id of ['user_', 'sess_1', 'user_1#x', 'user_1/..', 'user_a b', 'user_1\n', undefined, 1])
    expect(isId('user', id)).toBe(false)
  expect(() => assertId('user', 'user_1#secret')).toThrow(expect.objectContaining({ code: 'id_invalid' }))
})

test('a secret key has its form', () => {
  expect(isSecretKey('sk_test_0123456789')).toBe(true)
  for (const key of ['', 'pk_test_0123456789', 'sk_0123456789', 'sk_test_x y']) expect(isSecretKey(key)).toBe(false)
})
