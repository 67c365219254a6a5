import type { Kind } from './visibility.ts'

/** The name of a kind of metadata in app code, for example `publicMetadata`. */
export type MetadataField<K extends Kind = Kind> = `${K}Metadata`

/** The name of a kind of metadata on the wire, for example `public_metadata`. */
export type MetadataParam<K extends Kind = Kind> = `${K}_metadata`

/** Gives the name of a kind of metadata in app code. */
export function metadataField<K extends Kind>(kind: K): MetadataField<K> {
  return `${kind}Metadata`
}

/** Gives the name of a kind of metadata on the wire. */
export function metadataParam<K extends Kind>(kind: K): MetadataParam<K> {
  return `${kind}_metadata`
}
