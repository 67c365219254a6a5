import { isJsonObject } from '@acme/schema'

/** What the value of a keyword is: a schema, several, or what is neither. */
export type KeywordShape = 'schema' | 'schemas' | 'schema map' | 'value'

/** One keyword of JSON Schema (draft 2020-12). */
export interface Keyword {
  readonly shape: KeywordShape
  /** Whether a value of it is well-formed, besides the schemas in it. */
  fits(value: unknown): boolean
  /** What it must be, to end a sentence. */
  readonly must: string
  /** Whether the schemas in it judge the value itself, and not a part of it. */
  readonly isInPlace?: boolean
  /** Gives the patterns in a value of it. */
  patterns?(value: unknown): readonly string[]
}

const isText = (value: unknown) => typeof value === 'string'
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText)
const isNumber = (value: unknown) => typeof value === 'number'
const isSchema = (value: unknown) => typeof value === 'boolean' || isJsonObject(value)
const types = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer']
const isType = (value: unknown) => types.includes(value as string)

const value = (fits: Keyword['fits'], must: string): Keyword => ({ shape: 'value', fits, must })
const text = value(isText, 'must be a string')
const number = value(isNumber, 'must be a number')
const boolean = value((value) => typeof value === 'boolean', 'must be a boolean')
const count = value((value) => Number.isInteger(value) && (value as number) >= 0, 'must be a whole number from 0')
const schema: Keyword = { shape: 'schema', fits: isSchema, must: 'must be a schema' }
const inPlace: Keyword = { ...schema, isInPlace: true }
const schemas: Keyword = {
  shape: 'schemas',
  fits: (value) => Array.isArray(value) && value.length > 0 && value.every(isSchema),
  must: 'must be a list of schemas, and not an empty one',
}
const schemaMap: Keyword = {
  shape: 'schema map',
  fits: (value) => isJsonObject(value) && Object.values(value).every(isSchema),
  must: 'must be an object of schemas',
}
const notThere = (what: string) => value(() => false, `is not there: ${what}`)

/** The keywords that mean something to this server. Any other is an annotation, and left alone. */
export const schemaKeywords: Readonly<Record<string, Keyword>> = {
  $schema: value((value) => value === draft || value === `${draft}#`, 'must be that of draft 2020-12'),
  $id: value((value) => isText(value) && !/#./.test(value as string), 'must be a URI without a fragment'),
  $anchor: text,
  $ref: text,
  $dynamicAnchor: text,
  $dynamicRef: notThere('refer by $ref'),
  $recursiveRef: notThere('refer by $ref'),
  $vocabulary: notThere('the vocabularies are those of draft 2020-12'),
  $comment: text,
  $defs: schemaMap,
  definitions: schemaMap,

  allOf: { ...schemas, isInPlace: true },
  anyOf: { ...schemas, isInPlace: true },
  oneOf: { ...schemas, isInPlace: true },
  not: inPlace,
  if: inPlace,
  // biome-ignore lint/suspicious/noThenProperty: it is the keyword's name, and nobody awaits this table
  then: inPlace,
  else: inPlace,
  dependentSchemas: { ...schemaMap, isInPlace: true },

  prefixItems: schemas,
  items: schema,
  contains: schema,
  unevaluatedItems: schema,
  properties: schemaMap,
  patternProperties: { ...schemaMap, patterns: (value) => Object.keys(value as object) },
  additionalProperties: schema,
  unevaluatedProperties: schema,
  propertyNames: schema,

  type: value(
    (value) => (Array.isArray(value) ? value.length > 0 && value.every(isType) : isType(value)),
    'must name types',
  ),
  enum: value(Array.isArray, 'must be a list'),
  multipleOf: value((value) => isNumber(value) && (value as number) > 0, 'must be a number above 0'),
  maximum: number,
  exclusiveMaximum: number,
  minimum: number,
  exclusiveMinimum: number,
  maxLength: count,
  minLength: count,
  pattern: { ...text, patterns: (value) => [value as string] },
  maxItems: count,
  minItems: count,
  uniqueItems: boolean,
  maxContains: count,
  minContains: count,
  maxProperties: count,
  minProperties: count,
  required: value(isTexts, 'must be a list of strings'),
  dependentRequired: value(
    (value) => isJsonObject(value) && Object.values(value).every(isTexts),
    'must be an object of lists of strings',
  ),
  format: text,
}

/** The dialect that is spoken. */
export const draft = 'https://json-schema.org/draft/2020-12/schema'
