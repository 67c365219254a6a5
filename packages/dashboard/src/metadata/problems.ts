import {
  assertMetadata,
  isAcmeError,
  isJsonObject,
  type JsonObject,
  type JsonPath,
  JsonTextError,
  MetadataInvalidError,
  metadataBytes,
  metadataLimit,
  parseJson,
} from '@acme/schema'
import { Validator } from '@cfworker/json-schema'

/** Something that is wrong with a text. */
export interface Problem {
  /** Where; undefined where the text is no JSON, so that it has no places. */
  readonly path: JsonPath | undefined
  readonly message: string
}

/** What a text is: the metadata it stands for, where it does, and what is wrong with it. */
export interface Judged {
  readonly value: JsonObject | undefined
  readonly problems: readonly Problem[]
}

/** Of what only says that something inside does not fit, the inside is told. */
const around = new Set([
  'properties',
  'items',
  'prefixItems',
  'allOf',
  '$ref',
  '$dynamicRef',
  'additionalProperties',
  'if',
])

const validators = new WeakMap<JsonObject, Validator>()

/** Judges a text as the server will: the rules of JSON, of metadata, and of the schema that was pushed. */
export function judge(text: string, schema: JsonObject | undefined): Judged {
  let value: unknown
  try {
    value = parseJson(text.trim() || '{}')
    assertMetadata(value)
  } catch (error) {
    if (error instanceof JsonTextError)
      return { value: undefined, problems: [{ path: error.path, message: error.message }] }
    if (error instanceof MetadataInvalidError) {
      return { value: undefined, problems: error.issues.map(({ path, message }) => ({ path, message })) }
    }
    return {
      value: undefined,
      problems: [{ path: undefined, message: isAcmeError(error) ? error.message : 'is not JSON' }],
    }
  }
  const metadata = value as JsonObject
  const bytes = metadataBytes(metadata)
  const size =
    bytes > metadataLimit ? [{ path: [], message: `has ${bytes} bytes, over the limit of ${metadataLimit}` }] : []
  return { value: metadata, problems: [...size, ...(schema ? validate(metadata, schema) : [])] }
}

function validate(value: JsonObject, schema: JsonObject): readonly Problem[] {
  let validator = validators.get(schema)
  try {
    if (!validator) {
      // A copy: it writes into what it is given, and replies are frozen.
      validator = new Validator(structuredClone(schema) as object, '2020-12', false)
      validators.set(schema, validator)
    }
    const { errors } = validator.validate(value)
    const told = new Set<string>()
    return errors
      .filter(({ keyword }) => !around.has(keyword))
      .map(({ instanceLocation, error }) => ({ path: readPointer(instanceLocation, value), message: toWords(error) }))
      .filter(({ path, message }) => {
        const key = JSON.stringify([path, message])
        return !told.has(key) && told.add(key)
      })
  } catch {
    // A schema that this validator does not know is judged by the server alone.
    return []
  }
}

/** Reads a JSON Pointer (RFC 6901) as a path. */
function readPointer(pointer: string, value: JsonObject): JsonPath {
  const steps = pointer
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
  let at: unknown = value
  return steps.map((step) => {
    const isIndex = Array.isArray(at)
    at = isJsonObject(at) || isIndex ? (at as { [key: string]: unknown })[step] : undefined
    return isIndex ? Number(step) : step
  })
}

function toWords(error: string): string {
  if (error === 'False boolean schema.') return 'is no member that the schema knows'
  return error.replace(/^Instance /, '').replace(/\.$/, '')
}
