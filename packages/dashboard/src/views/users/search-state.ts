import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { useSearchParams } from 'wouter'
import { keepDraft, readDraft } from '../user/drafts.ts'
import { usualColumns } from './columns.tsx'
import { type Filter, isHidden, readFilter, writeFilter } from './filters.ts'

/** Which users are shown, and what of them. */
export interface SearchState {
  readonly text: string
  readonly filters: readonly Filter[]
  readonly columns: readonly string[]
  /** What they are ordered by: a field, with a `-` before it for the last one first. */
  readonly order: string
  readonly isCreating: boolean
  readonly isInviting: boolean
}

/** What is asked for of what no page may see stands in no address: it is kept by the tab, until one signs out. */
const hiddenName = 'filters'
const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function keepHidden(filters: readonly Filter[]): void {
  keepDraft(hiddenName, filters.length > 0 ? filters.map(writeFilter).join('\n') : undefined)
  for (const tell of listeners) tell()
}

const isFilter = (filter: Filter | undefined): filter is Filter => filter !== undefined

/** The state of the view, which is its address. */
export function useSearchState(): [SearchState, (change: Partial<SearchState>, replace?: boolean) => void] {
  const [params, setParams] = useSearchParams()
  const kept = useSyncExternalStore(subscribe, () => readDraft(hiddenName) ?? '')
  const state = useMemo((): SearchState => {
    const open = params.getAll('where').map(readFilter)
    const hidden = kept.split('\n').map(readFilter)
    return {
      text: params.get('q') ?? '',
      filters: [...open, ...hidden].filter(isFilter),
      columns: params.get('columns')?.split(',').filter(Boolean) ?? usualColumns,
      order: params.get('order') ?? '-created_at',
      isCreating: params.has('create'),
      isInviting: params.has('invite'),
    }
  }, [params, kept])

  const change = useCallback(
    (part: Partial<SearchState>, replace = false) => {
      if (part.filters) keepHidden(part.filters.filter(({ path }) => isHidden(path)))
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          const set = (name: string, value: string | undefined) => (value ? next.set(name, value) : next.delete(name))
          if (part.text !== undefined) set('q', part.text)
          if (part.order !== undefined) set('order', part.order === '-created_at' ? undefined : part.order)
          if (part.columns)
            set('columns', `${part.columns}` === `${usualColumns}` ? undefined : `${part.columns}` || '-')
          if (part.isCreating !== undefined) set('create', part.isCreating ? 'yes' : undefined)
          if (part.isInviting !== undefined) set('invite', part.isInviting ? 'yes' : undefined)
          if (part.filters) {
            next.delete('where')
            for (const filter of part.filters) if (!isHidden(filter.path)) next.append('where', writeFilter(filter))
          }
          return next
        },
        { replace },
      )
    },
    [setParams],
  )
  return [state, change]
}
