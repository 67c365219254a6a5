import './shell.css'
import { Dialog } from '@base-ui/react/dialog'
import { Command, Menu as MenuIcon } from 'lucide-react'
import { Suspense, useEffect, useState } from 'react'
import { Link, Route, Switch, useLocation } from 'wouter'
import { useInstance } from '../api/use-session.ts'
import { Button } from '../parts/button.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { EmptyState } from '../parts/states.tsx'
import { views } from '../routes.tsx'
import { CommandPalette } from './command-palette.tsx'
import { Connection } from './connection.tsx'
import { KeyHelp } from './key-help.tsx'
import { useKeys } from './keys.ts'
import { Mark } from './mark.tsx'
import { Navigation } from './navigation.tsx'
import { ViewBoundary } from './view-boundary.tsx'

/** What stands around every view: where one is, where one can go, and the keys that lead there. */
export function Shell() {
  const [location, navigate] = useLocation()
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  const [drawer, setDrawer] = useState(false)
  const instance = useInstance()

  // Whoever goes somewhere has chosen.
  useEffect(() => setDrawer(false), [location])

  useKeys({
    'mod+k': () => setPalette(true),
    '?': () => setHelp(true),
    '/': () => document.querySelector<HTMLElement>('[data-search]')?.focus(),
    ...Object.fromEntries(views.filter(({ key }) => key).map(({ key, path }) => [`g ${key}`, () => navigate(path)])),
  })

  return (
    <div className="shell">
      <a className="skip" href="#view">
        Skip to the view
      </a>
      <aside className="sidebar">
        <Navigation onSearch={() => setPalette(true)} onHelp={() => setHelp(true)} />
      </aside>
      <header className="topbar">
        <Dialog.Root open={drawer} onOpenChange={setDrawer}>
          <Dialog.Trigger render={<Button look="quiet" aria-label="Open the navigation" />}>
            <MenuIcon size={18} aria-hidden />
          </Dialog.Trigger>
          <Dialog.Portal>
            <Dialog.Backdrop className="scrim" />
            <Dialog.Popup className="drawer" aria-label="Navigation">
              <Navigation onSearch={() => setPalette(true)} onHelp={() => setHelp(true)} />
            </Dialog.Popup>
          </Dialog.Portal>
        </Dialog.Root>
        <Mark />
        <span className="topbar-name">{instance && new URL(instance.origin).host}</span>
        <Button look="quiet" aria-label="Search and commands" onClick={() => setPalette(true)}>
          <Command size={16} aria-hidden />
        </Button>
      </header>
      <main className="view" id="view" tabIndex={-1}>
        <Connection />
        <ViewBoundary key={location}>
          <Suspense fallback={null}>
            <Switch>
              {views.map(({ path, view: View }) => (
                <Route key={path} path={path}>
                  <View />
                </Route>
              ))}
              <Route>
                <PageHeader title="No such page" />
                <EmptyState
                  title="The address leads nowhere"
                  action={
                    <Link href="/" className="button plain usual">
                      Go to the overview
                    </Link>
                  }
                >
                  It may be misspelt, or of another version.
                </EmptyState>
              </Route>
            </Switch>
          </Suspense>
        </ViewBoundary>
      </main>
      <CommandPalette open={palette} onOpenChange={setPalette} onHelp={() => setHelp(true)} />
      <KeyHelp open={help} onOpenChange={setHelp} />
    </div>
  )
}
