import { metadataField, metadataParam } from './fields.ts'
import { isJsonObject, type JsonObject } from './json.ts'
import { canRead, kinds, type Side } from './visibility.ts'

/** An e-mail address of a user. */
export interface EmailAddress {
  readonly id: string
  readonly emailAddress: string
  /** How far the user has proved that it is theirs; `status` is `verified` then. */
  readonly verification: { readonly status: string } | null
}

/** What both sides know of a user, besides the metadata. Other members that the server sends are there as well. */
export interface UserData {
  readonly id: string
  readonly externalId: string | null
  readonly username: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly imageUrl: string
  readonly emailAddresses: readonly EmailAddress[]
  readonly primaryEmailAddressId: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly lastSignInAt: Date | null
  /** Rises with every write, for conditional writes; undefined where the server keeps none. */
  readonly version?: number | undefined
}

/** A JSON object from a server of which nothing is certain: members may be missing, null, or more than we know. */
export type LooseJson = { readonly [key: string]: unknown }

/**
 * Reads what the wire carries the way app code spells it: `first_name` becomes `firstName`, and times
 * (`..._at`, milliseconds) become dates, at every depth. Metadata is left out: its keys are the app's, and
 * which kinds are there is {@link toMetadata}'s to say.
 */
export function toAppNames<T>(value: LooseJson): T {
  const members: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    if (!key.endsWith('_metadata')) members[toAppName(key)] = readMember(value[key], key)
  }
  return members as T
}

function readMember(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => readMember(item))
  if (isJsonObject(value)) return toAppNames(value)
  return typeof value === 'number' && key.endsWith('_at') ? new Date(value) : value
}

/** The names met so far, since every user has the same; so many at most, whatever a server sends. */
const appNames = new Map<string, string>()
const namesKept = 500

function toAppName(name: string): string {
  let appName = appNames.get(name)
  if (appName === undefined) {
    appName = name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())
    // Assigned, it would be no member.
    if (appName === '__proto__') return name
    if (appNames.size < namesKept) appNames.set(name, appName)
  }
  return appName
}

/** Reads the metadata of a user as the wire carries it: the kinds that the side may see. Missing or null reads as `{}`. */
export function toMetadata(json: LooseJson, side: Side): { readonly [field: string]: JsonObject } {
  const metadata: Record<string, JsonObject> = {}
  for (const kind of kinds) {
    if (canRead(side, kind)) metadata[metadataField(kind)] = (json[metadataParam(kind)] ?? {}) as JsonObject
  }
  return metadata
}

/** Writes the names of app code the way the wire spells them: `firstName` becomes `first_name`. Values are left alone. */
export function toWireNames(params: object): { [key: string]: unknown } {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  )
}
