import { PageHeader } from '../../parts/page-header.tsx'

/** The view Webhooks. */
export function Webhooks() {
  return <PageHeader title="Webhooks" />
}
