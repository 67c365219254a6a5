import { isJsonObject, type JsonObject, type JsonPath, type JsonValue } from '@acme/schema'
import { dereference, type Schema } from '@cfworker/json-schema'
import { schemaAssertions } from './schema-assertions.ts'
import { type Judge, Judgement, maxIssues, type Verdict } from './schema-judgement.ts'
import { schemaKeywords } from './schema-keywords.ts'
import { Place } from './schema-place.ts'
import { type Rule, schemaRules } from './schema-rules.ts'
import { TextPatterns } from './text-pattern.ts'

/** Where a value breaks a schema, and by which keyword. */
export interface SchemaIssue {
  readonly path: JsonPath
  readonly keyword: string
}

/** A judgement that was given up: the schema asks for more work than one value may cost. */
export class TooMuchWork extends Error {
  override name = 'TooMuchWork'
}

/** The most that judging one value may cost: schemas applied, and members, names and states of patterns looked at. */
const maxWork = 500_000

/**
 * Makes a function that judges values by a JSON Schema (draft 2020-12) in time that is bounded whatever the schema says: a
 * schema judges a place of the value once, however many ways lead there, and all of it takes `allowed` work at the most.
 *
 * @throws Error from the function, for a schema that no push would take, and {@link TooMuchWork}
 */
export function createValidator(
  schema: JsonObject,
  allowed: number = maxWork,
): (value: JsonObject) => readonly SchemaIssue[] {
  // A copy: the library writes into what it is given.
  const root = structuredClone(schema)
  const isTracking = /"unevaluated(?:Properties|Items)":/.test(JSON.stringify(root))
  const prepared = new WeakMap<JsonObject, Prepared>()
  const patterns = new TextPatterns()
  let lookup: ReturnType<typeof dereference> | undefined

  return (value) => {
    lookup ??= dereference(root as Schema)
    let work = 0

    const judge: Judge = {
      isTracking,
      spend(more) {
        work += more
        if (work > allowed) throw new TooMuchWork()
      },
      judge(schema, place) {
        judge.spend(1)
        if (schema === false) return { isValid: false, place, causes: ['false'], seen: new Set() }
        if (!isJsonObject(schema)) return { isValid: true, place, causes: [], seen: new Set() }
        const known = prepared.get(schema) ?? prepareSchema(schema)
        prepared.set(schema, known)
        // A schema without others in it costs less than to look up what it has said.
        if (!known.isKept) return apply(known, new Judgement(judge, schema, place))
        const before = place.verdicts.get(schema)
        if (before) return before
        const verdict = apply(known, new Judgement(judge, schema, place))
        place.verdicts.set(schema, verdict)
        return verdict
      },
      targetOf(schema) {
        const target = lookup?.[(schema as Schema).__absolute_ref__ ?? '']
        if (target === undefined) throw new Error('it refers to nothing in this schema')
        return target as JsonValue
      },
      patternTest(source) {
        try {
          const pattern = patterns.read(source)
          return (text) => pattern.test(text, judge.spend)
        } catch {
          return undefined
        }
      },
    }

    return issuesOf(judge.judge(root, new Place<Verdict>(value)))
  }
}

/** What a schema comes to: what is looked at first, and its rules in their order. */
interface Prepared {
  readonly assertions: readonly (readonly [keyword: string, holds: (value: JsonValue) => boolean])[]
  readonly rules: readonly (readonly [rule: Rule, value: JsonValue])[]
  /** Whether it applies others. */
  readonly isKept: boolean
}

function prepareSchema(schema: JsonObject): Prepared {
  const named = <T>(table: Readonly<Record<string, T>>) =>
    Object.entries(table).flatMap(([keyword, it]) => {
      const value = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined
      return value === undefined ? [] : [[keyword, it, value] as const]
    })
  const rules = named(schemaRules)
  return {
    assertions: named(schemaAssertions).map(([keyword, holds, limit]) => [
      keyword,
      (value) => holds(value, limit as never),
    ]),
    rules: rules.map(([, rule, value]) => [rule, value]),
    isKept: rules.some(([keyword]) => keyword === '$ref' || (schemaKeywords[keyword]?.shape ?? 'value') !== 'value'),
  }
}

function apply({ assertions, rules }: Prepared, judgement: Judgement): Verdict {
  const { value, keys } = judgement.place
  // What counts characters or keys walks through them.
  judgement.spend(typeof value === 'string' ? value.length / 8 : keys.length / 8)
  for (const [keyword, holds] of assertions) if (!holds(value)) judgement.fail(keyword)
  for (const [rule, value] of rules) rule(judgement, value as never)
  return judgement
}

/** Every verdict is told once, however many others it is a cause of. */
function issuesOf(verdict: Verdict): readonly SchemaIssue[] {
  const issues: SchemaIssue[] = []
  const told = new Set<Verdict>()
  const tell = (verdict: Verdict): void => {
    if (told.has(verdict)) return
    told.add(verdict)
    for (const cause of verdict.causes) {
      if (issues.length >= maxIssues) return
      if (typeof cause === 'string') issues.push({ path: verdict.place.path, keyword: cause })
      else tell(cause)
    }
  }
  tell(verdict)
  return issues
}
