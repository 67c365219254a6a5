import { canWrite, kinds } from '@acme/schema'
import type { MetadataSchemasJson } from '@acme/schema/wire'
import { Braces } from 'lucide-react'
import { Button } from '../../parts/button.tsx'
import { Json } from '../../parts/json.tsx'
import { Notice } from '../../parts/notice.tsx'
import { EmptyState } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Tag } from '../../parts/tag.tsx'

/** What holds now: the schema of each kind, the indexes, the claims, and what looks wrong with them. */
export function SchemasInForce({ schemas, onWrite }: { readonly schemas: MetadataSchemasJson; onWrite(): void }) {
  if (schemas.version === 0) {
    return (
      <EmptyState
        icon={Braces}
        title="Any JSON is taken"
        action={
          <Button look="main" onClick={onWrite}>
            Write a schema
          </Button>
        }
      >
        Without schemas, metadata may be whatever is written. Push them from your code by{' '}
        <code>npx @acme/server schema push</code>, or write them here.
      </EmptyState>
    )
  }
  const claims = Object.entries(schemas.options.claims ?? {})
  return (
    <div className="schemas-panel">
      {schemas.warnings.map(({ path, message }) => (
        <Notice key={path} tone="warn" title={path}>
          {message}
        </Notice>
      ))}
      <div className="schemas-kinds">
        {kinds.map((kind) => (
          <section key={kind} className="schemas-kind" aria-labelledby={`schema-${kind}`}>
            <h2 id={`schema-${kind}`}>
              {kind}
              <span>{canWrite('frontend', kind) ? 'users write it themselves' : 'your servers write it'}</span>
            </h2>
            {schemas.schemas[kind] ? (
              <Json value={schemas.schemas[kind]} label={`Schema of ${kind} metadata`} />
            ) : (
              <p className="faint">No rule: any JSON is taken.</p>
            )}
          </section>
        ))}
      </div>
      {schemas.indexes.length > 0 && (
        <section>
          <h2 className="schemas-title">Indexes</h2>
          <Table
            label="Indexes"
            rows={schemas.indexes}
            rowKey={({ path }) => path}
            columns={[
              { id: 'path', title: 'Path', cell: ({ path }) => <code>{path}</code> },
              {
                id: 'state',
                title: 'State',
                cell: ({ state }) => <Tag tone={state === 'ready' ? 'good' : 'warn'}>{state}</Tag>,
              },
              {
                id: 'unique',
                title: 'Unique',
                cell: ({ unique, duplicates }) =>
                  unique === null ? (
                    <span className="faint">No</span>
                  ) : (
                    <Tag tone={unique === 'broken' ? 'bad' : unique === 'enforced' ? 'good' : 'warn'}>
                      {unique === 'broken' ? `broken by ${duplicates} users` : unique}
                    </Tag>
                  ),
              },
            ]}
          />
        </section>
      )}
      {claims.length > 0 && (
        <section>
          <h2 className="schemas-title">Claims of session tokens</h2>
          <Table
            label="Claims of session tokens"
            rows={claims}
            rowKey={([name]) => name}
            columns={[
              { id: 'claim', title: 'Claim', cell: ([name]) => <code>{name}</code> },
              { id: 'path', title: 'Path', cell: ([, path]) => <code>{path}</code> },
            ]}
          />
        </section>
      )}
    </div>
  )
}
