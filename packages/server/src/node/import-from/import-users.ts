import { statSync } from 'node:fs'
import type { Deps } from '../../domain/deps.ts'
import { Fault } from '../../domain/fault.ts'
import { identifierId } from '../../domain/users/identifiers.ts'
import { type ImportedUser, type ImportOutcome, importPassword, importUser } from '../../domain/users/import-user.ts'
import type { Storage } from '../../storage/storage.ts'
import { fold } from '../../storage/user-text.ts'
import { createProgress } from '../progress.ts'
import type { ForeignUser, LeftOut } from './foreign-user.ts'
import type { ImportReport, Refusal } from './import-report.ts'
import { createInOrder } from './in-order.ts'
import { type MetadataMapping, mapMetadata } from './metadata-mapping.ts'
import { readExport } from './read-export.ts'
import { refusalsOf } from './refusals-of.ts'
import { auth0Id, auth0Password } from './sources/auth0.ts'
import type { Source, SourceOptions } from './sources/source.ts'

/** What of an export is taken, and how. */
export interface ImportChoices extends SourceOptions {
  readonly mapping: MetadataMapping
  /** Takes e-mail addresses that nobody has verified as if they were. */
  readonly takesUnverified: boolean
  /** `refuse` refuses whoever has a hash that cannot be verified; `skip` takes them without it; `none` takes no hash. */
  readonly passwords: 'refuse' | 'skip' | 'none'
}

/** How many users came to what. */
export interface ImportCounts {
  imported: number
  known: number
  refused: number
  /** Of those imported or known, how many are not as they were. */
  partly: number
}

/** How many are written at once; the storage commits together what waits. */
const atOnce = 256

/** Reads an export to its end, writing nothing. @throws Error where it is not one, or needs what is not given */
export async function checkExport(file: string, source: Source, choices: ImportChoices): Promise<number> {
  if (/\.csv$/i.test(file) && !source.hasCsv)
    throw new Error(`${file}: exports of ${source.name} are read as JSON, not as CSV`)
  const progress = createProgress('checking')
  const { size } = statSync(file)
  let records = 0
  let named = 0
  for await (const { number, fields, bytes } of readExport(file)) {
    records = number
    const user = fields && source.read(fields, choices)
    if (user && user.externalId !== '') named++
    const needsParameters = source.name === 'firebase' && !choices.firebase && choices.passwords === 'refuse'
    if (needsParameters && user?.password) {
      throw new Error(
        `${file} holds password hashes: give the project's parameters by --hash-config, or leave them out by --without-passwords`,
      )
    }
    progress.show(number, bytes / size)
  }
  progress.end()
  if (records > 0 && named === 0) throw new Error(`${file} is no export of ${source.name}: no user in it has an id`)
  return records
}

/** Writes the users of an export that are not there yet. */
export async function importUsers(
  deps: Deps,
  file: string,
  source: Source,
  choices: ImportChoices,
  report: ImportReport,
  existing?: Storage | undefined,
): Promise<ImportCounts> {
  const counts: ImportCounts = { imported: 0, known: 0, refused: 0, partly: 0 }
  const progress = createProgress('importing')
  const { size } = statSync(file)
  const inOrder = createInOrder(atOnce)
  for await (const { number, fields, broken, bytes } of readExport(file)) {
    const user = fields && source.read(fields, choices)
    const names = user ? [`id ${user.externalId}`, ...textsOf(user).map((text) => `name ${fold(text)}`)] : []
    await inOrder.begin(names, async () => {
      const about = { record: number, external_id: user?.externalId ?? '' }
      const made = user ? readUser(user, choices) : { reasons: [{ code: 'json_invalid', message: broken ?? '' }] }
      const reasons = 'reasons' in made ? made.reasons : await write(deps, made.imported, counts, existing)
      if (reasons.length > 0) {
        counts.refused++
        await report.add({ ...about, outcome: 'refused', reasons })
      } else if ('leftOut' in made && (made.leftOut.length > 0 || made.notes.length > 0)) {
        counts.partly++
        const notes = made.notes.length > 0 && { reasons: made.notes }
        await report.add({ ...about, outcome: 'partly', left_out: made.leftOut, ...notes })
      }
    })
    progress.show(number, bytes / size)
  }
  await inOrder.end()
  progress.end()
  return counts
}

/** Gives users the hashes of a file of Auth0's support, where they have none yet. */
export async function importPasswords(
  deps: Deps,
  file: string,
  report: ImportReport,
  existing?: Storage | undefined,
): Promise<ImportCounts> {
  const counts: ImportCounts = { imported: 0, known: 0, refused: 0, partly: 0 }
  const progress = createProgress('importing passwords')
  const { size } = statSync(file)
  const inOrder = createInOrder(atOnce)
  for await (const { number, fields, broken, bytes } of readExport(file)) {
    const externalId = fields ? auth0Id(fields) : ''
    await inOrder.begin([externalId], async () => {
      const reading = fields && auth0Password(fields)
      let reasons: readonly Refusal[] = []
      if (!reading) reasons = [{ code: 'json_invalid', message: broken ?? 'there is no password hash' }]
      else if ('refusal' in reading) reasons = [passwordRefusal(reading.refusal)]
      else {
        try {
          counts[(await hasPassword(existing, externalId)) ?? (await importPassword(deps, externalId, reading.hash))]++
        } catch (error) {
          reasons = refusalsOf(error)
        }
      }
      if (reasons.length === 0) return
      counts.refused++
      await report.add({ record: number, external_id: externalId, outcome: 'refused', reasons })
    })
    progress.show(number, bytes / size)
  }
  await inOrder.end()
  progress.end()
  return counts
}

/** In a dry run: what would become of a password of somebody who is in the real database. */
async function hasPassword(existing: Storage | undefined, externalId: string): Promise<ImportOutcome | undefined> {
  const holder = await existing?.find('identifiers', identifierId({ param: 'external_id', value: externalId }))
  const user = holder && (await existing?.find('users', holder.userId))
  return user && (user.passwordHash === null ? 'imported' : 'known')
}

function textsOf({ emailAddresses, username }: ForeignUser): readonly string[] {
  return [...emailAddresses.map(({ emailAddress }) => emailAddress), ...(username === null ? [] : [username])]
}

type Made =
  | { readonly imported: ImportedUser; readonly leftOut: readonly LeftOut[]; readonly notes: readonly Refusal[] }
  | { readonly reasons: readonly Refusal[] }

/** Makes of a foreign user the one to be written, or says all that is against it that can be told without a database. */
function readUser(user: ForeignUser, { mapping, takesUnverified, passwords }: ImportChoices): Made {
  const reasons: Refusal[] = []
  const notes: Refusal[] = []
  const leftOut = [...user.leftOut]
  if (user.gone !== undefined) reasons.push({ code: 'deleted_there', message: user.gone })
  const taken = user.emailAddresses.filter(({ isVerified }) => isVerified || takesUnverified)
  if (taken.length < user.emailAddresses.length) leftOut.push('unverified_email_address')
  if (taken.length === 0 && user.emailAddresses.length > 0 && user.username === null) {
    const message =
      'its e-mail address is not verified, so that it may be another person’s (--take-unverified takes it)'
    reasons.push({ code: 'email_address_not_verified', message, param: 'email_address' })
  }
  let passwordHash: string | null = null
  if (user.password && passwords === 'none') leftOut.push('password')
  else if (user.password && 'hash' in user.password) passwordHash = user.password.hash
  else if (user.password) {
    const refusal = passwordRefusal(user.password.refusal)
    if (passwords === 'refuse') reasons.push(refusal)
    else {
      notes.push(refusal)
      leftOut.push('password')
    }
  }
  try {
    const metadata = mapMetadata(mapping, user.metadata)
    if (reasons.length > 0) return { reasons }
    const emailAddresses = taken.map(({ emailAddress }) => emailAddress)
    return { imported: { ...user, emailAddresses, passwordHash, metadata }, leftOut, notes }
  } catch (error) {
    return { reasons: [...reasons, ...refusalsOf(error)] }
  }
}

function passwordRefusal({ code, message }: { code: string; message: string }): Refusal {
  return { code, message, param: 'password_digest' }
}

async function write(
  deps: Deps,
  user: ImportedUser,
  counts: ImportCounts,
  existing: Storage | undefined,
): Promise<readonly Refusal[]> {
  try {
    counts[await outcomeOf(deps, user, existing)]++
    return []
  } catch (error) {
    return refusalsOf(error)
  }
}

/** In a dry run it is written into a database of its own, and what the real one holds is looked up. */
async function outcomeOf(deps: Deps, user: ImportedUser, existing: Storage | undefined): Promise<ImportOutcome> {
  const plan = importUser(deps, user)
  if (existing) {
    const held = async (id: string) => (await existing.find('identifiers', id)) !== undefined
    if (await held(identifierId({ param: 'external_id', value: user.externalId }))) return 'known'
    for (const { collection, id } of plan.reads) {
      if (collection === 'identifiers' && (await held(id))) {
        const param = id.slice(0, id.indexOf(':'))
        const long = `That ${param.replace('_', ' ')} is taken. Please try another.`
        throw new Fault(422, [
          { code: 'form_identifier_exists', message: 'is taken', long_message: long, meta: { param_name: param } },
        ])
      }
    }
  }
  return deps.storage.transact(plan)
}
