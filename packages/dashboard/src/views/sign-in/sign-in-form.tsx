import { isAcmeError } from '@acme/schema'
import { useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { signIn } from '../../api/door.ts'
import { queryClient } from '../../api/query-client.ts'
import { enter } from '../../api/use-session.ts'
import { Button } from '../../parts/button.tsx'
import { TextField } from '../../parts/text-field.tsx'

/** Takes a secret key, and gives it to the server alone: it is kept nowhere in the browser. */
export function SignInForm() {
  const [key, setKey] = useState('')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)

  const submit = async () => {
    if (busy) return
    if (!key.trim()) return setError('Enter a secret key.')
    setBusy(true)
    setError(undefined)
    try {
      enter(await signIn({ secret_key: key.trim() }))
      setKey('')
      await queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
    } catch (error) {
      const words = describeError(error)
      const isKey = isAcmeError(error) && error.code === 'clerk_key_invalid'
      setError(
        isKey ? 'No key of this server. Keys begin with sk_test_ or sk_live_.' : `${words.title}. ${words.detail}`,
      )
    } finally {
      setBusy(false)
    }
  }

  return (
    <form
      className="sign-in-form"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <TextField
        label="Secret key"
        type="password"
        name="secret_key"
        autoComplete="off"
        spellCheck={false}
        placeholder="sk_test_…"
        autoFocus
        value={key}
        onChange={(event) => setKey(event.target.value)}
        error={error}
      />
      <Button type="submit" look="main" busy={busy}>
        Sign in
      </Button>
    </form>
  )
}
