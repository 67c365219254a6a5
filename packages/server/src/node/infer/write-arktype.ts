import type { Inferred, Member } from './inferred.ts'
import { propertyName, quote } from './source-text.ts'
import { objectLiteral, type Writer } from './writer.ts'

const formats = {
  'date-time': 'string.date.iso',
  email: 'string.email',
  uri: 'string.url',
  uuid: 'string.uuid',
} as const

const simple = { integer: 'number.integer', number: 'number', boolean: 'boolean', null: 'null', unknown: 'unknown' }

/** Keys that say something else to ArkType than their name. */
const special = /[?\\]$|^[[\\]|^\.\.\.$|^\+$/

/** Writes ArkType 2. */
export const arktypeWriter: Writer = { imports: "import { type } from 'arktype'", write }

function write(inferred: Inferred): string {
  switch (inferred.type) {
    case 'string':
      return `type('${inferred.format ? formats[inferred.format] : 'string'}')`
    case 'enum':
      return `type.enumerated(${inferred.values.map(quote).join(', ')})`
    case 'array':
      return `${write(inferred.items)}.array()`
    case 'record':
      return `type({ '[string]': ${write(inferred.values)} })`
    case 'union': {
      const [first, ...rest] = inferred.options.map(write)
      return `${first}${rest.map((option) => `.or(${option})`).join('')}`
    }
    case 'object':
      if (inferred.members.some(({ key }) => special.test(key))) return "type({ '[string]': 'unknown' })"
      return `type(${objectLiteral(inferred.members, writeMember)})`
    default:
      return `type('${simple[inferred.type]}')`
  }
}

function writeMember({ key, value, isOptional }: Member): string {
  return `${isOptional ? quote(`${key}?`) : propertyName(key)}: ${write(value)}`
}
