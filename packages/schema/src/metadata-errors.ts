import { AcmeError, type CallFacts } from './errors.ts'
import { metadataField } from './fields.ts'
import { formatPath, type JsonPath } from './json.ts'
import type { Kind } from './visibility.ts'

/** One thing that is wrong with a metadata value. */
export interface MetadataIssue {
  /** Where it is, from the metadata object inward. */
  readonly path: JsonPath
  /** What is wrong there; never the value itself. */
  readonly message: string
}

/** Metadata that is not JSON, breaks a rule, or does not fit the app's schema. Nothing was stored. */
export class MetadataInvalidError extends AcmeError {
  override name = 'MetadataInvalidError'
  /** The kind of metadata, where it is known. */
  readonly kind: Kind | undefined
  readonly issues: readonly MetadataIssue[]

  constructor(options: CallFacts & { kind?: Kind | undefined; issues: readonly MetadataIssue[] }) {
    const field = options.kind ? metadataField(options.kind) : 'metadata'
    const lines = options.issues.map(({ path, message }) => `${formatPath([field, ...path])}: ${message}`)
    super({ ...options, code: 'form_param_value_invalid', message: lines.join('; ') })
    this.kind = options.kind
    this.issues = options.issues
  }
}

/** Metadata over the limit. Nothing was stored. */
export class MetadataTooLargeError extends AcmeError {
  override name = 'MetadataTooLargeError'
  readonly kind: Kind
  /** The size of the value that was refused (after the merge, for a merge), in bytes. */
  readonly bytes: number
  /** The most that is accepted, in bytes. */
  readonly limit: number
  /** The largest members and their sizes in bytes, largest first. */
  readonly largest: readonly { readonly path: JsonPath; readonly bytes: number }[]

  constructor(
    options: CallFacts & {
      kind: Kind
      bytes: number
      limit: number
      largest: readonly { readonly path: JsonPath; readonly bytes: number }[]
    },
  ) {
    const { kind, bytes, limit, largest } = options
    const where = largest.map((member) => `${formatPath(member.path)} (${member.bytes})`).join(', ')
    super({
      ...options,
      code: 'form_param_exceeds_allowed_size',
      message:
        `${metadataField(kind)} is ${bytes} bytes of JSON; the limit is ${limit}. ` +
        `${where && `Largest: ${where}. `}Keep large values in your own database and an id here.`,
    })
    this.kind = kind
    this.bytes = bytes
    this.limit = limit
    this.largest = largest
  }
}

/** A conditional write found another version than the one it names. Nothing was stored. */
export class MetadataConflictError<Current = unknown> extends AcmeError {
  override name = 'MetadataConflictError'
  /** The user as it is now, as far as the caller may see it. */
  readonly current: Current | undefined

  constructor(options: CallFacts & { message?: string; current?: Current | undefined }) {
    super({
      message: 'The user was changed by someone else. Read it again and repeat the change.',
      ...options,
      code: 'version_conflict',
    })
    this.current = options.current
  }
}
