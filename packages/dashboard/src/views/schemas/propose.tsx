import { isAcmeError, isJsonObject, type JsonObject, JsonTextError, type Kind, kinds, parseJson } from '@acme/schema'
import type { MetadataSchemasJson } from '@acme/schema/wire'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Begun, beginCheck, type Schemas } from '../../api/schema-versions.ts'
import { Button } from '../../parts/button.tsx'
import { LineDiff } from '../../parts/line-diff.tsx'
import { ErrorState } from '../../parts/states.tsx'
import { CheckOutcome } from './check-outcome.tsx'
import { JsonEditor } from './json-editor.tsx'
import { PushDialog } from './push-dialog.tsx'

type Texts = Readonly<Record<Kind, string>>

/** Writes the next version, shows whom of those stored it would refuse, and pushes it. */
export function Propose({ schemas }: { readonly schemas: MetadataSchemasJson }) {
  const write = (kind: Kind) => (schemas.schemas[kind] ? JSON.stringify(schemas.schemas[kind], null, 2) : '')
  const [texts, setTexts] = useState<Texts>(() => Object.fromEntries(kinds.map((kind) => [kind, write(kind)])) as Texts)
  const [begun, setBegun] = useState<Begun>()
  const [pushing, setPushing] = useState(false)
  const read = kinds.map((kind) => ({ kind, ...readSchema(texts[kind]) }))
  const mistakes = read.filter(({ mistake }) => mistake !== undefined)
  const wanted: Schemas = Object.fromEntries(read.flatMap(({ kind, schema }) => (schema ? [[kind, schema]] : [])))
  const check = useMutation({ mutationFn: () => beginCheck(wanted), onSuccess: setBegun })

  return (
    <div className="schemas-panel">
      <p className="soft">
        Leave a kind empty, and any JSON is taken there. Indexes, unique paths and claims stay as they are.
      </p>
      <div className="schemas-kinds">
        {read.map(({ kind, mistake }) => (
          <section key={kind} className="propose-kind" aria-label={`Schema of ${kind} metadata`}>
            <h2 className="schemas-title">{kind}</h2>
            <JsonEditor
              label={`JSON Schema of ${kind} metadata`}
              text={texts[kind]}
              onChange={(text) => {
                setTexts((before) => ({ ...before, [kind]: text }))
                setBegun(undefined)
              }}
            />
            {mistake && (
              <p className="propose-mistake" role="status">
                {mistake}
              </p>
            )}
          </section>
        ))}
      </div>
      <div className="propose-actions">
        <Button busy={check.isPending} disabled={mistakes.length > 0} onClick={() => check.mutate()}>
          Check against stored users
        </Button>
        <Button look="main" disabled={mistakes.length > 0} onClick={() => setPushing(true)}>
          Push…
        </Button>
      </div>
      {check.error && <ErrorState error={check.error} />}
      {begun && <CheckOutcome begun={begun} />}
      <section>
        <h2 className="schemas-title">What differs from what is in force</h2>
        <LineDiff before={schemas.schemas} after={wanted} label="What differs from what is in force" />
      </section>
      {pushing && (
        <PushDialog
          push={{ schemas: wanted, options: schemas.options }}
          title="Push the next version"
          onClose={() => setPushing(false)}
        />
      )}
    </div>
  )
}

function readSchema(text: string): { readonly schema?: JsonObject; readonly mistake?: string } {
  if (text.trim() === '') return {}
  try {
    const schema = parseJson(text)
    return isJsonObject(schema) ? { schema } : { mistake: 'A schema is a JSON object.' }
  } catch (error) {
    if (error instanceof JsonTextError || isAcmeError(error)) return { mistake: error.message }
    throw error
  }
}
