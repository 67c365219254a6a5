// @vitest-environment jsdom
import { createFrontend } from '@acme/frontend'
import { AcmeProvider } from '@acme/frontend/react'
import { createMock } from '@acme/msw/node'
import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { serverMetadata } from '../server/metadata.server.ts'
import { metadata } from '../src/metadata.ts'
import { Profile } from '../src/profile.tsx'

// A busy machine may take its time.
configure({ asyncUtilTimeout: 5_000 })

// The real rules of the server, without one.
const acme = createMock({ metadata: serverMetadata, users: [{ username: 'ada', publicMetadata: { plan: 'pro' } }] })
beforeAll(() => acme.listen())
afterEach(() => acme.reset())
afterEach(cleanup)
afterAll(() => acme.close())

function open() {
  const frontend = createFrontend({ publishableKey: acme.publishableKey, metadata })
  render(
    <AcmeProvider frontend={frontend}>
      <Profile />
    </AcmeProvider>,
  )
}

test('who is not signed in is asked to join', async () => {
  open()
  await screen.findByRole('button', { name: 'Sign up' })
})

test('the plan shows, and a theme is saved', async () => {
  await acme.signInAs('ada')
  open()
  await screen.findByText('Plan: pro')
  fireEvent.click(screen.getByRole('button', { name: 'Theme: light' }))
  await screen.findByRole('button', { name: 'Theme: dark' })
  await waitFor(async () => expect((await acme.users.get('ada')).unsafeMetadata).toEqual({ theme: 'dark' }))
})

test('a theme that could not be saved goes back, and says why', async () => {
  await acme.signInAs('ada')
  open()
  const button = await screen.findByRole('button', { name: 'Theme: light' })
  acme.fail({ path: '/v1/me/metadata', status: 422 })
  fireEvent.click(button)
  await screen.findByRole('alert')
  expect(button.textContent).toBe('Theme: light')
})
