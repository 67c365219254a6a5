import './tabs.css'
import { Tabs as BaseTabs } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'

interface TabsProps {
  readonly label: string
  readonly value: string
  /** Keep it in the URL: every state has an address. */
  onChange(value: string): void
  readonly tabs: readonly { readonly value: string; readonly title: ReactNode; readonly panel: ReactNode }[]
}

/** Parts of a view of which one shows. Arrow keys go from one to the next. */
export function Tabs({ label, value, onChange, tabs }: TabsProps) {
  return (
    <BaseTabs.Root value={value} onValueChange={(next) => onChange(`${next}`)} className="tabs">
      <BaseTabs.List className="tabs-list" aria-label={label} activateOnFocus>
        {tabs.map((tab) => (
          <BaseTabs.Tab key={tab.value} value={tab.value} className="tabs-tab">
            {tab.title}
          </BaseTabs.Tab>
        ))}
      </BaseTabs.List>
      {tabs.map((tab) => (
        <BaseTabs.Panel key={tab.value} value={tab.value} className="tabs-panel">
          {tab.panel}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  )
}
