import type { DashboardSessionJson } from '@acme/schema/wire'

const prefix = 'acme-dashboard-draft:'

/** Names the session that what is kept is of. */
const owner = 'acme-dashboard-drafts-of'

/** Keeps a text of this tab over a reload: what is being written about a user. Nothing is kept while nobody is signed in. */
export function keepDraft(name: string, text: string | undefined): void {
  if (text === undefined) sessionStorage.removeItem(prefix + name)
  else if (sessionStorage.getItem(owner) !== null) sessionStorage.setItem(prefix + name, text)
}

/** What was kept. */
export function readDraft(name: string): string | undefined {
  return sessionStorage.getItem(prefix + name) ?? undefined
}

/** Forgets everything that was kept, so that private metadata does not outlive who wrote it. */
export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key)
  sessionStorage.removeItem(owner)
}

/** Keeps what is of this session, and forgets what is of another one, or everything where there is none any more. */
export function keepDraftsOf(session: DashboardSessionJson | null): void {
  const name = session && `${session.key.id} ${session.created_at}`
  if (name === null || sessionStorage.getItem(owner) !== name) forgetDrafts()
  if (name !== null) sessionStorage.setItem(owner, name)
}
