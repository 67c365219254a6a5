import { type Kind, kinds, type PushedOptions } from '@acme/schema'
import type { MetadataIndexRow } from '../../../storage/rows.ts'
import { fault } from '../../fault.ts'

/** The name of the work that builds them. */
export const indexJobKind = 'metadata_indexes_build'

/** How many indexes there may be: every write of a user keeps each. And how long the name of one is, in characters. */
const mostIndexes = 20
const longestPath = 200

/** Refuses paths that lead nowhere. @throws Fault 422 `metadata_index_unusable` */
export function assertUsableOptions({ indexes = [], unique = [] }: PushedOptions): void {
  const paths = new Set([...indexes, ...unique])
  for (const path of paths) {
    const [kind, ...steps] = path.split('.')
    const isPath = kinds.includes(kind as Kind) && steps.length > 0 && steps.every((step) => step !== '')
    if (!isPath || path.length > longestPath)
      throw unusable(
        path,
        `is no path: it begins with ${kinds.join(', ')}, names keys behind dots, and has at most ${longestPath} characters`,
      )
  }
  if (paths.size > mostIndexes) throw unusable(`${paths.size} paths`, `are too many: at most ${mostIndexes}`)
}

function unusable(what: string, why: string) {
  const long = `${what.slice(0, longestPath)} ${why}.`
  return fault(422, 'metadata_index_unusable', 'cannot be an index', long, { param_name: 'options' })
}

/** The indexes of what is declared, from those there are: what is built already stays so. */
export function nextIndexes(
  before: readonly MetadataIndexRow[],
  { indexes = [], unique = [] }: PushedOptions,
): readonly MetadataIndexRow[] {
  return [...new Set([...indexes, ...unique])].map((path) => {
    const known = before.find((one) => one.path === path)
    const isBuilt = known?.isBuilt ?? false
    if (!unique.includes(path)) return { path, isBuilt }
    return { path, isBuilt, unique: known?.unique === 'enforced' ? 'enforced' : 'held' }
  })
}

/** Whether something of the indexes is still to be built, or is left of others that there were. */
export function needsBuilding(before: readonly MetadataIndexRow[], after: readonly MetadataIndexRow[]): boolean {
  const isReady = ({ isBuilt, unique }: MetadataIndexRow) => isBuilt && unique !== 'held'
  const keeps = (one: MetadataIndexRow) =>
    after.some(({ path, unique }) => path === one.path && (unique !== undefined) === (one.unique !== undefined))
  return !after.every(isReady) || !before.every(keeps)
}
