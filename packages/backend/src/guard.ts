import { canRead, kinds, type MetadataField, metadataField, type ReadableKind } from '@acme/schema'

type HiddenField = MetadataField<Exclude<ReadableKind<'backend'>, ReadableKind<'frontend'>>>

const hiddenFields = kinds.filter((kind) => !canRead('frontend', kind)).map(metadataField)

/**
 * Joins plain data about a user and, by kind of metadata, what is known of it. What a browser may not see stands behind
 * an accessor, so that it does not slip out through `JSON.stringify`, spread, `console.log`, `structuredClone` or the
 * props of a client component.
 */
export function guard(data: object, metadata: Readonly<Record<string, unknown>>): object {
  return new Guarded(data, metadata)
}

class Guarded {
  // Out of reach of every reflection, console.log's showHidden included.
  readonly #hidden: Readonly<Record<string, unknown>>

  static {
    for (const field of hiddenFields) {
      Object.defineProperty(Guarded.prototype, field, {
        get(this: Guarded) {
          return this.#hidden[field]
        },
      })
    }
  }

  constructor(data: object, all: Readonly<Record<string, unknown>>) {
    const shown = Object.entries(all).filter(([field]) => !(hiddenFields as string[]).includes(field))
    Object.assign(this, data, Object.fromEntries(shown))
    const hidden = hiddenFields.filter((field: HiddenField) => all[field] !== undefined)
    this.#hidden = Object.fromEntries(hidden.map((field) => [field, all[field]]))
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
