import type { Frontend } from '@acme/frontend'
import { AcmeProvider, useUnsafeMetadata, useUser } from '@acme/frontend/react'
import { createElement, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { assertEqual, until } from './assert.ts'
import { isPage } from './places.ts'
import type { metadata } from './visitor.ts'

type M = typeof metadata

function Theme(): ReactNode {
  const { user } = useUser<M>()
  const { value: theme, set } = useUnsafeMetadata<'light' | 'dark' | undefined, M>(({ theme }) => theme)
  const shown = `${user?.publicMetadata.plan} ${theme}`
  return createElement('button', { type: 'button', onClick: () => set({ theme: 'dark' }) }, shown)
}

/** Shows a user by the hooks: in a page to click on, elsewhere as a server renders them. */
export async function renderTheme(acme: Frontend<M>): Promise<void> {
  const { user } = acme
  const app = createElement(AcmeProvider<M>, { frontend: acme, initialUser: user }, createElement(Theme))
  if (!isPage) return assertEqual(renderToString(app), '<button type="button">free light</button>')
  const place = document.body.appendChild(document.createElement('div'))
  const root = createRoot(place)
  root.render(app)
  await until(() => place.textContent === 'free light', 'the page shows the user')
  place.querySelector('button')?.click()
  await until(() => acme.user?.unsafeMetadata.theme === 'dark', 'the click is saved')
  await until(() => place.textContent === 'free dark', 'the page shows the change')
  root.unmount()
}
