import { PageHeader } from '../../parts/page-header.tsx'

/** The view Overview. */
export function Overview() {
  return <PageHeader title="Overview" />
}
