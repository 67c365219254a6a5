import { AcmeError, type CallFacts } from './errors.ts'
import { metadataField } from './fields.ts'
import { formatPath, type JsonPath } from './json.ts'
import { metadataLimit } from './metadata-limit.ts'
import type { Kind } from './visibility.ts'

/** One thing that is wrong with a metadata value. */
export interface MetadataIssue {
  /** Where it is, from the metadata object inward. */
  readonly path: JsonPath
  /** What is wrong there; never the value itself. */
  readonly message: string
}

/** A member of a metadata value and its size. */
export interface MemberSize {
  readonly path: JsonPath
  /** In bytes. */
  readonly bytes: number
}

/** Metadata that is not JSON, breaks a rule, or does not fit the app's schema. Nothing was stored. */
export class MetadataInvalidError extends AcmeError {
  override name = 'MetadataInvalidError'
  /** The kind of metadata, where it is known. */
  declare readonly kind: Kind | undefined
  declare readonly issues: readonly MetadataIssue[]

  constructor(options: CallFacts & { kind?: Kind | undefined; issues: readonly MetadataIssue[] }) {
    const { kind, issues } = options
    const field = kind ? metadataField(kind) : 'metadata'
    super({
      ...options,
      code: 'form_param_value_invalid',
      message: issues.map(({ path, message }) => `${formatPath([field, ...path])} ${message}`).join('; '),
    })
  }
}

/** Metadata over the limit. Nothing was stored. */
export class MetadataTooLargeError extends AcmeError {
  override name = 'MetadataTooLargeError'
  declare readonly kind: Kind
  /**
   * The size of the value that was refused, in bytes; for a merge, of what it would have become.
   * Undefined where the server does not say.
   */
  declare readonly bytes: number | undefined
  /** The most that is accepted, in bytes. */
  declare readonly limit: number
  /** The largest members, largest first. */
  declare readonly largest: readonly MemberSize[]

  constructor(
    options: CallFacts & { kind: Kind; bytes?: number | undefined; largest?: readonly MemberSize[] | undefined },
  ) {
    const { kind, bytes, largest = [] } = options
    const where = largest.map((member) => `${formatPath(member.path)} (${member.bytes})`).join(', ')
    super({
      ...options,
      code: 'form_param_exceeds_allowed_size',
      message: `${metadataField(kind)} has ${bytes ?? 'too many'} bytes of JSON, over the limit of ${metadataLimit}; the largest: ${where || '?'}`,
    })
    this.limit = metadataLimit
    this.largest = largest
  }
}

/** A conditional write found another version than the one it names. Nothing was stored. */
export class MetadataConflictError<Current = unknown> extends AcmeError {
  override name = 'MetadataConflictError'
  // Out of reach of whatever prints or copies an error.
  readonly #current: Current | undefined

  constructor({ current, ...facts }: CallFacts & { current?: Current | undefined }) {
    super({
      ...facts,
      code: 'version_conflict',
      message: 'the user was changed meanwhile: read it again and repeat the change',
    })
    this.#current = current
  }

  /** The user as it is now, as far as the caller may see it. It shows in no log and no copy of the error. */
  get current(): Current | undefined {
    return this.#current
  }

  /** What Node prints of it: asked to, it would call every getter. */
  [Symbol.for('nodejs.util.inspect.custom')](): object {
    return { ...this, stack: this.stack }
  }
}
