import type { Inferred } from './inferred.ts'
import { propertyName, quote } from './source-text.ts'
import { objectLiteral, type Writer } from './writer.ts'

const formats = { 'date-time': 'v.isoTimestamp()', email: 'v.email()', uri: 'v.url()', uuid: 'v.uuid()' } as const

const simple = {
  integer: 'v.pipe(v.number(), v.integer())',
  number: 'v.number()',
  boolean: 'v.boolean()',
  null: 'v.null()',
  unknown: 'v.unknown()',
}

/** Writes Valibot 1. */
export const valibotWriter: Writer = { imports: "import * as v from 'valibot'", write }

function write(inferred: Inferred): string {
  switch (inferred.type) {
    case 'string':
      return inferred.format ? `v.pipe(v.string(), ${formats[inferred.format]})` : 'v.string()'
    case 'enum':
      return `v.picklist([${inferred.values.map(quote).join(', ')}])`
    case 'array':
      return `v.array(${write(inferred.items)})`
    case 'record':
      return `v.record(v.string(), ${write(inferred.values)})`
    case 'union': {
      const [option, second, ...more] = inferred.options
      if (option && second?.type === 'null' && more.length === 0) return `v.nullable(${write(option)})`
      return `v.union([${inferred.options.map(write).join(', ')}])`
    }
    case 'object':
      return `v.object(${objectLiteral(inferred.members, ({ key, value, isOptional }) => `${propertyName(key)}: ${isOptional ? `v.optional(${write(value)})` : write(value)}`)})`
    default:
      return simple[inferred.type]
  }
}
