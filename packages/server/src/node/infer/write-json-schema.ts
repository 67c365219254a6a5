import type { JsonObject } from '@acme/schema'
import type { Inferred, Member } from './inferred.ts'
import { indent, propertyName, quote } from './source-text.ts'
import type { Writer } from './writer.ts'

/** Writes JSON Schema (draft 2020-12), as an object literal. */
export const jsonSchemaWriter: Writer = { imports: '', write: (inferred) => literal(toSchema(inferred)) }

function toSchema(inferred: Inferred): JsonObject {
  switch (inferred.type) {
    case 'string':
      return { type: 'string', ...(inferred.format && { format: inferred.format }) }
    case 'enum':
      return { enum: inferred.values }
    case 'array':
      return { type: 'array', items: toSchema(inferred.items) }
    case 'record':
      return { type: 'object', additionalProperties: toSchema(inferred.values) }
    case 'union':
      return { anyOf: inferred.options.map(toSchema) }
    case 'object':
      return {
        type: 'object',
        properties: propertiesOf(inferred.members),
        required: inferred.members.filter(({ isOptional }) => !isOptional).map(({ key }) => key),
        additionalProperties: false,
      }
    case 'unknown':
      return {}
    default:
      return { type: inferred.type }
  }
}

function propertiesOf(members: readonly Member[]): JsonObject {
  return Object.fromEntries(members.map(({ key, value, note }) => [key, { $comment: note, ...toSchema(value) }]))
}

function literal(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, member]) => `${propertyName(key)}: ${literal(member)},`)
  return members.length === 0 ? '{}' : `{\n  ${indent(members.join('\n'))}\n}`
}
