import type { User } from '@acme/frontend'
import { useEffect } from 'react'
import { Matrix } from './matrix.tsx'
import { PageSide } from './page-side.tsx'
import { ServerSide } from './server-side.tsx'
import { makeTries } from './tries.ts'
import { useOperatorsView } from './use-operators-view.ts'

/** One user from both sides, and between them what each side may do. */
export function BothSides({ user }: { readonly user: User }) {
  const server = useOperatorsView(user)
  const { theme } = user.unsafeMetadata

  // The theme that is set is the one the page has, whoever set it.
  useEffect(() => {
    if (theme) document.documentElement.dataset['theme'] = theme
    return () => void delete document.documentElement.dataset['theme']
  }, [theme])

  return (
    <div className="both-sides">
      <PageSide user={user} />
      <Matrix tries={makeTries(user, server)} view={server.view} />
      <ServerSide view={server.view} error={server.error} />
    </div>
  )
}
