import { isJsonObject, type JsonObject, type Kind, kinds, metadataParam } from '@acme/schema'
import { backendUserJson } from '@acme/schema/wire'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useLocation } from 'wouter'
import { api } from '../../api/api.ts'
import { describeError } from '../../api/describe-error.ts'
import { schemasQuery } from '../../api/schemas.ts'
import { nameOf } from '../../api/users.ts'
import { membersOf, type Schemas, valuesOf } from '../../metadata/schema-parts.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Notice } from '../../parts/notice.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { toast } from '../../parts/toasts.tsx'

const fields = [
  ['email_address', 'E-mail address', 'email'],
  ['first_name', 'First name', 'text'],
  ['last_name', 'Last name', 'text'],
  ['username', 'Username', 'text'],
] as const

type Values = { readonly [name: string]: string }

/** Makes a user. What the schemas ask for of the metadata stands there to be filled in. */
export function CreateUser({ onClose }: { onClose(): void }) {
  const [values, setValues] = useState<Values>({})
  const [written, setWritten] = useState<Values>({})
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const [key] = useState(() => crypto.randomUUID())
  const schemas = useQuery(schemasQuery).data?.schemas ?? {}
  const [, navigate] = useLocation()
  const client = useQueryClient()
  const id = useId()

  const metadata = (kind: Kind) => written[kind] ?? skeleton(schemas, kind)
  const broken = kinds.find((kind) => metadata(kind).trim() !== '' && !parse(metadata(kind)))
  const hasNobody = !values['email_address']?.trim() && !values['username']?.trim()

  const submit = async () => {
    if (busy || broken || hasNobody) return
    setBusy(true)
    setError(undefined)
    const { email_address, password, ...names } = Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => (value.trim() ? [[name, value.trim()]] : [])),
    )
    const given = kinds.flatMap((kind) => {
      const value = parse(metadata(kind))
      return value ? [[metadataParam(kind), value]] : []
    })
    try {
      const body = {
        ...names,
        ...(email_address && { email_address: [email_address] }),
        ...(password ? { password } : { skip_password_requirement: true }),
        ...Object.fromEntries(given),
      }
      const user = await api.post('users', backendUserJson, { body, headers: { 'idempotency-key': key } })
      client.setQueryData(['user', user.id], user)
      void client.invalidateQueries({ queryKey: ['users'] })
      onClose()
      navigate(`/users/${user.id}`)
      toast({ title: `Created ${nameOf(user)}` })
    } catch (error) {
      setError(error)
      setBusy(false)
    }
  }

  const words = error === undefined ? undefined : describeError(error)
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Create a user"
      lead="They sign in by an e-mail address, which counts as verified, or by a username. One of them is needed."
      onSubmit={() => void submit()}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" busy={busy} disabled={hasNobody || broken !== undefined}>
            Create user
          </Button>
        </>
      }
    >
      {words && (
        <Notice tone="bad" title={words.title}>
          {words.detail}
        </Notice>
      )}
      <div className="create-fields">
        {fields.map(([name, label, type]) => (
          <TextField
            key={name}
            label={label}
            type={type}
            autoComplete="off"
            value={values[name] ?? ''}
            onChange={(event) => setValues({ ...values, [name]: event.target.value })}
          />
        ))}
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          hint="Left empty, they sign in by a code that is mailed to them."
          value={values['password'] ?? ''}
          onChange={(event) => setValues({ ...values, password: event.target.value })}
        />
      </div>
      <details className="create-metadata" open={kinds.some((kind) => skeleton(schemas, kind) !== '')}>
        <summary>Metadata</summary>
        {kinds.map((kind) => (
          <div key={kind} className="field">
            <label className="field-label" htmlFor={`${id}-${kind}`}>
              {kind[0]?.toUpperCase()}
              {kind.slice(1)}
            </label>
            <textarea
              id={`${id}-${kind}`}
              className="input create-json"
              rows={3}
              spellCheck={false}
              placeholder="{}"
              value={metadata(kind)}
              aria-invalid={broken === kind || undefined}
              onChange={(event) => setWritten({ ...written, [kind]: event.target.value })}
            />
            {broken === kind && <p className="field-error">Not a JSON object yet.</p>}
          </div>
        ))}
      </details>
    </Dialog>
  )
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

/** What a schema asks for, with the first value that it lists where it lists some. */
function skeleton(schemas: Schemas, kind: Kind): string {
  const root = schemas[kind]
  const required = Array.isArray(root?.['required']) ? root['required'].map(String) : []
  if (!root || required.length === 0) return ''
  const members = membersOf(root, root)
  const value = required.map((key) => [key, valuesOf(members.get(key), root)[0] ?? ''])
  return JSON.stringify(Object.fromEntries(value), null, 2)
}
