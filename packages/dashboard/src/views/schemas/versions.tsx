import type { metadataSchemasListJson } from '@acme/schema/wire'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'wouter'
import type * as z from 'zod/mini'
import { schemaVersionQuery } from '../../api/schema-versions.ts'
import { Button } from '../../parts/button.tsx'
import { LineDiff } from '../../parts/line-diff.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { EmptyState, ErrorState } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { Time } from '../../parts/time.tsx'
import { PushDialog } from './push-dialog.tsx'

type List = z.infer<typeof metadataSchemasListJson>

/** Every version there was, what one changed, and the way back. */
export function Versions({ schemas }: { readonly schemas: List }) {
  const [search, setSearch] = useSearchParams()
  const [back, setBack] = useState<number>()
  const versions = schemas.versions.toSorted((a, b) => b.version - a.version)
  const [newest] = versions
  if (!newest) {
    return <EmptyState title="No version yet">The first push makes version 1, and each is kept.</EmptyState>
  }
  const chosen = Number(search.get('version') ?? newest.version)
  const before = versions.find(({ version }) => version < chosen)?.version ?? 0
  const against = Number(search.get('against') ?? before)
  const choose = (version: number) => setSearch({ tab: 'versions', version: `${version}` }, { replace: true })

  return (
    <div className="versions">
      <ol className="versions-list" aria-label="Versions, the newest first">
        {versions.map(({ version, created_at }) => (
          <li key={version}>
            <button
              type="button"
              className="versions-one"
              aria-current={version === chosen}
              onClick={() => choose(version)}
            >
              <span>Version {version}</span>
              {version === schemas.version && <Tag tone="good">In force</Tag>}
              {version === schemas.pending?.version && <Tag tone="warn">On its way</Tag>}
              <Time at={created_at} />
            </button>
          </li>
        ))}
      </ol>
      <section className="versions-diff" aria-label={`What version ${chosen} changed`}>
        <div className="versions-head">
          <label>
            <span className="soft">Version {chosen} against </span>
            <select
              className="select"
              value={against}
              onChange={({ target }) =>
                setSearch({ tab: 'versions', version: `${chosen}`, against: target.value }, { replace: true })
              }
            >
              <option value={0}>nothing</option>
              {versions.map(({ version }) => (
                <option key={version} value={version}>
                  version {version}
                </option>
              ))}
            </select>
          </label>
          {chosen !== schemas.version && <Button onClick={() => setBack(chosen)}>Go back to version {chosen}…</Button>}
        </div>
        <VersionDiff from={against} to={chosen} />
      </section>
      {back !== undefined && (
        <PushDialog push={{ version: back }} title={`Go back to version ${back}`} onClose={() => setBack(undefined)} />
      )}
    </div>
  )
}

function VersionDiff({ from, to }: { readonly from: number; readonly to: number }) {
  const before = useQuery({ ...schemaVersionQuery(from), enabled: from > 0 })
  const after = useQuery(schemaVersionQuery(to))
  const error = after.error ?? before.error
  if (error) return <ErrorState error={error} retry={() => void Promise.all([after.refetch(), before.refetch()])} />
  if (!after.data || (from > 0 && !before.data)) return <Skeleton height={240} />
  const shown = (one: typeof after.data | undefined) => one && { schemas: one.schemas, options: one.options }
  return (
    <LineDiff
      before={shown(before.data) ?? {}}
      after={shown(after.data)}
      label={`What differs between version ${from} and version ${to}`}
    />
  )
}
