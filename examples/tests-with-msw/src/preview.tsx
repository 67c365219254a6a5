import { createFrontend } from '@acme/frontend'
import { AcmeProvider } from '@acme/frontend/react'
import { createMock } from '@acme/msw/browser'
import { createRoot } from 'react-dom/client'
import { metadata } from './metadata.ts'
import { Settings } from './settings.tsx'
import './preview.css'

// What a story of Storybook holds: who is signed in, and how the server behaves.
const stories = {
  visitor: async () => {},
  member: async () => acme.signInAs('mia'),
  pro: async () => acme.signInAs('paul'),
  'slow server': async () => {
    acme.delay(3_000)
    await acme.signInAs('mia')
  },
  'refusing server': async () => {
    await acme.signInAs('mia')
    acme.fail({ path: '/v1/me/metadata', times: Number.POSITIVE_INFINITY, status: 422 })
  },
}

const acme = createMock({
  metadata,
  users: [
    { username: 'mia', unsafeMetadata: { bio: 'I keep bees.' } },
    { username: 'paul', publicMetadata: { plan: 'pro' }, unsafeMetadata: { theme: 'dark' } },
  ],
})
const name = new URLSearchParams(window.location.search).get('story') ?? 'member'
await acme.start()
await stories[name as keyof typeof stories]?.()

createRoot(document.getElementById('root') as HTMLElement).render(
  <>
    <nav aria-label="Stories">
      {Object.keys(stories).map((story) => (
        <a key={story} href={`?story=${encodeURIComponent(story)}`} aria-current={story === name ? 'page' : undefined}>
          {story}
        </a>
      ))}
    </nav>
    <main>
      <h1>Settings</h1>
      <AcmeProvider frontend={createFrontend({ publishableKey: acme.publishableKey, metadata })}>
        <Settings />
      </AcmeProvider>
    </main>
  </>,
)
