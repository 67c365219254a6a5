import { PageHeader } from '../../parts/page-header.tsx'

/** The view Users. */
export function Users() {
  return <PageHeader title="Users" />
}
