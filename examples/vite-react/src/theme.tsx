import { useUnsafeMetadata } from '@acme/frontend/react'

/** The theme: the change shows at once, in every tab, and is taken back when it is refused. */
export function Theme() {
  const { value: theme, set, isSaving, error } = useUnsafeMetadata(({ theme }) => theme ?? 'light')
  return (
    <>
      <label>
        Theme
        <select value={theme} onChange={(event) => set({ theme: event.target.value === 'dark' ? 'dark' : 'light' })}>
          <option value="light">light</option>
          <option value="dark">dark</option>
        </select>
      </label>
      <p className="hint" data-testid="theme">
        {isSaving ? 'Saving …' : `The theme is ${theme}.`}
      </p>
      {error && <p role="alert">{error.message}</p>}
    </>
  )
}
