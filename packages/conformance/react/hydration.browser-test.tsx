import { AcmeProvider, useUnsafeMetadata, useUser } from '@acme/frontend/react'
import { StrictMode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import { type Metadata, mock, newElement, newFrontend, until, usePage } from './page.tsx'

usePage()

function Page() {
  const { isLoaded, user } = useUser<Metadata>()
  const { value, set } = useUnsafeMetadata<string | undefined, Metadata>(({ theme }) => theme)
  return (
    <button type="button" onClick={() => set({ theme: 'dark' })}>
      {isLoaded ? (user ? `${user.username}: ${value}` : 'nobody') : 'loading'}
    </button>
  )
}

/** What the server has of a user, as it crosses to the page: no methods, nothing private. */
async function initialUser() {
  const { privateMetadata, ...user } = await mock.users.get('ada')
  return user
}

test.each(['ada', 'nobody', 'not known'] as const)('a page rendered by a server meets the same: %s', async (who) => {
  const user = who === 'ada' ? await initialUser() : who === 'nobody' ? null : undefined
  if (user) await mock.signInAs('ada')
  mock.delay(100)
  const page = (frontend: ReturnType<typeof newFrontend>) => (
    <StrictMode>
      <AcmeProvider frontend={frontend} initialUser={user}>
        <Page />
      </AcmeProvider>
    </StrictMode>
  )
  const html = renderToString(page(newFrontend()))
  const first = { ada: 'ada: light', nobody: 'nobody', 'not known': 'loading' }[who]
  const error = vi.spyOn(console, 'error')
  const element = newElement()
  element.innerHTML = html
  expect(element.textContent).toBe(first)
  const shown = new Set<string | null>()
  const observer = new MutationObserver(() => void shown.add(element.textContent))
  observer.observe(element, { childList: true, subtree: true, characterData: true })
  const root = hydrateRoot(element, page(newFrontend()), {
    onRecoverableError: (reason) => console.error(reason),
  })
  await until(element, who === 'ada' ? 'ada: light' : 'nobody')
  await expect.poll(() => mock.requests.some(({ status }) => status === 200)).toBe(true)
  await new Promise((resolve) => setTimeout(resolve, 150))
  observer.disconnect()
  // Nothing flashes: but for who was not known, nothing changes at all.
  expect([...shown]).toEqual(who === 'not known' ? ['nobody'] : [])
  expect(error).not.toHaveBeenCalled()
  root.unmount()
  element.remove()
})

test('the initial user can be changed before the page knows who is signed in', async () => {
  await mock.signInAs('ada')
  const user = await initialUser()
  mock.delay(50)
  const element = newElement()
  element.innerHTML = '<div></div>'
  const { createRoot } = await import('react-dom/client')
  const root = createRoot(element)
  const frontend = newFrontend()
  root.render(
    <AcmeProvider frontend={frontend} initialUser={user}>
      <Page />
    </AcmeProvider>,
  )
  await until(element, 'ada: light')
  expect(frontend.isLoaded).toBe(false)
  element.querySelector('button')?.click()
  await until(element, 'ada: dark')
  await expect.poll(() => frontend.user?.unsafeMetadata.theme).toBe('dark')
  root.unmount()
  element.remove()
})
