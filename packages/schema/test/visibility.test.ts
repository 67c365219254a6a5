import { expect, test } from 'vitest'
import { canRead, canWrite, kinds, type Side, visibility } from '../src/index.ts'
import * as wire from '../src/wire/index.ts'

const sides: Side[] = ['frontend', 'backend']

test('who may write may read', () => {
  for (const kind of kinds) for (const side of sides) if (canWrite(side, kind)) expect(canRead(side, kind)).toBe(true)
})

test('the matrix is the one that is promised', () => {
  expect(visibility).toEqual({
    private: { frontend: 'none', backend: 'write' },
    public: { frontend: 'read', backend: 'write' },
    unsafe: { frontend: 'write', backend: 'write' },
  })
})

test('the wire schemas take and give what the matrix says, no more', () => {
  const shapes = {
    frontend: { user: wire.frontendUserJson, body: wire.frontendMetadataBody },
    backend: { user: wire.backendUserJson, body: wire.backendMetadataBody },
  }
  for (const kind of kinds) {
    for (const side of sides) {
      const name = `${kind}_metadata`
      expect(Object.hasOwn(shapes[side].user.shape, name)).toBe(canRead(side, kind))
      expect(shapes[side].body.safeParse({ [name]: {} }).success).toBe(canWrite(side, kind))
    }
  }
})
