import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { CheckedClaims, ClaimAt } from './claim-types.ts'
import { assertClaims, type ClaimPaths } from './claims.ts'
import { metadataField, metadataParam } from './fields.ts'
import { type JsonObject, type JsonPath, jsonObjectOrEmpty } from './json.ts'
import { mergeMetadata } from './merge-metadata.ts'
import { MetadataInvalidError, type MetadataIssue } from './metadata-errors.ts'
import { type MetadataOptions, type PushedOptions, readOptions } from './metadata-options.ts'
import type { LooseJson } from './user.ts'
import { type Kind, kinds } from './visibility.ts'

/** The app's own schema for each kind; any Standard Schema library's. A kind left out holds any JSON object. */
export type MetadataSchemas = { readonly [K in Kind]?: StandardSchemaV1 | undefined }

type WithPrivate<S, P> = {
  readonly [K in keyof S | 'private']: K extends 'private' ? P : K extends keyof S ? S[K] : never
}

/** No claims at all. */
type NoClaims = { readonly [name in never]: string }

type Output<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : unknown
type Input<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferInput<S> : unknown

/** What there is of each kind, as types: of a definition that may be any. */
type KindTypes = { readonly [K in Kind]?: unknown }

/** The schemas that have these types. A kind of which nothing is known has none. */
type SchemasOf<Read, Stored> = {
  readonly [K in keyof Read]: K extends keyof Stored
    ? unknown extends Stored[K]
      ? StandardSchemaV1 | undefined
      : StandardSchemaV1<Stored[K], Read[K]>
    : StandardSchemaV1 | undefined
}

/** Which type of a schema the app writes: what the schema takes in, or, with codecs, what it gives out. */
export type WrittenType = 'input' | 'output'

/** What turns values that the app holds into the JSON that travels, by schemas that run backwards as well. */
export interface MetadataCodecs {
  /** Encodes a whole value, or says what is wrong with it. */
  encode(schema: StandardSchemaV1, value: unknown): StandardSchemaV1.Result<unknown>
  /** Encodes a merge patch (RFC 7396) of such a value. */
  encodePatch(schema: StandardSchemaV1, patch: unknown): StandardSchemaV1.Result<unknown>
}

/** How a definition reads and checks. */
export interface MetadataChecks {
  /**
   * What happens when stored data does not fit the schema, which it may be older than: it is given as it is
   * (`ignore`), that and a line on the console that names the paths (`warn`), or the read throws
   * {@link MetadataInvalidError} (`error`). @default 'ignore'
   */
  readonly onInvalid?: 'error' | 'warn' | 'ignore' | undefined
  /**
   * Makes app code hold the schemas' outputs, a `Date` for example, when it writes as well; they are encoded
   * before they are sent. `zodCodecs` of `@acme/schema/zod` does so for `z.codec`.
   */
  readonly codecs?: MetadataCodecs | undefined
}

/** Which values of a user's metadata their session tokens carry. */
export interface ClaimOptions<S, C extends ClaimPaths> {
  /**
   * Paths into what the front end may read, by the names of the claims: `{ plan: 'public.plan' }`. The server puts them into
   * session tokens once the definition is pushed, and `tokens.verify` gives them typed.
   */
  readonly claims?: CheckedClaims<S, C> | undefined
}

/**
 * The app's metadata schemas, ready to be given to the clients. Made by {@link defineMetadata}.
 *
 * It is a type of what the app reads and what is stored, by kind, and not of the schemas, so that what the compiler says of
 * a wrong line names the app's keys and nothing of the schema library.
 */
export interface MetadataDefinition<
  Read extends KindTypes = KindTypes,
  Stored extends KindTypes = KindTypes,
  W extends WrittenType = WrittenType,
  Claims = unknown,
> {
  readonly schemas: SchemasOf<Read, Stored>
  /** What is declared besides the schemas, as it is pushed with them. */
  readonly options: PushedOptions
  /**
   * Adds the schema of private metadata, and options on top of those there are. Call it in a module that only the
   * server imports, so that no private key name enters a browser bundle.
   */
  withPrivate<P extends StandardSchemaV1>(
    schema: P,
    options?: MetadataOptions<WithPrivate<SchemasOf<Read, Stored>, P>>,
  ): MetadataDefinition<
    WithPrivate<Read, StandardSchemaV1.InferOutput<P>>,
    WithPrivate<Stored, StandardSchemaV1.InferInput<P>>,
    W,
    Claims
  >
  /** Makes the JSON that travels of what a write was given, whole or as a patch. For the clients; absent without codecs. */
  readonly '~encode'?: (<T extends object>(params: T, isPatch: boolean) => T) | undefined
  /**
   * Checks what a write sets, kind by kind: whole values, or, given the user as stored, the patches. A patch is
   * refused for what it would break and not for what was broken before. For the clients.
   */
  '~check'(params: object, stored?: LooseJson): Promise<void>
  /** Reads stored values through the schemas: defaults and transforms apply. For the clients. */
  '~read'<T extends object>(fields: T): T
  /** Carries the types; absent at run time. */
  readonly '~types'?: {
    readonly output: Read
    readonly input: W extends 'output' ? Read : Stored
    readonly claims: Claims
  }
}

/**
 * Defines the app's metadata by a schema for each kind, of any Standard Schema library. The types of the
 * clients come from it: what is read has the schema's output type, what is written its input type, or, with
 * {@link MetadataChecks.codecs}, the output type too.
 *
 * @throws AcmeError `claim_invalid` for claims that no token may carry
 *
 * @example
 * export const metadata = defineMetadata({
 *   public: z.object({ plan: z.enum(['free', 'pro']) }),
 *   unsafe: z.object({ theme: z.enum(['light', 'dark']).optional() }),
 * })
 */
export function defineMetadata<const S extends MetadataSchemas, const C extends ClaimPaths = NoClaims>(
  schemas: S,
  checks: MetadataChecks & MetadataOptions<S> & ClaimOptions<S, C> & { readonly codecs: MetadataCodecs },
): MetadataDefinition<
  { readonly [K in keyof S]: Output<S[K]> },
  { readonly [K in keyof S]: Input<S[K]> },
  'output',
  { readonly [N in keyof C]?: ClaimAt<S, C[N]> | undefined }
>
export function defineMetadata<const S extends MetadataSchemas, const C extends ClaimPaths = NoClaims>(
  schemas: S,
  checks?: MetadataChecks & MetadataOptions<S> & ClaimOptions<S, C>,
): MetadataDefinition<
  { readonly [K in keyof S]: Output<S[K]> },
  { readonly [K in keyof S]: Input<S[K]> },
  'input',
  { readonly [N in keyof C]?: ClaimAt<S, C[N]> | undefined }
>
export function defineMetadata<const S extends MetadataSchemas>(
  schemas: S,
  checks: MetadataChecks & PushedOptions = {},
): MetadataDefinition {
  /** Visits the kinds that are there and have a schema. */
  function each(
    fields: object,
    visit: (schema: StandardSchemaV1, value: unknown, kind: Kind, field: string) => void,
  ): void {
    for (const kind of kinds) {
      const field = metadataField(kind)
      const value = (fields as Record<string, unknown>)[field]
      if (schemas[kind] && value !== undefined) visit(schemas[kind], value, kind, field)
    }
  }
  const { codecs } = checks
  const options = readOptions(checks)
  if (options.claims) assertClaims(options.claims)
  return {
    schemas,
    options,
    '~encode':
      codecs &&
      ((params, isPatch) => {
        const encoded: Record<string, unknown> = {}
        each(params, (schema, value, kind, field) => {
          encoded[field] = outputOf(isPatch ? codecs.encodePatch(schema, value) : codecs.encode(schema, value), kind)
        })
        return { ...params, ...encoded }
      }),
    async '~check'(params, stored) {
      const results: Promise<unknown>[] = []
      each(params, (schema, value, kind) => {
        const check = async () => {
          if (!stored) return refuse(issuesOf(await validate(schema, value)), kind)
          const before = jsonObjectOrEmpty(stored[metadataParam(kind)])
          const known = new Set(issuesOf(await validate(schema, before)).map(toText))
          const result = await validate(schema, mergeMetadata(before, value as JsonObject))
          refuse(
            issuesOf(result).filter((issue) => !known.has(toText(issue))),
            kind,
          )
        }
        results.push(check())
      })
      await Promise.all(results)
    },
    '~read'(fields) {
      const read: Record<string, unknown> = {}
      each(fields, (schema, value, kind, field) => {
        const result = validate(schema, value)
        try {
          // A read does not wait: what an asynchronous schema says comes too late.
          if (!(result instanceof Promise)) read[field] = freeze(outputOf(result, kind))
        } catch (error) {
          if (checks.onInvalid === 'error') throw error
          if (checks.onInvalid === 'warn') console.warn((error as Error).message)
        }
      })
      return { ...fields, ...read }
    },
    withPrivate<P extends StandardSchemaV1>(schema: P, more: MetadataOptions<WithPrivate<S, P>> = {}) {
      const all = { ...schemas, private: schema } as unknown as WithPrivate<S, P>
      return defineMetadata(all, { ...checks, ...readOptions(more, options) } as MetadataChecks) as never
    },
  }
}

function validate(schema: StandardSchemaV1, value: unknown) {
  // A copy: some libraries (arktype) transform in place, and the caller's value is what is sent and stored.
  return schema['~standard'].validate(structuredClone(value))
}

function issuesOf({ issues = [] }: StandardSchemaV1.Result<unknown>): MetadataIssue[] {
  return issues.map(({ message, path = [] }) => ({
    path: Array.from(path, (step) => (typeof step === 'object' ? step.key : step)) as JsonPath,
    message,
  }))
}

function outputOf(result: StandardSchemaV1.Result<unknown>, kind: Kind): unknown {
  refuse(issuesOf(result), kind)
  return (result as StandardSchemaV1.SuccessResult<unknown>).value
}

function refuse(issues: MetadataIssue[], kind: Kind): void {
  if (issues.length > 0) throw new MetadataInvalidError({ kind, issues })
}

function toText(issue: MetadataIssue): string {
  return JSON.stringify(issue)
}

/** Freezes what is JSON in it: a date or a map that a schema made keeps its methods. */
function freeze(value: unknown): unknown {
  const prototype = value && typeof value === 'object' ? Object.getPrototypeOf(value) : undefined
  if (prototype !== Object.prototype && prototype !== Array.prototype) return value
  for (const member of Object.values(value as object)) freeze(member)
  return Object.freeze(value)
}
