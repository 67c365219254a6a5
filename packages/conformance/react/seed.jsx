import { useUser } from '@acme/frontend/react'

// The component this product began with, as it is found in the guides.
export function Birthday() {
  const { user } = useUser()
  const update = async () => {
    await user.update({ unsafeMetadata: { theme: 'dark' } })
  }
  return (
    <button type="button" onClick={update}>
      {user ? `theme: ${user.unsafeMetadata.theme}` : 'nobody'}
    </button>
  )
}
