import { useState } from 'react'

/** Runs what the user asks for, and keeps what is to be said of it. */
export function useAction(): {
  readonly isBusy: boolean
  readonly message: string
  run(action: () => Promise<string | undefined>): Promise<void>
} {
  const [isBusy, setBusy] = useState(false)
  const [message, setMessage] = useState('')
  return {
    isBusy,
    message,
    async run(action) {
      setBusy(true)
      setMessage('')
      try {
        setMessage((await action()) ?? '')
      } catch (error) {
        // The server's own words say what was refused and why.
        setMessage((error as Error).message)
      } finally {
        setBusy(false)
      }
    },
  }
}
