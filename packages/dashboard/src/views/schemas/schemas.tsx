import { PageHeader } from '../../parts/page-header.tsx'

/** The view Schemas. */
export function Schemas() {
  return <PageHeader title="Schemas" />
}
