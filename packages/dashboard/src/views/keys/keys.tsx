import { PageHeader } from '../../parts/page-header.tsx'

/** The view Keys. */
export function Keys() {
  return <PageHeader title="Keys" />
}
