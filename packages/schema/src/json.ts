/** Any value of JSON (RFC 8259). */
export type JsonValue = string | number | boolean | null | JsonArray | JsonObject

/** An array of JSON values. */
export type JsonArray = readonly JsonValue[]

/** An object of JSON values: what metadata is when the app gives no type of its own. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** Where a value stands inside a metadata object: keys and array indexes from the outside in. */
export type JsonPath = readonly (string | number)[]

/** Tells whether a value is an object rather than an array, a scalar or null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Gives a value that is an object, and an empty one for what is not. */
export function jsonObjectOrEmpty(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}

/** Writes a path the way code would, for example `address.lines[0]` or `["a b"]`. */
export function formatPath(path: JsonPath): string {
  return path
    .map((step, index) =>
      /^[A-Za-z_$][\w$]*$/.test(`${step}`) ? (index ? '.' : '') + step : `[${JSON.stringify(step)}]`,
    )
    .join('')
}
