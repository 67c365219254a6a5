import { canRead, isJsonObject, type JsonObject, type JsonValue, kinds, metadataParam, readJson } from '@acme/schema'
import { valueAt } from './claims-of.ts'

/** What a template's texts refer to: values by the names of the wire. What is not there is null. */
export type ShortcodeValues = JsonObject

const shortcode = /\{\{([^{}]*)\}\}/g
const literal = /^(?:'([^']*)'|(true|false|null|-?\d{1,15}(?:\.\d{1,15})?))$/

/** The metadata that no token may hold, as shortcodes name it. */
const hidden: readonly string[] = kinds
  .filter((kind) => !canRead('frontend', kind))
  .map((kind) => `user.${metadataParam(kind)}`)

/**
 * Fills in the shortcodes of a template, such as `{{user.public_metadata.plan || 'free'}}`, as Clerk does: one that is all
 * of a text becomes the value itself, others become a part of the text; of several operands the first that is neither null
 * nor false counts, and else the last.
 */
export function fillIn(template: JsonValue, values: ShortcodeValues): JsonValue {
  if (typeof template === 'string') return fillInText(template, values)
  if (Array.isArray(template)) return template.map((item) => fillIn(item, values))
  if (!isJsonObject(template)) return template
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fillIn(value, values)]))
}

function fillInText(text: string, values: ShortcodeValues): JsonValue {
  const whole = /^\{\{([^{}]*)\}\}$/.exec(text)
  if (whole) return evaluate(whole[1] ?? '', values)
  return text.replace(shortcode, (_, expression: string) => {
    const value = evaluate(expression, values)
    return typeof value === 'string' ? value : JSON.stringify(value)
  })
}

function evaluate(expression: string, values: ShortcodeValues): JsonValue {
  const operands = operandsOf(expression).map((operand) => readOperand(operand, values))
  return operands.find((value) => value !== null && value !== false) ?? operands.at(-1) ?? null
}

function readOperand(operand: string, values: ShortcodeValues): JsonValue {
  const [, quoted, plain] = literal.exec(operand) ?? []
  if (quoted !== undefined) return quoted
  if (plain !== undefined) return readJson(plain) as JsonValue
  return valueAt(values, operand.split('.')) ?? null
}

/** Splits at `||` outside of quotes. */
function operandsOf(expression: string): string[] {
  const parts = expression.split("'")
  let operand = ''
  const operands: string[] = []
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) operand += `'${part}'`
    else {
      const [first = '', ...rest] = part.split('||')
      operand += first
      for (const next of rest) {
        operands.push(operand)
        operand = next
      }
    }
  }
  return [...operands, operand].map((one) => one.trim())
}

/** Names the first thing in a template that no token may hold; undefined where there is none. */
export function hiddenShortcode(template: JsonValue): string | undefined {
  if (typeof template === 'string') {
    const operands = [...template.matchAll(shortcode)].flatMap(([, expression = '']) => operandsOf(expression))
    return operands.find((operand) => hidden.some((one) => operand === one || operand.startsWith(`${one}.`)))
  }
  if (typeof template !== 'object' || template === null) return undefined
  for (const part of Object.values(template)) {
    const found = hiddenShortcode(part)
    if (found) return found
  }
  return undefined
}
