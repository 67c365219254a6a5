import { deletedJson } from '@acme/schema/wire'
import { useSyncExternalStore } from 'react'
import { api } from '../../api/api.ts'
import { queryClient } from '../../api/query-client.ts'
import { nameOf, type User } from '../../api/users.ts'
import { toast, toastError } from '../../parts/toasts.tsx'
import { keepDraft } from './drafts.ts'

let pending: ReadonlySet<string> = new Set()
const listeners = new Set<() => void>()

function change(next: ReadonlySet<string>): void {
  pending = next
  for (const tell of listeners) tell()
  if (pending.size > 0) addEventListener('beforeunload', ask)
  else removeEventListener('beforeunload', ask)
}

/** Leaving now would leave them there. */
const ask = (event: Event) => event.preventDefault()

/** Who is about to be deleted. */
export function usePendingDeletions(): ReadonlySet<string> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => pending,
  )
}

/** Deletes a user when the note that says so is gone; until then it can be undone. */
export function deleteUserSoon(user: User): void {
  change(new Set([...pending, user.id]))
  const forget = () => change(new Set([...pending].filter((id) => id !== user.id)))
  toast({
    title: `Deleting ${nameOf(user)}`,
    detail: 'With all metadata, sessions and history, in 8 seconds.',
    timeout: 8_000,
    action: { label: 'Undo', run: forget },
    onOver: () => void remove(user, forget),
  })
}

async function remove(user: User, forget: () => void): Promise<void> {
  try {
    await api.delete(`users/${encodeURIComponent(user.id)}`, deletedJson)
    keepDraft(`user:${user.id}`, undefined)
    queryClient.removeQueries({ queryKey: ['user', user.id] })
    await queryClient.invalidateQueries({ queryKey: ['users'] })
    toast({ title: `Deleted ${nameOf(user)}`, timeout: 3_000 })
  } catch (error) {
    toastError(error, `${nameOf(user)} was not deleted`)
  } finally {
    forget()
  }
}
