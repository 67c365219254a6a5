import {
  Activity,
  Braces,
  CircleHelp,
  Key,
  LogOut,
  type LucideIcon,
  Monitor,
  Moon,
  Search,
  Sun,
  Users,
  Webhook,
} from 'lucide-react'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { signOut } from '../api/sign-out.ts'
import { useSession } from '../api/use-session.ts'
import { Kbd } from '../parts/kbd.tsx'
import { Menu } from '../parts/menu.tsx'
import { Tag } from '../parts/tag.tsx'
import { toastError } from '../parts/toasts.tsx'
import { views } from '../routes.tsx'
import { Mark } from './mark.tsx'
import { readTheme, setTheme, type Theme } from './theme.ts'

const icons: Readonly<Record<string, LucideIcon>> = {
  '/': Activity,
  '/users': Users,
  '/schemas': Braces,
  '/webhooks': Webhook,
  '/keys': Key,
}

const themes: readonly (readonly [Theme, string, LucideIcon])[] = [
  ['system', 'As the system', Monitor],
  ['light', 'Light', Sun],
  ['dark', 'Dark', Moon],
]

/** Where one can go, and who one is. */
export function Navigation({ onSearch, onHelp }: { onSearch(): void; onHelp(): void }) {
  const [location] = useLocation()
  const session = useSession().data
  const [theme, setChosen] = useState(readTheme)
  const [, themeTitle, ThemeIcon] = themes.find(([name]) => name === theme) ?? themes[0]!
  const isHere = (path: string) => (path === '/' ? location === '/' : location.startsWith(path))

  return (
    <nav className="navigation" aria-label="Main">
      <div className="navigation-head">
        <Mark />
        <span className="navigation-name">
          <strong>Acme</strong>
          <span title={session?.instance.origin}>{session ? new URL(session.instance.origin).host : ' '}</span>
        </span>
        {session && (
          <Tag tone={session.instance.type === 'live' ? 'warn' : 'plain'}>
            {session.instance.type === 'live' ? 'Live' : 'Test'}
          </Tag>
        )}
      </div>
      <button type="button" className="navigation-search" onClick={onSearch}>
        <Search size={14} aria-hidden />
        Search
        <Kbd keys={isMac() ? '⌘ K' : 'Ctrl K'} />
      </button>
      {(['look', 'set-up'] as const).map((group) => (
        <ul key={group} className="navigation-group">
          {views
            .filter((view) => view.group === group)
            .map(({ path, title }) => {
              const Icon = icons[path]
              return (
                <li key={path}>
                  <Link href={path} className="navigation-link" aria-current={isHere(path) ? 'page' : undefined}>
                    {Icon && <Icon size={16} aria-hidden />}
                    {title}
                  </Link>
                </li>
              )
            })}
        </ul>
      ))}
      <div className="navigation-foot">
        <Menu
          trigger={
            <button type="button" className="navigation-link">
              <ThemeIcon size={16} aria-hidden />
              {themeTitle}
            </button>
          }
          items={themes.map(([name, label]) => ({
            label,
            run: () => {
              setTheme(name)
              setChosen(name)
            },
          }))}
        />
        <button type="button" className="navigation-link" onClick={onHelp}>
          <CircleHelp size={16} aria-hidden />
          Shortcuts
          <Kbd keys="?" />
        </button>
        <button type="button" className="navigation-link" onClick={() => signOut().catch((error) => toastError(error))}>
          <LogOut size={16} aria-hidden />
          Sign out
        </button>
        {session && (
          <p className="navigation-who">Signed in by {session.key.name ?? `key ${session.key.id.slice(0, 8)}`}</p>
        )}
      </div>
    </nav>
  )
}

/** Whether the command key is the one that is meant. */
export function isMac(): boolean {
  return /Mac|iP(hone|ad)/.test(navigator.platform)
}
