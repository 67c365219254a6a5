import type { StandardSchemaV1 } from '@standard-schema/spec'
import { metadataField } from './fields.ts'
import type { JsonPath } from './json.ts'
import { MetadataInvalidError } from './metadata-errors.ts'
import { type Kind, kinds } from './visibility.ts'

/** The app's own schema for each kind; any Standard Schema library's. A kind left out holds any JSON object. */
export type MetadataSchemas = { readonly [K in Kind]?: StandardSchemaV1 | undefined }

type WithPrivate<S, P> = {
  readonly [K in keyof S | 'private']: K extends 'private' ? P : K extends keyof S ? S[K] : never
}

type Outputs<S> = { [K in keyof S]: S[K] extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S[K]> : unknown }
type Inputs<S> = { [K in keyof S]: S[K] extends StandardSchemaV1 ? StandardSchemaV1.InferInput<S[K]> : unknown }

/** How a definition checks. */
export interface MetadataChecks {
  /**
   * What happens when stored data does not fit the schema, which it may be older than: it is given as it is
   * (`ignore`), that and a line on the console that names the paths (`warn`), or the read throws
   * {@link MetadataInvalidError} (`error`). @default 'ignore'
   */
  readonly onInvalid?: 'error' | 'warn' | 'ignore' | undefined
}

/** The app's metadata schemas, ready to be given to the clients. Made by {@link defineMetadata}. */
export interface MetadataDefinition<S extends MetadataSchemas = MetadataSchemas> {
  readonly schemas: S
  /**
   * Adds the schema of private metadata. Call it in a module that only the server imports, so that no
   * private key name enters a browser bundle.
   */
  withPrivate<P extends StandardSchemaV1>(schema: P): MetadataDefinition<WithPrivate<S, P>>
  /** Checks what a write sets whole, kind by kind. For the clients. */
  '~check'(params: object): Promise<void>
  /** Reads stored values through the schemas: defaults and transforms apply. For the clients. */
  '~read'<T extends object>(fields: T): T
  /** Carries the types; absent at run time. */
  readonly '~types'?: { readonly output: Outputs<S>; readonly input: Inputs<S> }
}

/**
 * Describes the app's metadata by its own schemas, one for each kind. What the app reads has the
 * schema's output type, what it writes the input type.
 *
 * @example
 * const metadata = defineMetadata({
 *   public: z.object({ plan: z.enum(['free', 'pro']) }),
 *   unsafe: z.object({ theme: z.enum(['light', 'dark']).optional() }),
 * })
 */
export function defineMetadata<const S extends MetadataSchemas>(
  schemas: S,
  checks: MetadataChecks = {},
): MetadataDefinition<S> {
  const each = (
    fields: object,
    visit: (schema: StandardSchemaV1, value: unknown, kind: Kind, field: string) => void,
  ) => {
    for (const kind of kinds) {
      const field = metadataField(kind)
      const value = (fields as Record<string, unknown>)[field]
      if (schemas[kind] && value !== undefined) visit(schemas[kind], value, kind, field)
    }
  }
  return {
    schemas,
    async '~check'(params) {
      const results: Promise<unknown>[] = []
      each(params, (schema, value, kind) => {
        const check = async () => refuse(await schema['~standard'].validate(value), kind)
        results.push(check())
      })
      await Promise.all(results)
    },
    '~read'(fields) {
      const read: Record<string, unknown> = {}
      each(fields, (schema, value, kind, field) => {
        const result = schema['~standard'].validate(value)
        try {
          // A read does not wait: what an asynchronous schema says comes too late.
          if (!(result instanceof Promise)) read[field] = refuse(result, kind)
        } catch (error) {
          if (checks.onInvalid === 'error') throw error
          if (checks.onInvalid === 'warn') console.warn((error as Error).message)
        }
      })
      return { ...fields, ...read }
    },
    withPrivate<P extends StandardSchemaV1>(schema: P): MetadataDefinition<WithPrivate<S, P>> {
      return defineMetadata({ ...schemas, private: schema } as unknown as WithPrivate<S, P>, checks)
    },
  }
}

function refuse(result: StandardSchemaV1.Result<unknown>, kind: Kind): unknown {
  if (!result.issues) return result.value
  const issues = result.issues.map(({ message, path = [] }) => ({
    path: path.map((step) => (typeof step === 'object' ? step.key : step)) as JsonPath,
    message,
  }))
  throw new MetadataInvalidError({ kind, issues })
}
