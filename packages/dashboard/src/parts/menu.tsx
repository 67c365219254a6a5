import './menu.css'
import { Menu as BaseMenu } from '@base-ui/react/menu'
import type { ReactElement, ReactNode } from 'react'

/** What a menu offers; `line` sets what follows apart. */
export interface MenuItem {
  readonly label: ReactNode
  run(): void
  readonly danger?: boolean
  readonly disabled?: boolean
  readonly line?: boolean
  readonly hint?: ReactNode
}

/** A menu below what opens it. */
export function Menu({ trigger, items }: { readonly trigger: ReactElement; readonly items: readonly MenuItem[] }) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner className="menu-place" sideOffset={4} align="end">
          <BaseMenu.Popup className="menu">
            {items.map((item, index) => [
              item.line && <BaseMenu.Separator key={`line-${index}`} className="menu-line" />,
              <BaseMenu.Item
                key={`item-${index}`}
                className={`menu-item ${item.danger ? 'danger' : ''}`}
                disabled={item.disabled ?? false}
                onClick={() => item.run()}
              >
                {item.label}
                {item.hint && <span className="menu-hint">{item.hint}</span>}
              </BaseMenu.Item>,
            ])}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  )
}
