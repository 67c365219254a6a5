import { Autocomplete } from '@base-ui/react/autocomplete'
import { Dialog } from '@base-ui/react/dialog'
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { signOut } from '../api/sign-out.ts'
import { nameOf, primaryEmail, userListQuery } from '../api/users.ts'
import { toastError } from '../parts/toasts.tsx'
import { views } from '../routes.tsx'
import { setTheme } from './theme.ts'

interface Command {
  readonly id: string
  readonly label: string
  readonly hint?: string
  run(): void
}

interface CommandPaletteProps {
  readonly open: boolean
  onOpenChange(open: boolean): void
  onHelp(): void
}

/** Leads anywhere and does anything by typing a part of its name; users are found by what the server finds them by. */
export function CommandPalette({ open, onOpenChange, onHelp }: CommandPaletteProps) {
  const [, navigate] = useLocation()
  const [text, setText] = useState('')
  const written = text.trim()
  const sought = useDeferredValue(written)
  useEffect(() => {
    if (!open) setText('')
  }, [open])
  const found = useQuery({ ...userListQuery({ query: sought, limit: 8 }), enabled: open && sought.length > 1 })

  const commands: Command[] = [
    ...views.flatMap(({ path, title, key, group }) =>
      group ? [{ id: path, label: `Go to ${title}`, ...(key && { hint: `g ${key}` }), run: () => navigate(path) }] : [],
    ),
    { id: 'create', label: 'Create a user', hint: 'c', run: () => navigate('/users?create=yes') },
    { id: 'invite', label: 'Invite somebody', run: () => navigate('/users?invite=yes') },
    { id: 'light', label: 'Make it light', run: () => setTheme('light') },
    { id: 'dark', label: 'Make it dark', run: () => setTheme('dark') },
    { id: 'system', label: 'Look as the system does', run: () => setTheme('system') },
    { id: 'keys', label: 'Show the shortcuts', hint: '?', run: onHelp },
    { id: 'sign-out', label: 'Sign out', run: () => void signOut().catch((error) => toastError(error)) },
  ]
  // At once, since whoever types fast and presses Enter means what they have typed.
  const words = written.toLowerCase().split(/\s+/)
  const fitting = commands.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)))
  const users: Command[] =
    sought.length > 1
      ? (found.data ?? []).map((user) => ({
          id: user.id,
          label: nameOf(user),
          hint: primaryEmail(user) ?? user.id,
          run: () => navigate(`/users/${user.id}`),
        }))
      : []
  const groups = [
    { value: 'Users', items: users },
    { value: 'Commands', items: fitting },
  ].filter(({ items }) => items.length > 0)

  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="palette" aria-label="Search and commands">
          <Autocomplete.Root
            open
            inline
            items={groups}
            filter={null}
            autoHighlight="always"
            keepHighlight
            value={text}
            onValueChange={(value, { reason }) => {
              if (reason !== 'item-press') setText(value)
            }}
            itemToStringValue={(item: Command) => item.label}
          >
            <Autocomplete.Input
              className="palette-input"
              placeholder="Find a user, or do something…"
              aria-label="Search"
            />
            <Autocomplete.Empty>
              <p className="palette-empty">Nothing is called that.</p>
            </Autocomplete.Empty>
            <Autocomplete.List className="palette-list">
              {(group: (typeof groups)[number]) => (
                <Autocomplete.Group key={group.value} items={group.items} className="palette-group">
                  <Autocomplete.GroupLabel className="palette-label">{group.value}</Autocomplete.GroupLabel>
                  <Autocomplete.Collection>
                    {(item: Command) => (
                      <Autocomplete.Item
                        key={item.id}
                        value={item}
                        className="palette-item"
                        onClick={() => {
                          onOpenChange(false)
                          item.run()
                        }}
                      >
                        <span className="palette-words">{item.label}</span>
                        {item.hint && <span className="palette-hint">{item.hint}</span>}
                      </Autocomplete.Item>
                    )}
                  </Autocomplete.Collection>
                </Autocomplete.Group>
              )}
            </Autocomplete.List>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
