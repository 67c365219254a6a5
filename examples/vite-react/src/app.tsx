import { useUser } from '@acme/frontend/react'
import { BothSides } from './both-sides.tsx'
import { Join } from './join.tsx'

/** The whole page: one user, seen from the page and from the server. */
export function App() {
  const { isLoaded, isSignedIn, user, error } = useUser()
  return (
    <>
      <header>
        <h1>Acme user metadata</h1>
        <p>Three kinds of data about a user, by who may see it and who may change it.</p>
        <nav aria-label="Dashboard and docs">
          <a href="/dashboard">Dashboard</a>
          <a href="/docs/guide/kinds">The three kinds</a>
          <a href="/docs/start/react">React</a>
          <a href="/docs/start/node">Node</a>
          <a href="/docs/">All docs</a>
        </nav>
      </header>
      <main>
        {error && <p role="alert">{error.message}</p>}
        {!isLoaded && !error && <p>Loading …</p>}
        {isSignedIn && <BothSides key={user.id} user={user} />}
        {isLoaded && !isSignedIn && <Join />}
      </main>
    </>
  )
}
