import { Dialog } from '../parts/dialog.tsx'
import { Kbd } from '../parts/kbd.tsx'
import { views } from '../routes.tsx'
import { isMac } from './navigation.tsx'

/** What the keys of the whole page do; what a view adds is said where it is. */
const general = [
  [isMac() ? '⌘ K' : 'Ctrl K', 'Find and do anything'],
  ['/', 'Search this view'],
  ['Escape', 'Close what is open'],
  ['F6', 'Go to the notes, to undo'],
  ['?', 'Show this list'],
] as const

const users = [
  ['↑ ↓', 'From one user to the next'],
  ['Enter', 'Open the user'],
  ['c', 'Create a user'],
] as const

const user = [
  [isMac() ? '⌘ S' : 'Ctrl S', 'Save'],
  ['Ctrl Space', 'What may stand here'],
  ['Tab', 'Leave the editor'],
] as const

/** The list of keys. */
export function KeyHelp({ open, onOpenChange }: { readonly open: boolean; onOpenChange(open: boolean): void }) {
  const go = views.flatMap(({ key, title }) => (key ? [[`g ${key}`, `Go to ${title}`] as const] : []))
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Shortcuts" size="usual">
      <div className="key-help">
        <List title="Everywhere" keys={general} />
        <List title="Go to" keys={go} />
        <List title="Users" keys={users} />
        <List title="A user" keys={user} />
      </div>
    </Dialog>
  )
}

function List({ title, keys }: { readonly title: string; readonly keys: readonly (readonly [string, string])[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <Kbd keys={key} />
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
