import type { JsonObject, Kind } from '@acme/schema'
import type { FirebaseParameters } from '../../../auth/foreign-hashes/firebase-hash.ts'
import type { ForeignUser } from '../foreign-user.ts'

/** Where metadata goes: to a kind, or nowhere. */
export type MappedTo = Kind | 'none'

/** What a reader is told besides the record. */
export interface SourceOptions {
  /** The password hash parameters of a Firebase project. */
  readonly firebase?: FirebaseParameters | undefined
}

/** A product whose exports are read. */
export interface Source {
  readonly name: string
  /** The names that the product gives to its kinds of metadata, where each goes, and why. */
  readonly metadata: Readonly<
    Record<string, { readonly to: MappedTo; readonly why: string; readonly isUsers?: boolean }>
  >
  /** Which field becomes the external id. */
  readonly idField: string
  /** Whether its exports are also CSV. */
  readonly hasCsv: boolean
  /** Reads one user. */
  read(record: JsonObject, options: SourceOptions): ForeignUser
}
