// What runs in the page: an app on Clerk's React SDK that is told nothing but its publishable key.
import { ClerkProvider, Show, SignIn, UserButton, useUser } from '@clerk/react'
import { createRoot } from 'react-dom/client'

// Where a sign-in leads to, the address says it no more.
const publishableKey = new URLSearchParams(location.search).get('key') ?? sessionStorage.getItem('key') ?? ''
sessionStorage.setItem('key', publishableKey)

function Greeting() {
  return <p>Hello {useUser().user?.primaryEmailAddress?.emailAddress}</p>
}

createRoot(document.body.appendChild(document.createElement('div'))).render(
  <ClerkProvider publishableKey={publishableKey} telemetry={false}>
    <Show when="signed-out">
      <SignIn routing="hash" />
    </Show>
    <Show when="signed-in">
      <Greeting />
      <UserButton />
    </Show>
  </ClerkProvider>,
)
