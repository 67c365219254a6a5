import * as z from 'zod/mini'
import type { JsonObject } from '../json.ts'
import { metadataLimit } from '../metadata-limit.ts'
import { clientJson } from './client.ts'
import { errorJson } from './error.ts'
import { jsonObject } from './json-object.ts'
import { type Operation, operations } from './operations.ts'
import { isForSignedIn, refusalsOf } from './refusals.ts'
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

/** What operations are about, by the first segment of their paths that tells. */
const tags: Readonly<Record<Operation['side'], Readonly<Record<string, { name: string; description: string }>>>> = {
  backend: {
    users: { name: 'Users', description: 'Users and their metadata of every kind, for your server.' },
    sessions: { name: 'Sessions', description: 'Sessions of users, for your server.' },
    sign_in_tokens: { name: 'Sign-in tokens', description: 'Tickets by which users sign in without a password.' },
    jwks: { name: 'Keys', description: 'The keys by which session tokens are verified.' },
    metadata_schemas: { name: 'Metadata schemas', description: 'The rules that the server enforces on every write.' },
    jobs: { name: 'Jobs', description: 'What is done in the background.' },
    webhook_endpoints: { name: 'Webhooks', description: 'Who is told of what happens to users.' },
  },
  frontend: {
    me: { name: 'Me', description: 'The signed-in user, for pages: public metadata is read, unsafe metadata written.' },
    client: { name: 'Client', description: 'A browser, and who is signed in in it.' },
    sign_ups: { name: 'Sign-ups', description: 'How a visitor becomes a user.' },
    sign_ins: { name: 'Sign-ins', description: 'How a user begins a session.' },
    '': { name: 'Instance', description: 'What an instance is, for pages and tools.' },
  },
}

function tagOf({ side, path }: Operation): string {
  const [, , first = '', second = ''] = path.split('/')
  return (tags[side][second] ?? tags[side][first] ?? tags.frontend[''])?.name ?? ''
}

/** Describes the wire (OpenAPI 3.1), from the schemas that servers and clients work by. */
export function openApi(version: string): JsonObject {
  const names = new Map<z.ZodMiniType, string>(Object.entries(shared).map(([name, schema]) => [schema, name]))
  for (const operation of operations) {
    const { body, reply } = operation
    const title = titleOf(operation)
    if (body && !names.has(body)) names.set(body, `${title}Body`)
    if (reply && !names.has(reply)) names.set(reply, `${title}Reply`)
  }
  const refer = (schema: z.ZodMiniType): JsonObject => ({ $ref: place(names.get(schema) as string) })

  const refusals = new Map<string, { readonly name: string; readonly response: JsonObject }>()
  const paths: Record<string, Record<string, JsonObject>> = {}
  for (const operation of operations) {
    const methods = paths[operation.path] ?? {}
    paths[operation.path] = methods
    methods[operation.method] = describe(operation, refer, (status, codes) => {
      const key = `${status} ${codes.join()}`
      const known = refusals.get(key)
      const { name } = known ?? { name: titleOf(operation) + status }
      if (!known) refusals.set(key, { name, response: refusal(codes, refer(errorJson)) })
      return { $ref: `#/components/responses/${name}` }
    })
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
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The server that gives this description.' }],
    tags: [...Object.values(tags.backend), ...Object.values(tags.frontend)],
    paths: paths as JsonObject,
    components: {
      schemas: toSchemas(names),
      responses: Object.fromEntries([...refusals.values()].map(({ name, response }) => [name, response])),
      securitySchemes: {
        secretKey: { type: 'http', scheme: 'bearer', description: 'The secret key, sk_test_… or sk_live_….' },
        client: { type: 'apiKey', in: 'cookie', name: '__client', description: 'What a browser is known by.' },
        developmentBrowser: {
          type: 'apiKey',
          in: 'query',
          name: '__clerk_db_jwt',
          description: 'The same for a page of another site, of test instances only.',
        },
        native: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'The same for an app without cookies, which sends no Origin.',
        },
      },
    },
  }
}

/** The name of an operation as others begin with it. */
function titleOf({ id }: Operation): string {
  return id.charAt(0).toUpperCase() + id.slice(1)
}

function describe(
  operation: Operation,
  refer: (schema: z.ZodMiniType) => JsonObject,
  refuse: (status: string, codes: readonly string[]) => JsonObject,
): JsonObject {
  const { side, path, id, summary, query = [], body, reply, form = 'envelope' } = operation
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
    tags: [tagOf(operation)],
    summary,
    security: securityOf(operation),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { content: contentOf(side, refer(body)) } }),
    responses: {
      ...(reply
        ? { '200': { description: 'Done.', content: form === 'events' ? eventContent : json(sent(reply)) } }
        : {
            '307': { description: 'Sent on.' },
            default: { description: 'Refused otherwise.', content: json(refer(errorJson)) },
          }),
      ...Object.fromEntries(
        Object.entries(refusalsOf(operation)).map(([status, codes]) => [status, refuse(status, codes)]),
      ),
    },
  }
}

/** A refusal, whose every entry has one of some codes. */
function refusal(codes: readonly string[], error: JsonObject): JsonObject {
  const entry = { type: 'object', properties: { code: { enum: [...codes] } } }
  const errors = { type: 'object', properties: { errors: { type: 'array', items: entry } } }
  return { description: `Refused: ${codes.join(', ')}.`, content: json({ allOf: [error, errors] }) }
}

/** Browsers are known in three ways; where none has to be, an empty one says so. */
function securityOf(operation: Operation): JsonObject[] {
  if (operation.side === 'backend') return [{ secretKey: [] }]
  const ways: JsonObject[] = [{ client: [] }, { developmentBrowser: [] }, { native: [] }]
  return isForSignedIn(operation) ? ways : [...ways, {}]
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
