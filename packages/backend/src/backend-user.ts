import {
  canRead,
  type JsonObject,
  kinds,
  type LooseJson,
  type MetadataDefinition,
  type MetadataField,
  metadataField,
  type ReadableKind,
  type ReadView,
  type RegisteredMetadata,
  toAppNames,
  toMetadata,
  type UserData,
} from '@acme/schema'

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

type HiddenField = MetadataField<Exclude<ReadableKind<'backend'>, ReadableKind<'frontend'>>>

const hiddenFields = kinds.filter((kind) => !canRead('frontend', kind)).map(metadataField)

/** Reads a user of the Backend API, through the app's schemas where it has defined them. */
export function readUser<M>(json: LooseJson, definition?: MetadataDefinition): User<M> {
  const metadata = toMetadata(json, 'backend')
  return new BackendUser(json, definition?.['~read']?.(metadata) ?? metadata) as unknown as User<M>
}

class BackendUser {
  // Out of reach of every reflection, console.log's showHidden included.
  readonly #hidden: Readonly<Record<string, JsonObject>>

  static {
    for (const field of hiddenFields) {
      Object.defineProperty(BackendUser.prototype, field, {
        get(this: BackendUser) {
          return this.#hidden[field]
        },
      })
    }
  }

  constructor(json: LooseJson, all: Readonly<Record<string, JsonObject>>) {
    const shown = Object.entries(all).filter(([field]) => !(hiddenFields as string[]).includes(field))
    Object.assign(this, toAppNames<UserData>(json), Object.fromEntries(shown))
    this.#hidden = Object.fromEntries(hiddenFields.map((field: HiddenField) => [field, all[field] ?? {}]))
  }

  toClient(): object {
    return { ...this }
  }

  // Asked to show getters, util.inspect would call those above.
  [Symbol.for('nodejs.util.inspect.custom')](): object {
    return this.toClient()
  }

  toJSON(options?: { readonly includePrivate?: boolean }): object {
    return options?.includePrivate ? { ...this, ...this.#hidden } : { ...this }
  }
}
