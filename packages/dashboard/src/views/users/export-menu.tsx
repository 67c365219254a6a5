import { Download } from 'lucide-react'
import { useRef, useState } from 'react'
import type { UserSearch } from '../../api/users.ts'
import { Button } from '../../parts/button.tsx'
import { Menu } from '../../parts/menu.tsx'
import { toast, toastError } from '../../parts/toasts.tsx'
import { type UserColumn, userColumn } from './columns.tsx'
import { exportUsers, type Format } from './export-users.ts'

/** Exports what is shown: these users, with these columns. */
export function ExportMenu({
  search,
  columns,
}: {
  readonly search: UserSearch
  readonly columns: readonly UserColumn[]
}) {
  const [done, setDone] = useState<number>()
  const stop = useRef<AbortController>(undefined)

  const run = async (format: Format) => {
    stop.current = new AbortController()
    setDone(0)
    try {
      const blob = await exportUsers(search, [userColumn, ...columns], format, setDone, stop.current.signal)
      save(blob, `users.${format}`)
      toast({ title: `Exported the users as ${format === 'csv' ? 'CSV' : 'NDJSON'}` })
    } catch (error) {
      if (!stop.current.signal.aborted) toastError(error, 'The export failed')
    } finally {
      setDone(undefined)
    }
  }

  if (done !== undefined) {
    return (
      <Button onClick={() => stop.current?.abort()}>
        <span className="numeric">{done.toLocaleString('en')}</span> written, stop
      </Button>
    )
  }
  const hidden = columns.filter((column) => column.hidden).length
  return (
    <Menu
      trigger={
        <Button>
          <Download size={15} aria-hidden />
          Export
        </Button>
      }
      items={[
        { label: 'As CSV', run: () => void run('csv'), ...(hidden > 0 && { hint: 'with private columns' }) },
        { label: 'As NDJSON', run: () => void run('ndjson'), ...(hidden > 0 && { hint: 'with private columns' }) },
      ]}
    />
  )
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
