import { isJsonObject, type JsonArray, type JsonObject, type JsonValue } from '@acme/schema'
import { format as formats } from '@cfworker/json-schema'
import type { Judgement, Verdict } from './schema-judgement.ts'
import { canonicalText } from './schema-place.ts'

/** Judges a place by a keyword and its value. The form of the value was checked when the schema was pushed. */
export type Rule = (judgement: Judgement, value: never) => void

type RuleFor<Part> = (judgement: Judgement, value: never, part: Part) => void

const onObject =
  (rule: RuleFor<JsonObject>): Rule =>
  (judgement, value) => {
    if (isJsonObject(judgement.place.value)) rule(judgement, value, judgement.place.value)
  }
const onArray =
  (rule: RuleFor<JsonArray>): Rule =>
  (judgement, value) => {
    if (Array.isArray(judgement.place.value)) rule(judgement, value, judgement.place.value)
  }
const onText =
  (rule: RuleFor<string>): Rule =>
  (judgement, value) => {
    if (typeof judgement.place.value === 'string') rule(judgement, value, judgement.place.value)
  }

/** The keywords that do more than look at a value, in the order that matters: what is not evaluated comes last. */
export const schemaRules: Readonly<Record<string, Rule>> = {
  $ref: (judgement) => judgement.demand(judgement.target),
  const: (judgement, value: JsonValue) => {
    if (!textsOf(judgement.schema, [value]).has(judgement.place.text)) judgement.fail('const')
  },
  enum: (judgement, values: JsonArray) => {
    if (!textsOf(values, values).has(judgement.place.text)) judgement.fail('enum')
  },
  not: (judgement, schema: JsonValue) => {
    if (judgement.ask(schema).isValid) judgement.fail('not')
  },
  anyOf: (judgement, schemas: JsonArray) => {
    const verdicts = askAll(judgement, schemas)
    if (!verdicts.some(isValid)) judgement.fail('anyOf', verdicts)
  },
  allOf: (judgement, schemas: JsonArray) => {
    for (const verdict of askAll(judgement, schemas)) judgement.blame(verdict)
  },
  oneOf: (judgement, schemas: JsonArray) => {
    const verdicts = askAll(judgement, schemas)
    if (verdicts.filter(isValid).length !== 1) judgement.fail('oneOf', verdicts)
  },
  if: (judgement, schema: JsonValue) => {
    const verdict = judgement.ask(schema)
    if (verdict.isValid) judgement.absorb(verdict)
    judgement.demand(judgement.schema[verdict.isValid ? 'then' : 'else'] ?? true)
  },

  required: onObject((judgement, names: readonly string[]) => demandKeys(judgement, 'required', names)),
  dependentRequired: onObject((judgement, byKey: Readonly<Record<string, readonly string[]>>) => {
    for (const key of judgement.place.keys) {
      if (Object.hasOwn(byKey, key)) demandKeys(judgement, 'dependentRequired', byKey[key] ?? [])
    }
  }),
  propertyNames: onObject((judgement, schema: JsonValue) => {
    for (const key of judgement.place.keys) {
      const verdict = judgement.ask(schema, judgement.place.name(key))
      if (!verdict.isValid) judgement.fail('propertyNames', [verdict])
    }
  }),
  dependentSchemas: onObject((judgement, schemas: JsonObject) => {
    for (const key of judgement.place.keys) if (Object.hasOwn(schemas, key)) judgement.demand(schemas[key])
  }),
  properties: onObject((judgement, schemas: JsonObject) => {
    for (const key of judgement.place.keys) {
      if (!Object.hasOwn(schemas, key)) continue
      judgement.cover(key)
      judgement.demandMember(key, schemas[key])
    }
  }),
  patternProperties: onObject((judgement, schemas: JsonObject) => {
    for (const [source, schema] of Object.entries(schemas)) {
      const test = judgement.patternTest(source)
      if (!test) judgement.fail('patternProperties')
      for (const key of judgement.place.keys) {
        if (!test?.(key)) continue
        judgement.cover(key)
        judgement.demandMember(key, schema)
      }
    }
  }),
  additionalProperties: onObject((judgement, schema: JsonValue) => {
    for (const key of judgement.place.keys) if (!judgement.isCovered(key)) judgement.demandMember(key, schema)
  }),

  prefixItems: onArray((judgement, schemas: JsonArray, items) => {
    const length = Math.min(items.length, schemas.length)
    for (let index = 0; index < length; index++) judgement.demandMember(index, schemas[index])
  }),
  items: onArray((judgement, schema: JsonValue, items) => {
    const { prefixItems } = judgement.schema
    const start = Array.isArray(prefixItems) ? prefixItems.length : 0
    for (let index = start; index < items.length; index++) judgement.demandMember(index, schema)
  }),
  contains: onArray((judgement, schema: JsonValue, items) => {
    const { minContains, maxContains } = judgement.schema as { minContains?: number; maxContains?: number }
    const least = minContains ?? 1
    const verdicts = items.map((_, index) => judgement.ask(schema, judgement.place.member(index)))
    for (const [index, { isValid }] of verdicts.entries()) if (isValid) judgement.see(index)
    const found = verdicts.filter(isValid).length
    if (found < least) {
      if (minContains === undefined) judgement.fail('contains')
      else judgement.fail('minContains', items.length < least ? [] : verdicts)
    } else if (maxContains !== undefined && found > maxContains) judgement.fail('maxContains')
  }),
  uniqueItems: onArray((judgement, isDemanded: boolean, items) => {
    if (!isDemanded) return
    judgement.spend(items.length)
    const texts = new Set(items.map((_, index) => judgement.place.member(index).text))
    if (texts.size < items.length) judgement.fail('uniqueItems')
  }),

  pattern: onText((judgement, source: string, text) => {
    if (!judgement.patternTest(source)?.(text)) judgement.fail('pattern')
  }),
  format: onText((judgement, name: string, text) => {
    const fits = name === 'url' ? isUrl : Object.hasOwn(formats, name) ? formats[name] : undefined
    if (fits && !fits(text)) judgement.fail('format')
  }),

  unevaluatedProperties: onObject((judgement, schema: JsonValue) => {
    if (judgement.schema['additionalProperties'] !== undefined) return
    for (const key of judgement.place.keys) if (!judgement.hasSeen(key)) judgement.demandMember(key, schema)
  }),
  unevaluatedItems: onArray((judgement, schema: JsonValue, items) => {
    for (let index = 0; index < items.length; index++) {
      if (!judgement.hasSeen(index)) judgement.demandMember(index, schema)
    }
  }),
}

const isValid = (verdict: Verdict) => verdict.isValid

/** Applies several schemas to the very place, and takes on the word of those that hold. */
function askAll(judgement: Judgement, schemas: JsonArray): readonly Verdict[] {
  const verdicts: Verdict[] = []
  // A loop and no callback: the stack has to hold every level of the value, and what is applied at each.
  for (const schema of schemas) {
    const verdict = judgement.ask(schema)
    if (verdict.isValid) judgement.absorb(verdict)
    verdicts.push(verdict)
  }
  return verdicts
}

function demandKeys(judgement: Judgement, keyword: string, names: readonly string[]): void {
  judgement.spend(names.length)
  for (const name of names) if (!Object.hasOwn(judgement.place.value as JsonObject, name)) judgement.fail(keyword)
}

/** The texts of the values of each `const` and `enum`, by what holds them. */
const texts = new WeakMap<object, ReadonlySet<string>>()

function textsOf(holder: object, values: JsonArray): ReadonlySet<string> {
  const known = texts.get(holder) ?? new Set(values.map(canonicalText))
  texts.set(holder, known)
  return known
}

/** What the library takes for `url`, which is no format of the draft, it finds in exponential time. */
function isUrl(text: string): boolean {
  return /^(?:https?|ftp):\/\/\S+$/i.test(text) && URL.canParse(text)
}
