import {
  type LooseJson,
  type MetadataDefinition,
  type ReadView,
  type RegisteredMetadata,
  toAppNames,
  toMetadata,
  type UserData,
} from '@acme/schema'
import { guard } from './guard.ts'

/** The user as a browser may see it: plain data, without any metadata that the frontend cannot read. */
export type ClientUser<M = RegisteredMetadata> = UserData & ReadView<'frontend', M>

/** The user as plain data, with every kind of metadata. */
export type WholeUser<M = RegisteredMetadata> = UserData & ReadView<'backend', M>

/**
 * A user, as the server side sees it. What a browser may see is plain data; the metadata that it may
 * not see stands behind an accessor, so that it does not slip out through `JSON.stringify`, spread,
 * `console.log`, `structuredClone` or the props of a client component.
 */
export type User<M = RegisteredMetadata> = UserData &
  ReadView<'backend', M> & {
    /** The plain data that a browser may see. */
    toClient(): ClientUser<M>
    /** The same, which is what `JSON.stringify` takes; with `includePrivate` all of it. */
    toJSON(options?: { readonly includePrivate?: false }): ClientUser<M>
    toJSON(options: { readonly includePrivate: true }): WholeUser<M>
  }

/** Reads a user of the Backend API, through the app's schemas where it has defined them. */
export function readUser<M>(json: LooseJson, definition?: MetadataDefinition): User<M> {
  const metadata = toMetadata(json, 'backend')
  return guard(toAppNames<UserData>(json), definition?.['~read']?.(metadata) ?? metadata) as unknown as User<M>
}
