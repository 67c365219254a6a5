import { createFrontend, type Frontend } from '@acme/frontend'
import { AcmeProvider, type InitialUser } from '@acme/frontend/react'
import { createMock } from '@acme/msw/browser'
import type { ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'

/** What the app under test keeps of its users. */
export interface Metadata {
  public: { plan?: 'free' | 'pro' }
  unsafe: { theme?: string; lang?: string; list?: number[] }
}

export const mock = createMock<Metadata>({
  users: [
    { username: 'ada', publicMetadata: { plan: 'pro' }, unsafeMetadata: { theme: 'light', lang: 'en' } },
    { username: 'bea', password: 'correct horse battery' },
  ],
})

const mounted: { root: Root; element: HTMLElement }[] = []

/** Starts the mock for a file of tests; each begins with an empty page. */
export function usePage(): void {
  beforeAll(() => mock.start())
  afterEach(() => {
    for (const { root, element } of mounted.splice(0)) {
      root.unmount()
      element.remove()
    }
    mock.reset()
  })
  afterAll(() => mock.stop())
}

/** A frontend as an app makes it. */
export function newFrontend(): Frontend<Metadata> {
  return createFrontend<Metadata>({ publishableKey: mock.publishableKey })
}

/** A place in the page. */
export function newElement(): HTMLElement {
  const element = document.createElement('div')
  document.body.append(element)
  return element
}

/** Shows something below a provider. */
export function show(
  children: ReactNode,
  {
    frontend = newFrontend(),
    initialUser,
  }: { frontend?: Frontend<Metadata>; initialUser?: InitialUser<Metadata> | null } = {},
): { readonly element: HTMLElement; readonly frontend: Frontend<Metadata>; unmount(): void } {
  const element = newElement()
  const root = createRoot(element)
  mounted.push({ root, element })
  root.render(
    <AcmeProvider frontend={frontend} initialUser={initialUser}>
      {children}
    </AcmeProvider>,
  )
  return { element, frontend, unmount: () => root.unmount() }
}

/** Waits until an element holds a text. */
export async function until(element: HTMLElement, text: string | RegExp): Promise<void> {
  await expect.poll(() => element.textContent).toMatch(text)
}
