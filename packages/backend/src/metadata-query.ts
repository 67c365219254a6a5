import {
  AcmeError,
  isJsonObject,
  type Kind,
  kinds,
  type MetadataDefinition,
  type MetadataFilter,
  metadataField,
} from '@acme/schema'

const comparisons = ['in', 'gt', 'gte', 'lt', 'lte'] as const
const questions: ReadonlySet<string> = new Set([...comparisons, 'exists'])

/**
 * Writes a filter as parameters of a query: the path by brackets, the value as JSON text, an empty one for what is to be
 * there. What is undefined is refused: without it, everybody would be found.
 *
 * @throws AcmeError `metadata_filter_invalid` before anything is sent
 */
export function toMetadataQuery<M>(
  filter: MetadataFilter<M>,
  definition: MetadataDefinition | undefined,
): readonly (readonly [param: string, text: string])[] {
  const params: (readonly [string, string])[] = []

  function visit(value: unknown, kind: Kind, steps: readonly string[]): void {
    const path = [kind, ...steps]
    if (steps.some((step) => /[.[\]]/.test(step))) throw invalid(path, 'is no path: a key has a dot or a bracket')
    const given = isMembers(value) ? Object.entries(value) : undefined
    if (given?.length === 0) throw invalid(path, 'asks for nothing')
    if (!given) ask('metadata', kind, steps, value)
    else if (steps.length > 0 && given.every(([name]) => questions.has(name))) askAll(given, kind, steps)
    else for (const [name, member] of given) visit(member, kind, [...steps, name])
  }

  function askAll(given: readonly [string, unknown][], kind: Kind, steps: readonly string[]): void {
    for (const [name, value] of given) {
      if (name !== 'exists') ask(`metadata_${name}`, kind, steps, value)
      else if (value === true) params.push([nameOf('metadata', kind, steps), ''])
      else throw invalid([kind, ...steps], 'can be asked to be there, and not to be absent')
    }
  }

  function ask(param: string, kind: Kind, steps: readonly string[], value: unknown): void {
    const encoded = Array.isArray(value)
      ? value.map((one) => encode(one, kind, steps, definition))
      : encode(value, kind, steps, definition)
    params.push([nameOf(param, kind, steps), JSON.stringify(encoded)])
  }

  for (const [kind, members] of Object.entries(filter)) {
    if (!kinds.includes(kind as Kind)) throw invalid([kind], 'is no kind of metadata')
    if (!isMembers(members)) throw invalid([kind], 'is to be an object')
    visit(members, kind as Kind, [])
  }
  return params
}

function nameOf(param: string, kind: Kind, steps: readonly string[]): string {
  return `${param}${[kind, ...steps].map((step) => `[${step}]`).join('')}`
}

/** Whether it is an object of members, and not one value, such as a date. */
function isMembers(value: unknown): value is object {
  return isJsonObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value))
}

/** Makes the JSON that is stored of what the app holds at a path. */
function encode(
  value: unknown,
  kind: Kind,
  steps: readonly string[],
  definition: MetadataDefinition | undefined,
): unknown {
  const path = [kind, ...steps]
  const isValue = ['string', 'boolean'].includes(typeof value) || Number.isFinite(value) || value === null
  if (isValue || !definition?.['~encode']) {
    if (!isValue && !(value instanceof Date))
      throw invalid(path, 'is compared with no text, number, boolean, date or null')
    return value
  }
  if (value === undefined) throw invalid(path, 'is compared with undefined')
  const field = metadataField(kind)
  const nested = { [field]: steps.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value) }
  let encoded: unknown
  try {
    encoded = definition['~encode'](nested, true)[field]
  } catch (error) {
    // Where no codec makes a text of it, JSON does.
    if (value instanceof Date) return value
    throw error
  }
  for (const step of steps) encoded = (encoded as Record<string, unknown> | undefined)?.[step]
  return encoded
}

function invalid(path: readonly string[], what: string): AcmeError {
  return new AcmeError({ code: 'metadata_filter_invalid', message: `metadata: ${path.join('.')} ${what}` })
}
