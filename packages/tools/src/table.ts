import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './repository.ts'

/** A table whose cells are found by the names of their row and column. */
export interface Table {
  readonly corner: string
  readonly columns: readonly string[]
  readonly rows: readonly string[]
  cell(row: string, column: string): string
}

/** Writes a table as Markdown. @throws where a cell is empty */
export function toMarkdown({ corner, columns, rows, cell }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const lines = rows.map((row) => {
    const cells = columns.map((column) => cell(row, column))
    const hole = cells.indexOf('')
    if (hole >= 0) throw new Error(`the table has a hole: ${row}, ${columns[hole]}`)
    return line([row, ...cells])
  })
  return [line([corner, ...columns]), line([corner, ...columns].map(() => '---')), ...lines].join('\n')
}

/** The page that shows what was tried where. */
export const runtimesPage: string = join(root, 'packages/docs/pages/guide/runtimes.md')

/** Gives that page with a table at its place: between `<!-- name -->` and the next `<!-- end -->`. */
export function pageWith(name: string, table: string): string {
  const page = readFileSync(runtimesPage, 'utf8')
  const place = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- end -->)`)
  if (!place.test(page)) throw new Error(`the page has no place for ${name}`)
  return page.replace(place, (_, start, end) => `${start}\n${table}\n\n${end}`)
}
