import { isReservedClaim, type JsonObject } from '@acme/schema'
import type { CreateJwtTemplateBody, UpdateJwtTemplateBody } from '@acme/schema/wire'
import type { JwtTemplateRow, JwtTemplatesRow } from '../../storage/rows.ts'
import type { Key, Storage, Transaction } from '../../storage/storage.ts'
import { createId } from '../create-id.ts'
import type { Deps } from '../deps.ts'
import { fault, notFound, paramFault } from '../fault.ts'
import { jsonBytes } from './claims-of.ts'
import { hiddenShortcode } from './shortcodes.ts'

/** The row of all templates: there are few, and a token needs the one that it names. */
export const allTemplates = { collection: 'jwtTemplates', id: 'all' } as const
allTemplates satisfies Key

/** How many templates there may be, and how large each, in bytes of JSON. */
const mostTemplates = 50
const templateLimit = 4_096

/** What a template has where nothing is said, in seconds. */
const defaults = { lifetime: 60, allowedClockSkew: 5 }

/** Every template, oldest first. */
export async function listTemplates(storage: Storage): Promise<readonly JwtTemplateRow[]> {
  return (await storage.find(allTemplates.collection, allTemplates.id))?.templates ?? []
}

/** Finds a template. @throws Fault 404 */
export async function findTemplate(storage: Storage, by: 'id' | 'name', text: string): Promise<JwtTemplateRow> {
  const found = (await listTemplates(storage)).find((template) => template[by] === text)
  if (!found) throw notFound('JWT template', text)
  return found
}

/** Plans to keep a new template. */
export function createTemplate(deps: Deps, body: CreateJwtTemplateBody): Transaction<JwtTemplateRow> {
  assertSigned(body)
  const now = deps.clock()
  const template: JwtTemplateRow = {
    id: createId('jwtTemplate', now),
    name: body.name,
    claims: body.claims,
    lifetime: body.lifetime ?? defaults.lifetime,
    allowedClockSkew: body.allowed_clock_skew ?? defaults.allowedClockSkew,
    createdAt: now,
    updatedAt: now,
  }
  assertUsable(template.claims)
  return change((templates) => {
    if (templates.length >= mostTemplates) {
      throw fault(
        422,
        'jwt_templates_exceeded',
        'too many',
        `There are ${mostTemplates} JWT templates, and no more may be.`,
      )
    }
    return { template, templates: [...templates, template] }
  })
}

/** Plans to change what is given of a template. */
export function updateTemplate(deps: Deps, id: string, body: UpdateJwtTemplateBody): Transaction<JwtTemplateRow> {
  assertSigned(body)
  if (body.claims) assertUsable(body.claims)
  return change((templates) => {
    const before = templates.find((one) => one.id === id)
    if (!before) throw notFound('JWT template', id)
    const template: JwtTemplateRow = {
      ...before,
      name: body.name ?? before.name,
      claims: body.claims ?? before.claims,
      lifetime: body.lifetime ?? before.lifetime,
      allowedClockSkew: body.allowed_clock_skew ?? before.allowedClockSkew,
      updatedAt: deps.clock(),
    }
    return { template, templates: templates.map((one) => (one.id === id ? template : one)) }
  })
}

/** Plans to remove a template: no token is made by it any more. */
export function removeTemplate(id: string): Transaction<JwtTemplateRow> {
  return change((templates) => {
    const template = templates.find((one) => one.id === id)
    if (!template) throw notFound('JWT template', id)
    return { template, templates: templates.filter((one) => one.id !== id) }
  })
}

interface Changed {
  readonly template: JwtTemplateRow
  readonly templates: readonly JwtTemplateRow[]
}

function change(next: (templates: readonly JwtTemplateRow[]) => Changed): Transaction<JwtTemplateRow> {
  return {
    reads: [allTemplates],
    decide(rows) {
      const { template, templates } = next(rows.get(allTemplates.collection, allTemplates.id)?.templates ?? [])
      if (templates.some((one) => one.name === template.name && one.id !== template.id)) {
        throw paramFault('name', 'duplicate_record', 'is taken', 'There is a JWT template of this name.')
      }
      const row: JwtTemplatesRow = { id: allTemplates.id, templates }
      return { writes: [{ put: 'jwtTemplates', row }], result: template }
    },
  }
}

/** Refuses claims that no token may say. */
function assertUsable(claims: JsonObject): void {
  const taken = Object.keys(claims).find((name) => isReservedClaim(name) && name !== 'aud')
  if (taken) {
    const long = `The claim "${taken}" has a meaning of its own in the tokens of this server; give it another name.`
    throw paramFault('claims', 'form_param_value_invalid', 'holds a reserved claim', long)
  }
  const hidden = hiddenShortcode(claims)
  if (hidden) {
    const long = `{{${hidden.slice(0, 80)}}} is not the front end's to read, and whoever holds a token can read it.`
    throw paramFault('claims', 'form_param_value_invalid', 'holds what no token may', long)
  }
  if (jsonBytes(claims) > templateLimit) {
    const long = `The claims of a template are ${templateLimit} bytes of JSON at most.`
    throw paramFault('claims', 'form_param_value_invalid', 'is too large', long)
  }
}

/** Refuses keys of a template's own: every token is signed by the key of the instance, which the JWKS shows. */
function assertSigned(body: UpdateJwtTemplateBody): void {
  const param = body.custom_signing_key ? 'custom_signing_key' : body.signing_key ? 'signing_key' : undefined
  const other = body.signing_algorithm && body.signing_algorithm !== 'RS256' ? 'signing_algorithm' : undefined
  const refused = param ?? other
  if (refused === undefined) return
  const long = `${refused} is not there: tokens of every template are signed by the key of the instance (RS256).`
  throw paramFault(refused, 'form_param_value_invalid', 'is not there', long)
}
