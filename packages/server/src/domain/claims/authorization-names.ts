import { type ClaimPaths, canWrite, isJsonObject, type JsonObject, kinds } from '@acme/schema'
import type { MetadataSchemasRow } from '../../storage/rows.ts'
import { claimSources } from './claim-sources.ts'
import { resolveReference } from './resolve-reference.ts'

/** A name that looks like authorization where whoever is signed in can write it. */
export interface AuthorizationWarning {
  /** Such as `unsafe.role`. */
  readonly path: string
  /** What is wrong with it, and what to do. */
  readonly message: string
}

/** What decides about access in most apps, in words of lower case and singular. */
const subjects: readonly string[] = [
  ...['role', 'admin', 'administrator', 'superuser', 'superadmin', 'moderator', 'staff', 'permission', 'privilege'],
  ...['scope', 'entitlement', 'access', 'plan', 'tier', 'subscription', 'subscriber', 'premium', 'paid', 'paying'],
  ...['credit', 'quota', 'balance', 'banned', 'verified', 'approved', 'pro', 'vip'],
]

/** Words that may stand before and behind them, and change nothing. Any other makes it something else: a floor plan, a role model. */
const before: ReadonlySet<string> = new Set(
  'is has can my the user account app current active system super billing pricing subscription api free'.split(' '),
)
const behind: ReadonlySet<string> = new Set(
  'id ids name type level status flag flags list key code slug user until expires expiry left remaining count'.split(
    ' ',
  ),
)

const known: ReadonlySet<string> = new Set(subjects)

/** How many are told of. */
const mostTold = 20

/** Whether the name of a key looks as if it decided what its user may do. */
export function looksLikeAuthorization(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '')
    .map((word) => (known.has(word) ? word : word.replace(/s$/, '')))
  const at = words.findLastIndex((word) => known.has(word))
  const joined = words.join('')
  if (at < 0) return known.has(joined) || known.has(joined.replace(/^is/, ''))
  const fits = (set: ReadonlySet<string>) => (word: string) => set.has(word) || set.has(`${word}s`) || known.has(word)
  return words.slice(0, at).every(fits(before)) && words.slice(at + 1).every(fits(behind))
}

/**
 * Finds the names that look like authorization in metadata that users write themselves, and in claims that are read from
 * there: anybody can make themselves an admin by one request. Which kinds those are, the matrix says.
 */
export function authorizationNames(
  schemas: MetadataSchemasRow['schemas'],
  claims: ClaimPaths = {},
): readonly AuthorizationWarning[] {
  const found: AuthorizationWarning[] = []
  const warn = (path: string, what: string) => {
    if (found.length >= mostTold || found.some((one) => one.path === path)) return
    const cure = 'Keep it in public or private metadata, which only your server can write.'
    found.push({ path, message: `${what}, and whoever is signed in can write it. ${cure}` })
  }

  function visit(root: JsonObject, schema: unknown, path: string, seen: Set<unknown>): void {
    if (!isJsonObject(schema) || seen.has(schema)) return
    seen.add(schema)
    for (const [key, part] of members(schema['properties'])) {
      const at = `${path}.${key}`
      if (looksLikeAuthorization(key)) warn(at, 'the name looks like authorization')
      visit(root, part, at, seen)
    }
    for (const name of ['items', 'additionalProperties']) visit(root, schema[name], `${path}[]`, seen)
    for (const name of ['allOf', 'anyOf', 'oneOf', 'prefixItems']) {
      for (const [, part] of members(schema[name])) visit(root, part, name === 'prefixItems' ? `${path}[]` : path, seen)
    }
    for (const name of ['if', 'then', 'else']) visit(root, schema[name], path, seen)
    if (typeof schema['$ref'] === 'string') visit(root, resolveReference(root, schema['$ref']), path, seen)
  }

  for (const kind of kinds) {
    const schema = schemas[kind]
    if (schema && canWrite('frontend', kind)) visit(schema, schema, kind, new Set())
  }
  for (const [name, { kind, path: keys }] of claimSources(claims)) {
    const path = [kind, ...keys].join('.')
    if (!canWrite('frontend', kind)) continue
    if (looksLikeAuthorization(keys.at(-1) ?? '')) warn(path, 'the name looks like authorization')
    else if (looksLikeAuthorization(name)) warn(path, `the claim "${name}" looks like authorization`)
  }
  return found
}

function members(value: unknown): [key: string, part: unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}
