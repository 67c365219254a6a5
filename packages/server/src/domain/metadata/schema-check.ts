import { type JsonObject, metadataParam } from '@acme/schema'
import type { UserRow } from '../../storage/rows.ts'
import { type Fault, fault } from '../fault.ts'
import { judgeUser, type Validators } from './metadata-schemas.ts'

/** An issue that stored users have: where and why, never the value. */
export interface CheckedPath {
  readonly param_name: string
  /** Members of arrays by `*`. */
  readonly path: readonly string[]
  readonly issue: string
  /** How many users have it. */
  readonly users: number
  /** The first of them. */
  readonly examples: readonly string[]
}

/** What schemas would break. */
export interface SchemaCheck {
  /** How many users were looked at. */
  readonly users: number
  /** How many of them hold metadata that the schemas refuse. */
  readonly broken: number
  /** What is wrong with them, the first hundred kinds of it. */
  readonly paths: readonly CheckedPath[]
  /** The first users, and what is wrong with each first. */
  readonly examples: readonly {
    readonly user_id: string
    readonly param_name: string
    readonly path: readonly (string | number)[]
    readonly issue: string
  }[]
}

/** A check that has not begun. */
export const noCheck: SchemaCheck = { users: 0, broken: 0, paths: [], examples: [] }

const maxExamples = 10
const maxPaths = 100
const maxExamplesOfPath = 5
/** Names are the users' own; more than this of one is no help, in characters. */
const maxName = 80

/** How long users are judged until others have their turn, in milliseconds. */
const longestTurn = 8

declare const setTimeout: (run: () => void, milliseconds: number) => unknown

/** Goes on with a check. */
export async function checkUsers(
  before: SchemaCheck,
  validators: Validators,
  users: readonly UserRow[],
): Promise<SchemaCheck> {
  const examples = [...before.examples]
  const paths = new Map(before.paths.map((one) => [keyOf(one), one]))
  let broken = before.broken
  let since = Date.now()
  for (const { id, metadata } of users) {
    if (Date.now() - since > longestTurn) {
      await new Promise<void>((resolve) => setTimeout(resolve, 0))
      since = Date.now()
    }
    const issues = judgeUser(validators, metadata)
    const [first] = issues
    if (!first) continue
    broken++
    if (examples.length < maxExamples) {
      const path = first.path.map((step) => (typeof step === 'string' ? step.slice(0, maxName) : step))
      examples.push({ user_id: id, param_name: metadataParam(first.kind), path, issue: first.message })
    }
    const own = new Map(
      issues.map(({ kind, path, message }) => {
        const steps = path.map((step) => (typeof step === 'number' ? '*' : step.slice(0, maxName)))
        const one = { param_name: metadataParam(kind), path: steps, issue: message }
        return [keyOf(one), one]
      }),
    )
    for (const [key, one] of own) {
      const known = paths.get(key) ?? { ...one, users: 0, examples: [] }
      if (!paths.has(key) && paths.size >= maxPaths) continue
      const named = known.examples.length < maxExamplesOfPath ? [...known.examples, id] : known.examples
      paths.set(key, { ...known, users: known.users + 1, examples: named })
    }
  }
  return { users: before.users + users.length, broken, examples, paths: [...paths.values()] }
}

function keyOf({ param_name: param, path, issue }: Pick<CheckedPath, 'param_name' | 'path' | 'issue'>): string {
  return JSON.stringify([param, path, issue])
}

/** Why schemas are not enforced that stored users break; undefined when none does. */
export function brokenFault({ users, broken, paths, examples }: SchemaCheck): Fault | undefined {
  if (broken === 0) return undefined
  const long = `${broken} of ${users} stored users break these schemas; change the users or the schemas, or force it.`
  const meta = { broken, users, paths, examples } as unknown as JsonObject
  return fault(422, 'metadata_schemas_broken', 'users break the schemas', long, meta)
}
