// @vitest-environment jsdom
import { createFrontend } from '@acme/frontend'
import { liveUpdates } from '@acme/frontend/live'
import { AcmeProvider } from '@acme/frontend/react'
import { createMock } from '@acme/msw/node'
import { cleanup, configure, render, screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { serverMetadata } from '../src/metadata.server.ts'
import { metadata } from '../src/metadata.ts'
import { Settings } from '../src/settings.tsx'

const acme = createMock({ metadata: serverMetadata, users: [{ username: 'ada', unsafeMetadata: { bio: 'Analyst' } }] })
beforeAll(() => acme.listen())
afterEach(() => acme.reset())
afterAll(() => acme.close())

afterEach(cleanup)

// A busy machine is no failure.
configure({ asyncUtilTimeout: 20_000 })

function openSettings() {
  const frontend = createFrontend({ publishableKey: acme.publishableKey, metadata, live: liveUpdates })
  render(
    <AcmeProvider frontend={frontend}>
      <Settings />
    </AcmeProvider>,
  )
  return frontend
}

test('who joins brings along where they came from', async () => {
  window.history.replaceState(null, '', '?from=ad-7')
  openSettings()
  await userEvent.type(await screen.findByLabelText('Username'), 'grace')
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse battery')
  await userEvent.click(screen.getByRole('button', { name: 'Sign up' }))
  await screen.findByText('grace')
  expect((await acme.users.get('grace')).unsafeMetadata).toEqual({ referrer: 'ad-7' })
})

test('the plan is the default one until somebody pays', async () => {
  await acme.signInAs('ada')
  openSettings()
  await screen.findByText('Plan: free')
})

test('an upgrade shows by itself, and the customer id never reaches the page', async () => {
  await acme.signInAs('ada')
  const frontend = openSettings()
  await screen.findByText('Plan: free')
  await acme.users.updateMetadata('ada', { publicMetadata: { plan: 'pro' }, privateMetadata: { customerId: 'cus_1' } })
  await screen.findByText('Plan: pro')
  expect(frontend.user).not.toHaveProperty('privateMetadata')
})

test('a theme is saved, and what else the user has stays', async () => {
  await acme.signInAs('ada')
  openSettings()
  await screen.findByText(`${8_192 - '{"bio":"Analyst"}'.length} bytes left`)
  await userEvent.click(await screen.findByRole('button', { name: 'Theme: light' }))
  await screen.findByRole('button', { name: 'Theme: dark' })
  await waitFor(async () =>
    expect((await acme.users.get('ada')).unsafeMetadata).toEqual({ bio: 'Analyst', theme: 'dark' }),
  )
})

test('a refused theme goes back to what it was, and says why', async () => {
  await acme.signInAs('ada')
  openSettings()
  const button = await screen.findByRole('button', { name: 'Theme: light' })
  acme.fail({ path: '/v1/me/metadata', status: 422 })
  await userEvent.click(button)
  expect((await screen.findByRole('alert')).textContent).toContain('asked for by the test')
  expect(button.textContent).toBe('Theme: light')
})

test('a network that fails once is not noticed', async () => {
  await acme.signInAs('ada')
  openSettings()
  const button = await screen.findByRole('button', { name: 'Theme: light' })
  acme.fail({ path: '/v1/me/metadata', status: 'network' })
  await userEvent.click(button)
  await waitFor(async () => expect((await acme.users.get('ada')).unsafeMetadata).toMatchObject({ theme: 'dark' }))
  expect(screen.queryByRole('alert')).toBeNull()
})

test('a text beyond 8 KB is refused with the reason, and nothing is lost', async () => {
  await acme.signInAs('ada')
  openSettings()
  const text = await screen.findByLabelText('About you')
  await userEvent.clear(text)
  await userEvent.click(text)
  await userEvent.paste('字'.repeat(3_000))
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect((await screen.findByRole('alert')).textContent).toContain('8192')
  expect((await acme.users.get('ada')).unsafeMetadata).toEqual({ bio: 'Analyst' })
})

test('a page cannot give itself a plan', async () => {
  await acme.signInAs('ada')
  const frontend = openSettings()
  await screen.findByText('Plan: free')
  const forged = { publicMetadata: { plan: 'pro' } }
  await expect(frontend.user?.updateMetadata(forged as never)).rejects.toThrow()
  expect((await acme.users.get('ada')).publicMetadata).toEqual({ plan: 'free' })
})

test('who comes back after their session has run out is asked to join again', async () => {
  await acme.signInAs('ada')
  acme.advance(8 * 24 * 3_600_000)
  openSettings()
  await screen.findByRole('heading', { name: 'Join' })
})
