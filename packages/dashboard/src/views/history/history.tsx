import { PageHeader } from '../../parts/page-header.tsx'

/** The view History. */
export function History() {
  return <PageHeader title="History" />
}
