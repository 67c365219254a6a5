import { isJsonObject, isPlainText, type JsonValue, kinds, metadataParam, type Side } from '@acme/schema'
import type * as z from 'zod/mini'
import { Fault, fault, paramFault } from '../domain/fault.ts'

/** How many issues a reply names: it is not to be much larger than what it answers. */
const maxIssues = 20

const metadataParams: ReadonlySet<string> = new Set(kinds.map((kind) => metadataParam(kind)))

/** Checks the parameters of a request by the wire schema of its body. Unknown ones are refused by name. */
export function validate<Schema extends z.ZodMiniType>(
  schema: Schema,
  params: JsonValue,
  side: Side,
): z.output<Schema> {
  if (!isJsonObject(params))
    throw fault(400, 'request_body_invalid', 'is not an object', 'The request body must be a JSON object.')
  const odd = Object.entries(params).find(([name, value]) => !metadataParams.has(name) && !isPlain(value))
  if (odd) throw paramFault(odd[0].slice(0, 80), 'form_param_value_invalid', 'holds a character that cannot be kept')
  const result = schema.safeParse(params)
  if (result.success) return result.data
  const items = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => unknownItem(key, side)) : [invalidItem(issue, params)],
  )
  throw new Fault(422, items.slice(0, maxIssues))
}

/** Whether the texts of a parameter can be kept by every storage; what is in metadata is judged with it. */
function isPlain(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.every(isPlain)
  return typeof value !== 'string' || isPlainText(value)
}

function unknownItem(param: string, side: Side) {
  const long = metadataParams.has(param)
    ? `${param} cannot be written here: the ${side === 'frontend' ? 'Frontend' : 'Backend'} API may not change it.`
    : `${param.slice(0, 80)} is not a parameter of this request.`
  return {
    code: 'form_param_unknown',
    message: 'is unknown',
    long_message: long,
    meta: { param_name: param.slice(0, 80) },
  }
}

function invalidItem(issue: z.core.$ZodIssue, params: object) {
  const [first, ...path] = issue.path as (string | number)[]
  const param = String(first ?? '')
  const isMissing = !Object.hasOwn(params, param)
  return {
    code: isMissing ? 'form_param_missing' : 'form_param_value_invalid',
    message: isMissing ? 'is missing' : 'is invalid',
    long_message: isMissing ? `${param} must be given.` : `${param} has a value of the wrong form.`,
    meta: { param_name: param, path, issue: metadataParams.has(param) ? 'is not a JSON object' : 'has the wrong form' },
  }
}
