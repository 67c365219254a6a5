const prefix = 'acme-dashboard-draft:'

/** Keeps a text of this tab over a reload: what is being written about a user. */
export function keepDraft(name: string, text: string | undefined): void {
  if (text === undefined) sessionStorage.removeItem(prefix + name)
  else sessionStorage.setItem(prefix + name, text)
}

/** What was kept. */
export function readDraft(name: string): string | undefined {
  return sessionStorage.getItem(prefix + name) ?? undefined
}

/** Forgets everything that was kept, so that private metadata does not outlive who wrote it. */
export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key)
}
