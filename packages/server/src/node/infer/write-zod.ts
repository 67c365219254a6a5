import type { Inferred } from './inferred.ts'
import { propertyName, quote } from './source-text.ts'
import { objectLiteral, type Writer } from './writer.ts'

const formats = {
  'date-time': 'z.iso.datetime({ offset: true })',
  email: 'z.email()',
  uri: 'z.url()',
  uuid: 'z.uuid()',
} as const

const simple = {
  integer: 'z.int()',
  number: 'z.number()',
  boolean: 'z.boolean()',
  null: 'z.null()',
  unknown: 'z.unknown()',
}

/** Writes zod 4. */
export const zodWriter: Writer = { imports: "import * as z from 'zod'", write }

function write(inferred: Inferred): string {
  switch (inferred.type) {
    case 'string':
      return inferred.format ? formats[inferred.format] : 'z.string()'
    case 'enum':
      return `z.enum([${inferred.values.map(quote).join(', ')}])`
    case 'array':
      return `z.array(${write(inferred.items)})`
    case 'record':
      return `z.record(z.string(), ${write(inferred.values)})`
    case 'union': {
      const [option, second, ...more] = inferred.options
      if (option && second?.type === 'null' && more.length === 0) return `z.nullable(${write(option)})`
      return `z.union([${inferred.options.map(write).join(', ')}])`
    }
    case 'object':
      return `z.object(${objectLiteral(inferred.members, ({ key, value, isOptional }) => `${propertyName(key)}: ${write(value)}${isOptional ? '.optional()' : ''}`)})`
    default:
      return simple[inferred.type]
  }
}
