import type { JsonValue } from '@acme/schema'
import {
  type Comparison,
  everyKey,
  inBoth,
  type KeyRange,
  keptCharacters,
  keysBeyond,
  keysEqualTo,
  type MetadataCondition,
} from '../../../storage/metadata-key.ts'
import type { JobRow, MetadataSchemasRow } from '../../../storage/rows.ts'
import type { Deps } from '../../deps.ts'
import { type Fault, fault, paramFault } from '../../fault.ts'
import { isOver } from '../../jobs/job-list.ts'
import { activeSchemas } from '../metadata-schemas.ts'

/** What is asked about the value at a path. */
export interface MetadataQuestion {
  readonly path: string
  /** `is`: to be a value; `in`: to be one of some; the others: to be beyond a number or a time; `exists`: to be there. */
  readonly asks: 'is' | 'in' | 'exists' | Comparison
  readonly value?: JsonValue | undefined
}

/** How many questions may be asked at once, and about how many values. */
const mostQuestions = 10
const mostValues = 100

/**
 * Turns questions into conditions that a storage answers by its indexes.
 *
 * @throws Fault 422 `metadata_index_missing`, 409 `metadata_index_building`, or 422 for a value that cannot be asked for
 */
export async function toConditions(
  deps: Pick<Deps, 'storage'>,
  questions: readonly MetadataQuestion[],
): Promise<readonly MetadataCondition[]> {
  if (questions.length === 0) return []
  if (questions.length > mostQuestions)
    throw paramFault('metadata', 'form_param_array_size_exceeded', `asks for more than ${mostQuestions} things`)
  const active = await deps.storage.find(activeSchemas.collection, activeSchemas.id)
  const conditions: MetadataCondition[] = []
  const beyond = new Map<string, KeyRange>()
  for (const question of questions) {
    const { path, asks } = question
    await assertIndexed(deps, active, path)
    if (asks === 'is' || asks === 'in' || asks === 'exists') conditions.push({ path, ranges: rangesOf(question) })
    else beyond.set(path, inBoth(beyond.get(path) ?? everyKey, readBound(question)))
  }
  return [...conditions, ...[...beyond].map(([path, range]) => ({ path, ranges: [range] }))]
}

async function assertIndexed(
  { storage }: Pick<Deps, 'storage'>,
  active: MetadataSchemasRow | undefined,
  path: string,
): Promise<void> {
  const index = active?.indexes?.find((one) => one.path === path)
  if (!index) throw missing(path)
  if (!index.isBuilt) throw building(path, await storage.find('jobs', active?.indexJobId ?? ''))
}

const command = 'npx @acme/server schema push <file>'

function missing(path: string): Fault {
  const name = path.slice(0, 200)
  const long = `${name} has no index. Add it to the indexes of defineMetadata and run: ${command}`
  return fault(422, 'metadata_index_missing', 'has no index', long, { param_name: 'metadata', path: name, command })
}

function building(path: string, job: JobRow | undefined): Fault {
  const { done = 0, total = null } = job ?? {}
  const long =
    job && !isOver(job)
      ? `The index of ${path} is being built: ${done} of ${total ?? 'all'} users are in it. Ask again when it is ready.`
      : `The index of ${path} was not built to its end. Push again: ${command}`
  const meta = { param_name: 'metadata', path, progress: { done, total } }
  return fault(409, 'metadata_index_building', 'is being built', long, meta)
}

function rangesOf({ path, asks, value = null }: MetadataQuestion): readonly KeyRange[] {
  if (asks === 'exists') return [everyKey]
  if (asks === 'is') return [equalTo(path, value)]
  if (!Array.isArray(value) || value.length > mostValues)
    throw invalid(path, `needs a list of at most ${mostValues} values`)
  // Each once, so that nobody is found twice.
  const ranges = (value as readonly JsonValue[]).map((one) => equalTo(path, one))
  return [...new Map(ranges.map((range) => [range.from, range])).values()]
}

function equalTo(path: string, value: JsonValue): KeyRange {
  if (typeof value === 'object' && value !== null)
    throw invalid(path, 'is found by a text, a number, a boolean or null')
  if (typeof value === 'string' && value.length > keptCharacters)
    throw invalid(path, `is found by at most ${keptCharacters} characters`)
  return keysEqualTo(value)
}

function readBound({ path, asks, value = null }: MetadataQuestion): KeyRange {
  const range = keysBeyond(asks as Comparison, value)
  if (!range) throw invalid(path, 'is compared with a number, or with a date or a time (RFC 3339)')
  return range
}

function invalid(path: string, why: string): Fault {
  return fault(422, 'form_param_value_invalid', 'is invalid', `metadata: ${path} ${why}.`, { param_name: 'metadata' })
}
