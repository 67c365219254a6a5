import './table.css'
import type { ReactNode } from 'react'

/** A column of a table. */
export interface Column<Row> {
  readonly id: string
  readonly title: ReactNode
  cell(row: Row): ReactNode
  /** Figures stand to the right. */
  readonly numeric?: boolean
  readonly width?: number | string
  /** Whether it is left out where there is little room. */
  readonly wideOnly?: boolean
}

interface TableProps<Row> {
  /** What the rows are, for those who hear the page. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  rowKey(row: Row): string
  /** Marks a row. */
  isSelected?(row: Row): boolean
}

/** A table of some hundreds of rows at most. What a row leads to is a link in its first cell. */
export function Table<Row>({ label, columns, rows, rowKey, isSelected }: TableProps<Row>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by the keyboard
    <section className="table-room" aria-label={label} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            {columns.map(({ id, title, numeric, width, wideOnly }) => (
              <th
                key={id}
                scope="col"
                className={`${numeric ? 'numeric' : ''} ${wideOnly ? 'wide-only' : ''}`}
                style={{ width }}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} data-selected={isSelected?.(row) || undefined}>
              {columns.map(({ id, cell, numeric, wideOnly }) => (
                <td key={id} className={`${numeric ? 'numeric' : ''} ${wideOnly ? 'wide-only' : ''}`}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
