import { metadataParam } from '@acme/schema'
import type { UserChangeJson } from '@acme/schema/wire'
import { Globe, KeyRound, LayoutDashboard, type LucideIcon, Server } from 'lucide-react'
import { useKeyNames } from '../../api/secret-keys.ts'
import { Button } from '../../parts/button.tsx'
import { Copy } from '../../parts/copy.tsx'
import { LeafDiff } from '../../parts/leaf-diff.tsx'
import { Tag } from '../../parts/tag.tsx'
import { Time } from '../../parts/time.tsx'
import type { KindChanges } from './fitting.ts'

const titles = { create: 'Created', update: 'Changed', delete: 'Deleted' } as const

interface ChangeEntryProps {
  readonly change: UserChangeJson
  readonly kinds: readonly KindChanges[]
  readonly isCurrent: boolean
  readonly onRestore: (() => void) | undefined
}

/** One change: when, by whom, and what became of what. */
export function ChangeEntry({ change, kinds, isCurrent, onRestore }: ChangeEntryProps) {
  const { icon: Icon, who } = actorOf(change, useKeyNames())
  const ofMetadata = new Set<string>(kinds.map(({ kind }) => metadataParam(kind)))
  const fields = change.fields.filter((field) => !ofMetadata.has(field) && !field.endsWith('_metadata'))
  return (
    <li className="timeline-entry">
      <span className="timeline-mark" aria-hidden>
        <Icon size={14} />
      </span>
      <div className="timeline-head">
        <h2>
          {titles[change.action]} {who}
        </h2>
        <span className="timeline-facts">
          <Time at={change.created_at} />
          <span className="numeric">version {change.version}</span>
          {isCurrent && <Tag tone="accent">Current</Tag>}
        </span>
        {onRestore && !isCurrent && (
          <Button size="small" onClick={onRestore} aria-label={`Restore version ${change.version}`}>
            Restore…
          </Button>
        )}
      </div>
      {fields.length > 0 && change.action === 'update' && (
        <p className="timeline-fields">
          {fields.map((field) => (
            <code key={field}>{field}</code>
          ))}
        </p>
      )}
      {fields.length + kinds.length === 0 && change.action === 'update' && <p className="faint">Nothing differs.</p>}
      {kinds.map(({ kind, changes }) => (
        <div key={kind} className="timeline-kind">
          <Tag>{kind}</Tag>
          <LeafDiff changes={changes} />
        </div>
      ))}
      {change.trace_id && (
        <p className="timeline-trace">
          Trace <Copy text={change.trace_id} what="trace id" />
        </p>
      )}
    </li>
  )
}

function actorOf(
  change: UserChangeJson,
  names: ReadonlyMap<string, string>,
): { readonly icon: LucideIcon; readonly who: string } {
  const key = change.key_id ? `key ${names.get(change.key_id) ?? change.key_id}` : 'a key'
  if (change.through === 'dashboard') return { icon: LayoutDashboard, who: `in the dashboard, by ${key}` }
  if (change.side === 'frontend') return { icon: Globe, who: 'by the user, on a page' }
  if (change.migration) return { icon: Server, who: `by the migration ${change.migration}` }
  if (change.side === 'backend') return { icon: KeyRound, who: `through the Backend API, by ${key}` }
  return { icon: Server, who: 'by the server' }
}
