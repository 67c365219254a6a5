import { kinds } from '@acme/schema'
import { Autocomplete } from '@base-ui/react/autocomplete'
import { useQuery } from '@tanstack/react-query'
import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { schemasQuery } from '../../api/schemas.ts'
import { Kbd } from '../../parts/kbd.tsx'
import { isHidden, readFilter, writeFilter } from './filters.ts'
import type { SearchState } from './search-state.ts'
import { type Suggestion, suggest } from './suggest.ts'

interface SearchBoxProps {
  readonly state: SearchState
  onChange(change: Partial<SearchState>, replace?: boolean): void
  /** Goes on to what was found. */
  onDown(): void
}

/** How long after the last key the server is asked, in milliseconds. */
const patience = 250

/** Whether it is to become a question about metadata: nothing is searched for as text before it is one. */
const isPath = (text: string) => kinds.some((kind) => text.trim().startsWith(`${kind}.`))

/** Finds users by a part of what they are called, and by their metadata. */
export function SearchBox({ state, onChange, onDown }: SearchBoxProps) {
  const { text, filters } = state
  const [written, setWritten] = useState(text)
  const applied = useRef(text)
  const [isOpen, setOpen] = useState(false)
  const { data } = useQuery(schemasQuery)
  const suggestions = suggest(written, data?.indexes ?? [], data?.schemas ?? {})

  useEffect(() => {
    // The address was changed by something else: Back, or a link.
    if (text !== applied.current) setWritten(text)
    applied.current = text
  }, [text])

  useEffect(() => {
    if (written === applied.current || isPath(written)) return
    const timer = setTimeout(() => {
      applied.current = written
      onChange({ text: written }, true)
    }, patience)
    return () => clearTimeout(timer)
  }, [written, onChange])

  const enter = (value: string) => {
    const filter = readFilter(value)
    if (filter) {
      applied.current = ''
      setWritten('')
      onChange({ text: '', filters: [...filters.filter((one) => writeFilter(one) !== writeFilter(filter)), filter] })
    } else {
      applied.current = value
      onChange({ text: value })
    }
  }

  return (
    <div className="search-box">
      <Search size={15} aria-hidden className="search-box-icon" />
      {filters.map((filter) => {
        const words = writeFilter(filter)
        return (
          <span key={words} className="chip" data-hidden={isHidden(filter.path) || undefined}>
            <code>{words}</code>
            <button
              type="button"
              aria-label={`Remove ${words}`}
              onClick={() => onChange({ filters: filters.filter((one) => one !== filter) })}
            >
              <X size={12} aria-hidden />
            </button>
          </span>
        )
      })}
      <Autocomplete.Root
        items={suggestions}
        filter={null}
        open={isOpen && suggestions.length > 0}
        onOpenChange={(open, { reason }) => {
          // A path that was chosen goes on with what stands there.
          if (open || reason !== 'item-press') setOpen(open)
        }}
        value={written}
        onValueChange={(value, { reason }) => {
          if (reason !== 'item-press') setWritten(value)
        }}
        itemToStringValue={(item: Suggestion) => item.text}
      >
        <Autocomplete.Input
          className="search-box-input"
          data-search
          aria-label="Search users"
          placeholder={filters.length > 0 ? 'And…' : 'Id, e-mail, name, or public.plan = pro'}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.currentTarget.getAttribute('aria-activedescendant')) enter(written)
            if (event.key === 'Backspace' && written === '' && filters.length > 0) {
              onChange({ filters: filters.slice(0, -1) })
            }
            if (event.key === 'ArrowDown' && suggestions.length === 0) {
              event.preventDefault()
              onDown()
            }
          }}
        />
        <Autocomplete.Portal>
          <Autocomplete.Positioner className="menu-place" sideOffset={6} align="start">
            <Autocomplete.Popup className="menu" hidden={suggestions.length === 0}>
              <Autocomplete.List>
                {(item: Suggestion) => (
                  <Autocomplete.Item
                    key={item.text}
                    value={item}
                    className="menu-item"
                    onClick={() => (item.isWhole ? enter(item.text) : setWritten(item.text))}
                  >
                    <code>{item.text}</code>
                    <span className="menu-hint">{item.hint}</span>
                  </Autocomplete.Item>
                )}
              </Autocomplete.List>
            </Autocomplete.Popup>
          </Autocomplete.Positioner>
        </Autocomplete.Portal>
      </Autocomplete.Root>
      {(written || filters.length > 0) && (
        <button
          type="button"
          className="search-box-clear"
          aria-label="Clear the search"
          onClick={() => {
            applied.current = ''
            setWritten('')
            onChange({ text: '', filters: [] })
          }}
        >
          <X size={14} aria-hidden />
        </button>
      )}
      {!written && filters.length === 0 && <Kbd keys="/" />}
    </div>
  )
}
