import type { MetadataIndexRow, MetadataSchemasRow } from '../../../storage/rows.ts'

/** What every write of a user keeps of their metadata. */
export interface IndexPlan {
  /** The paths of the indexes. */
  readonly paths: readonly string[]
  /** Those of them whose value is held by one user. */
  readonly unique: readonly string[]
}

const nothing: IndexPlan = { paths: [], unique: [] }

/** Made once of each row: storages give the same one as long as it is the same. */
const plans = new WeakMap<MetadataSchemasRow, IndexPlan>()

/** What the active row has every write keep. */
export function indexPlan(active: MetadataSchemasRow | undefined): IndexPlan {
  if (!active?.indexes?.length) return nothing
  let plan = plans.get(active)
  if (!plan) {
    plan = {
      paths: active.indexes.map(({ path }) => path),
      unique: active.indexes.filter(holds).map(({ path }) => path),
    }
    plans.set(active, plan)
  }
  return plan
}

function holds({ unique }: MetadataIndexRow): boolean {
  return unique === 'held' || unique === 'enforced'
}
