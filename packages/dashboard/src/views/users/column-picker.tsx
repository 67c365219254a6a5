import { Menu } from '@base-ui/react/menu'
import { useQuery } from '@tanstack/react-query'
import { Check, Columns3 } from 'lucide-react'
import { schemasQuery } from '../../api/schemas.ts'
import { pathsOf } from '../../metadata/schema-parts.ts'
import { Button } from '../../parts/button.tsx'
import { columnOf, fieldColumns } from './columns.tsx'

interface ColumnPickerProps {
  readonly columns: readonly string[]
  onChange(columns: readonly string[]): void
}

/** Chooses the columns: fields, and what the schemas and indexes know of the metadata. */
export function ColumnPicker({ columns, onChange }: ColumnPickerProps) {
  const { data } = useQuery(schemasQuery)
  const known = [...new Set([...pathsOf(data?.schemas ?? {}), ...(data?.indexes ?? []).map(({ path }) => path)])]
  const paths = [...new Set([...known, ...columns.filter((id) => id.includes('.'))])].sort()
  const toggle = (id: string) => onChange(columns.includes(id) ? columns.filter((one) => one !== id) : [...columns, id])

  const item = (id: string) => {
    const column = columnOf(id)
    return (
      <Menu.CheckboxItem
        key={id}
        checked={columns.includes(id)}
        onCheckedChange={() => toggle(id)}
        closeOnClick={false}
        className="menu-item"
      >
        <Menu.CheckboxItemIndicator className="menu-check" keepMounted>
          <Check size={14} aria-hidden />
        </Menu.CheckboxItemIndicator>
        {id.includes('.') ? <code>{id}</code> : column?.title}
        {column?.hidden && <span className="menu-hint">private</span>}
      </Menu.CheckboxItem>
    )
  }

  return (
    <Menu.Root>
      <Menu.Trigger render={<Button />}>
        <Columns3 size={15} aria-hidden />
        Columns
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="menu-place" sideOffset={4} align="end">
          <Menu.Popup className="menu">
            <Menu.Group>
              <Menu.GroupLabel className="menu-label">Fields</Menu.GroupLabel>
              {fieldColumns.map(({ id }) => item(id))}
            </Menu.Group>
            <Menu.Separator className="menu-line" />
            <Menu.Group>
              <Menu.GroupLabel className="menu-label">Metadata</Menu.GroupLabel>
              {paths.map(item)}
              {paths.length === 0 && <p className="menu-empty">Push a schema, and what it knows can be a column.</p>}
            </Menu.Group>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
