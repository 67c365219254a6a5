import type { Backend } from '@acme/backend'

export async function whatMigrated({ users }: Backend, userId: string, say: (text: string) => void) {
  // #region history
  for await (const change of users.listChanges(userId)) {
    if (change.migration !== null) say(`version ${change.version} by ${change.migration}`)
  }
  // #endregion history
}

export async function progress({ jobs }: Backend, say: (text: string) => void) {
  // #region jobs
  const [migration] = (await jobs.list()).filter(({ kind }) => kind === 'metadata_migration')
  if (migration)
    say(`${migration.name}: ${migration.status}, ${migration.progress.done} of ${migration.progress.total}`)
  // #endregion jobs
}
