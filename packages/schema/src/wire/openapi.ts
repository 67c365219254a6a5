import * as z from 'zod/mini'
import type { JsonObject } from '../json.ts'
import { metadataLimit } from '../metadata-limit.ts'
import { clientJson } from './client.ts'
import { errorJson } from './error.ts'
import { jsonObject } from './json-object.ts'
import { type Operation, operations } from './operations.ts'
import { backendSessionJson, publicUserDataJson, sessionJson, tokenJson } from './session.ts'
import { signInJson } from './sign-in.ts'
import { codeVerificationJson, signUpJson } from './sign-up.ts'
import { backendUserJson, emailAddressJson, frontendUserJson } from './user.ts'
import { webhookEndpointJson } from './webhook-endpoint.ts'

/** What is met in several places, by name; what is met in one is named after its operation. */
const shared = {
  Error: errorJson,
  Client: clientJson,
  Session: sessionJson,
  BackendSession: backendSessionJson,
  PublicUserData: publicUserDataJson,
  Token: tokenJson,
  User: frontendUserJson,
  BackendUser: backendUserJson,
  EmailAddress: emailAddressJson,
  SignUp: signUpJson,
  SignIn: signInJson,
  CodeVerification: codeVerificationJson,
  WebhookEndpoint: webhookEndpointJson,
}

const place = (name: string) => `#/components/schemas/${name}`

/** Describes the wire (OpenAPI 3.1), from the schemas that servers and clients work by. */
export function openApi(version: string): JsonObject {
  const names = new Map<z.ZodMiniType, string>(Object.entries(shared).map(([name, schema]) => [schema, name]))
  for (const { id, body, reply } of operations) {
    const title = id.charAt(0).toUpperCase() + id.slice(1)
    if (body && !names.has(body)) names.set(body, `${title}Body`)
    if (reply && !names.has(reply)) names.set(reply, `${title}Reply`)
  }
  const refer = (schema: z.ZodMiniType): JsonObject => ({ $ref: place(names.get(schema) as string) })

  const paths: Record<string, Record<string, JsonObject>> = {}
  for (const operation of operations) {
    const methods = paths[operation.path] ?? {}
    paths[operation.path] = methods
    methods[operation.method] = describe(operation, refer)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'User metadata',
      version,
      description:
        `Clerk's Frontend and Backend API for user metadata. Each kind of metadata has at most ${metadataLimit} bytes of JSON. ` +
        'Browsers send PATCH, PUT and DELETE of the Frontend API as POST with the method in the query parameter _method, ' +
        'and bodies as forms in which metadata is JSON text.',
    },
    paths: paths as JsonObject,
    components: {
      schemas: toSchemas(names),
      securitySchemes: {
        secretKey: { type: 'http', scheme: 'bearer', description: 'The secret key, sk_test_… or sk_live_….' },
        client: { type: 'apiKey', in: 'cookie', name: '__client' },
      },
    },
  }
}

function describe(
  { side, path, id, summary, query = [], body, reply, form = 'envelope' }: Operation,
  refer: (schema: z.ZodMiniType) => JsonObject,
): JsonObject {
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...query.map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
  ]
  const sent = (reply: z.ZodMiniType) => {
    const resource = form === 'nullable' ? orNull(refer(reply)) : refer(reply)
    return side === 'frontend' && form !== 'bare' ? envelope(resource, orNull(refer(clientJson))) : resource
  }
  return {
    operationId: id,
    tags: [side],
    summary,
    security: [side === 'backend' ? { secretKey: [] } : { client: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { content: contentOf(side, refer(body)) } }),
    responses: {
      ...(reply
        ? { '200': { description: 'Done.', content: form === 'events' ? eventContent : json(sent(reply)) } }
        : { '307': { description: 'Sent on.' } }),
      default: {
        description: 'Refused, or failed.',
        content: json(refer(errorJson)),
      },
    },
  }
}

/** OpenAPI 3.1 has no word for what a stream consists of. */
const eventContent: JsonObject = {
  'text/event-stream': {
    schema: {
      type: 'string',
      description: `Events named user, whose data is a User (${place('User')}), or null when the session is over; the id is the version.`,
    },
  },
}

function json(schema: JsonObject): JsonObject {
  return { 'application/json': { schema } }
}

function orNull(schema: JsonObject): JsonObject {
  return { anyOf: [schema, { type: 'null' }] }
}

function envelope(response: JsonObject, client: JsonObject): JsonObject {
  const properties = { response, client }
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

function contentOf(side: Operation['side'], schema: JsonObject): JsonObject {
  return side === 'backend' ? json(schema) : { 'application/x-www-form-urlencoded': { schema }, ...json(schema) }
}

function toSchemas(names: ReadonlyMap<z.ZodMiniType, string>): JsonObject {
  const registry = z.registry<{ id: string }>()
  for (const [schema, id] of names) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, {
    uri: place,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // Checked by code, which JSON Schema cannot say otherwise.
      if ((zodSchema as unknown) === jsonObject) jsonSchema.type = 'object'
    },
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema, $id, ...schema }]) => [name, schema as JsonObject]),
  )
}
