import { isJsonObject, type JsonValue, kinds, metadataParam } from '@acme/schema'
import { paramFault } from '../domain/fault.ts'

/** Refuses metadata where the API version has an endpoint of its own for it. */
export function refuseMetadata(params: JsonValue, endpoint: string): void {
  if (!isJsonObject(params)) return
  const param = kinds.map((kind) => metadataParam(kind)).find((name) => Object.hasOwn(params, name))
  if (param === undefined) return
  throw paramFault(
    param,
    'form_param_deprecated',
    'is deprecated',
    `${param} is no longer accepted here: use ${endpoint}.`,
  )
}
