import type { MetadataDefinition } from './define-metadata.ts'
import { AcmeError } from './errors.ts'
import type { MetadataField } from './fields.ts'
import type { DeepReadonly, ReadMetadata, WriteMetadata } from './metadata-types.ts'
import type { Kind } from './visibility.ts'

/** A user as a migration finds them: their metadata, as the definition it is from reads it. */
export type UserToMigrate<From> = {
  readonly id: string
  readonly createdAt: Date
} & { readonly [K in Kind as MetadataField<K>]: ReadMetadata<From, K> }

/** The kinds that cannot stay as they are. */
type Changed<From, To> = {
  [K in Kind]: ReadMetadata<From, K> extends WriteMetadata<To, K> ? never : K
}[Kind]

/**
 * What a migration makes of a user: each kind whole. One that is left out stays as it is, which the compiler allows where
 * what it was fits what it is to be.
 */
export type MigratedUser<From, To> = {
  readonly [K in Changed<From, To> as MetadataField<K>]: DeepReadonly<WriteMetadata<To, K>>
} & {
  readonly [K in Exclude<Kind, Changed<From, To>> as MetadataField<K>]?: DeepReadonly<WriteMetadata<To, K>> | undefined
}

/**
 * A migration of the metadata of all users, from one definition to another. Made by {@link defineMigration}, which finds
 * out what the functions make.
 */
export interface Migration<
  From extends MetadataDefinition,
  To extends MetadataDefinition,
  Up extends MigratedUser<From, To> = MigratedUser<From, To>,
  Down extends MigratedUser<To, From> = MigratedUser<To, From>,
> {
  /** Its name, in the history of each user and for ever: letters, digits, `_`, `.` and `-`, 64 at the most. */
  readonly name: string
  /** The definition that holds. */
  readonly from: From
  /** The definition that is to hold. */
  readonly to: To
  /**
   * Makes the new form of a user from the old one. It may be called more than once for one user, when somebody writes them
   * meanwhile, so that it does nothing else. What it throws is told of that user; the others go on.
   */
  up(user: UserToMigrate<From>): Up | Promise<Up>
  /** Makes the old form of a user from the new one, for those who were written since: the others become what they were. */
  down?(user: UserToMigrate<To>): Down | Promise<Down>
}

/**
 * Defines a migration, to be the default export of a module that `npx @acme/server schema migrate` runs.
 *
 * @throws AcmeError `migration_name_invalid`
 *
 * @example
 * export default defineMigration({
 *   name: '0002-plan-to-tier',
 *   from: oldMetadata,
 *   to: metadata,
 *   up: ({ publicMetadata: { plan, ...rest } }) => ({ publicMetadata: { ...rest, tier: plan === 'pro' ? 1 : 0 } }),
 *   down: ({ publicMetadata: { tier, ...rest } }) => ({ publicMetadata: { ...rest, plan: tier > 0 ? 'pro' : 'free' } }),
 * })
 */
export function defineMigration<
  From extends MetadataDefinition,
  To extends MetadataDefinition,
  // As they are written: a text that only some are allowed for is none of all texts.
  const Up extends MigratedUser<From, To>,
  const Down extends MigratedUser<To, From>,
>(migration: Migration<From, To, Up, Down>): Migration<From, To, Up, Down> {
  if (!/^[\w.-]{1,64}$/.test(migration.name)) {
    const message = 'The name of a migration is made of letters, digits, _, . and -, 64 at the most: 0002-plan-to-tier.'
    throw new AcmeError({ code: 'migration_name_invalid', message })
  }
  return migration
}
