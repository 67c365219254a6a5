import { isAcmeError, type JsonObject, type Kind, kinds, MetadataConflictError, metadataParam } from '@acme/schema'
import { backendUserJson } from '@acme/schema/wire'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api } from '../../api/api.ts'
import { queryClient } from '../../api/query-client.ts'
import { useSession } from '../../api/use-session.ts'
import { type User, userQuery } from '../../api/users.ts'
import { type Judged, judge } from '../../metadata/problems.ts'
import type { Schemas } from '../../metadata/schema-parts.ts'
import { same } from '../../metadata/three-way.ts'
import { keepDraft, readDraft } from './drafts.ts'

/** What is being written about one kind, and what it was when that began. */
interface Draft {
  readonly base: JsonObject
  readonly text: string
}

type Drafts = { readonly [K in Kind]?: Draft | undefined }

/** One kind of metadata, as it is being edited. */
export interface EditedKind {
  readonly kind: Kind
  readonly text: string
  /** What the text stands for, and what is wrong with it. */
  readonly judged: Judged
  /** What it was when the editing began, and what it is now. */
  readonly base: JsonObject
  readonly current: JsonObject
  readonly isChanged: boolean
  /** Whether somebody else has changed it since, too. */
  readonly isBehind: boolean
}

/** What became of saving. `lost` is kept and tried again until the server answers. */
export type SaveState = 'idle' | 'saving' | 'lost'

/** How long until the server is asked again, in milliseconds. */
const patience = 2_000

/** Metadata as it is put before people. */
export function pretty(value: JsonObject): string {
  return JSON.stringify(value, null, 2)
}

function readDrafts(id: string): Drafts {
  try {
    return JSON.parse(readDraft(`user:${id}`) ?? '{}') as Drafts
  } catch {
    return {}
  }
}

/** The metadata of a user as it is being edited: what is written is kept over a reload, and saved onto the version it is about. */
export function useEditing(user: User, schemas: Schemas) {
  const client = useQueryClient()
  const [drafts, setDrafts] = useState(() => readDrafts(user.id))
  const [state, setState] = useState<SaveState>('idle')
  const [error, setError] = useState<unknown>()
  const [isMerging, setMerging] = useState(false)

  // Signing in again keeps anew what the end of the session before has forgotten.
  const { data: session } = useSession()
  useEffect(() => {
    if (session) keepDraft(`user:${user.id}`, kinds.some((kind) => drafts[kind]) ? JSON.stringify(drafts) : undefined)
  }, [drafts, user.id, session])

  const edited = kinds.map((kind): EditedKind => {
    const current = user[metadataParam(kind)]
    const draft = drafts[kind]
    const base = draft?.base ?? current
    const text = draft?.text ?? pretty(current)
    const judged = judge(text, schemas[kind])
    const { value } = judged
    const isThere = value !== undefined && same(value, current)
    const isChanged = draft !== undefined && !(value && (same(value, base) || isThere))
    return { kind, text, judged, base, current, isChanged, isBehind: isChanged && !same(base, current) }
  })
  const changed = edited.filter((one) => one.isChanged)
  const behind = edited.filter((one) => one.isBehind)
  const isWhole = changed.every(({ judged }) => judged.value !== undefined)

  const write = useCallback(
    (kind: Kind, text: string) => {
      setError(undefined)
      setDrafts((before) => {
        const now = client.getQueryData<User>(userQuery(user.id).queryKey) ?? user
        const base = before[kind]?.base ?? now[metadataParam(kind)]
        return { ...before, [kind]: { base, text } }
      })
    },
    [client, user],
  )

  const discard = useCallback(() => {
    setDrafts({})
    setError(undefined)
    setState('idle')
    setMerging(false)
  }, [])

  /** Puts some values in place of what is stored, if that still is the version that was seen. */
  const put = async (values: ReadonlyMap<Kind, JsonObject>, version: number): Promise<void> => {
    setState('saving')
    setError(undefined)
    try {
      const body = Object.fromEntries([...values].map(([kind, value]) => [metadataParam(kind), value]))
      const path = `users/${encodeURIComponent(user.id)}/metadata`
      // Asked again by ourselves, so that what is said is that the server does not answer, and not nothing for half a minute.
      const saved = await api.put(path, backendUserJson, {
        body,
        headers: { 'if-match': `"${version}"` },
        totalTimeout: 10_000,
      })
      client.setQueryData(userQuery(user.id).queryKey, saved)
      setDrafts((before) => {
        const kept = { ...before }
        // What was written while it was being saved is still to be saved, onto what was.
        for (const [kind, value] of values) {
          const written = before[kind] && judge(before[kind].text, undefined).value
          kept[kind] = written && same(written, value) ? undefined : before[kind] && { ...before[kind], base: value }
        }
        return kept
      })
      setMerging(false)
      setState('idle')
      void client.invalidateQueries({ queryKey: ['users'] })
    } catch (error) {
      setState('idle')
      if (error instanceof MetadataConflictError) {
        const current = error.current as User | undefined
        if (current) client.setQueryData(userQuery(user.id).queryKey, current)
        else await client.invalidateQueries({ queryKey: userQuery(user.id).queryKey })
        throw error
      }
      if (isAcmeError(error) && (error.code === 'network_error' || error.code === 'timeout')) setState('lost')
      else setError(error)
    }
  }

  const save = async () => {
    if (changed.length === 0 || !isWhole || state === 'saving') return
    if (behind.length > 0) return setMerging(true)
    const values = new Map(changed.map(({ kind, judged }) => [kind, judged.value as JsonObject]))
    await putOnto(values, user.version)
  }

  /** Saves, and where somebody was faster with something else, onto theirs. Where it is the same, people decide. */
  const putOnto = async (values: ReadonlyMap<Kind, JsonObject>, version: number, tries = 3): Promise<void> => {
    try {
      await put(values, version)
    } catch {
      const now = client.getQueryData<User>(userQuery(user.id).queryKey)
      const isMet = !now || edited.some(({ kind, base }) => values.has(kind) && !same(now[metadataParam(kind)], base))
      if (!isMet && now && tries > 1) return putOnto(values, now.version, tries - 1)
      const isDone = now && [...values].every(([kind, value]) => same(now[metadataParam(kind)], value))
      if (isDone) discard()
      else setMerging(true)
    }
  }

  const saveMerged = async (values: ReadonlyMap<Kind, JsonObject>) => {
    // What was decided upon is what is current: it is the base of what comes after.
    setDrafts((before) => ({
      ...before,
      ...Object.fromEntries(
        [...values].map(([kind, value]) => [kind, { base: user[metadataParam(kind)], text: pretty(value) }]),
      ),
    }))
    await put(values, user.version).catch(() => setMerging(true))
  }

  const again = useRef(save)
  again.current = save
  useEffect(() => {
    if (state !== 'lost') return
    const timer = setInterval(() => void again.current(), patience)
    return () => clearInterval(timer)
  }, [state])

  return { edited, changed, behind, isWhole, state, error, isMerging, setMerging, write, discard, save, saveMerged }
}

/** What {@link useEditing} gives. */
export type Editing = ReturnType<typeof useEditing>

/** Reads a user anew, for who knows that something has changed. */
export function reread(id: string): void {
  void queryClient.invalidateQueries({ queryKey: userQuery(id).queryKey })
}
