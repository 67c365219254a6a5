import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Kind } from './visibility.ts'

/** The app's own schema for each kind; any Standard Schema library's. A kind left out holds any JSON object. */
export type MetadataSchemas = { readonly [K in Kind]?: StandardSchemaV1 | undefined }

type WithPrivate<S, P> = {
  readonly [K in keyof S | 'private']: K extends 'private' ? P : K extends keyof S ? S[K] : never
}

type Outputs<S> = { [K in keyof S]: S[K] extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S[K]> : unknown }
type Inputs<S> = { [K in keyof S]: S[K] extends StandardSchemaV1 ? StandardSchemaV1.InferInput<S[K]> : unknown }

/** The app's metadata schemas, ready to be given to the clients. Made by {@link defineMetadata}. */
export interface MetadataDefinition<S extends MetadataSchemas = MetadataSchemas> {
  readonly schemas: S
  /**
   * Adds the schema of private metadata. Call it in a module that only the server imports, so that no
   * private key name enters a browser bundle.
   */
  withPrivate<P extends StandardSchemaV1>(schema: P): MetadataDefinition<WithPrivate<S, P>>
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
export function defineMetadata<const S extends MetadataSchemas>(schemas: S): MetadataDefinition<S> {
  return {
    schemas,
    withPrivate<P extends StandardSchemaV1>(schema: P): MetadataDefinition<WithPrivate<S, P>> {
      return defineMetadata({ ...schemas, private: schema } as unknown as WithPrivate<S, P>)
    },
  }
}
