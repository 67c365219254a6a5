import { createFrontend } from '@acme/frontend'
import { AcmeProvider, SignedIn, SignedOut, useUnsafeMetadata, useUser } from '@acme/frontend/react'
import { formatPublishableKey, type UserData } from '@acme/schema'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'

const publishableKey = formatPublishableKey({ instanceType: 'test', host: '127.0.0.1:1' })

function Page() {
  const { user } = useUser<{ unsafe: { theme?: string } }>()
  return (
    <main>
      <SignedIn>{user?.username}</SignedIn>
      <SignedOut>nobody</SignedOut>
      <i>{useUnsafeMetadata<string | undefined, { unsafe: { theme?: string } }>(({ theme }) => theme).value}</i>
    </main>
  )
}

test('a server renders without a browser’s globals, a request or a subscription', () => {
  expect('document' in globalThis).toBe(false)
  const fetch = () => Promise.reject(new Error('a request was made'))
  const render = (initialUser?: object | null) => {
    const frontend = createFrontend<{ unsafe: { theme?: string } }>({ publishableKey, fetch })
    frontend.subscribe = () => {
      throw new Error('somebody subscribed')
    }
    return renderToString(
      <AcmeProvider frontend={frontend} initialUser={initialUser as never}>
        <Page />
      </AcmeProvider>,
    )
  }
  const user: Partial<UserData> & object = {
    id: 'user_1',
    username: 'ada',
    publicMetadata: {},
    unsafeMetadata: { theme: 'dark' },
  } as never
  expect(render(user)).toBe('<main>ada<i>dark</i></main>')
  expect(render(null)).toBe('<main>nobody<i></i></main>')
  expect(render()).toBe('<main><i></i></main>')
})
