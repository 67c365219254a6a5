import { createFrontend } from '@acme/frontend'
import { liveUpdates } from '@acme/frontend/live'

export async function keepCurrent(publishableKey: string, show: (text: string) => void) {
  // #region live
  const acme = createFrontend({ publishableKey, live: liveUpdates })
  await acme.load()
  const end = acme.subscribe(() => show(JSON.stringify(acme.user?.publicMetadata)))
  // #endregion live
  return end
}
