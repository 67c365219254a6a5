import { PageHeader } from '../../parts/page-header.tsx'

/** The view User. */
export function User() {
  return <PageHeader title="User" />
}
