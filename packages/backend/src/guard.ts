import { canRead, kinds, metadataField } from '@acme/schema'

const hiddenFields: ReadonlySet<string> = new Set(
  kinds.filter((kind) => !canRead('frontend', kind)).map((kind) => metadataField(kind)),
)

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
    const shown = Object.assign(this as Record<string, unknown>, data)
    const hidden: Record<string, unknown> = {}
    for (const field of Object.keys(all)) {
      if (!hiddenFields.has(field)) shown[field] = all[field]
      else if (all[field] !== undefined) hidden[field] = all[field]
    }
    this.#hidden = hidden
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
