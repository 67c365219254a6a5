import { createFrontend } from '@acme/frontend'
import { createMock } from '@acme/msw/node'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

const acme = createMock({ users: [{ username: 'ada', unsafeMetadata: { theme: 'dark' } }] })
beforeAll(() => acme.listen())
afterEach(() => acme.reset())
afterAll(() => acme.close())

// #region page
test('a session that has run out is noticed', async () => {
  await acme.signInAs('ada') // no form, no password
  const frontend = createFrontend({ publishableKey: acme.publishableKey })
  await frontend.load()
  expect(frontend.user?.unsafeMetadata).toEqual({ theme: 'dark' })

  acme.advance(8 * 24 * 3_600_000) // eight days, in milliseconds
  await expect(frontend.user?.reload()).rejects.toMatchObject({ code: 'signed_out' })
  expect(frontend.user).toBeNull()
})
// #endregion page
