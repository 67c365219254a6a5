import { parseArgs } from 'node:util'
import { isJsonObject, type JsonObject, type Kind, kinds, type PushedOptions } from '@acme/schema'
import type { JobJson, MetadataSchemasCheckJson, MetadataSchemasJson } from '@acme/schema/wire'
import { BackendRefusal, connectBackend } from './connect-backend.ts'
import { finishJob, isJob, respondAsync } from './finish-job.ts'
import { runInfer } from './infer/infer-command.ts'
import { loadModule } from './load-module.ts'
import { runMigrateCommand } from './migrate-command.ts'
import { count } from './progress.ts'
import { toJsonSchema } from './to-json-schema.ts'

/** What `schema --help` prints. */
export const schemaHelp = `acme-server schema: the metadata schemas that a server enforces

  schema push <file>         enforce the schemas of a module, unless stored users break them
  schema check <file>        count the stored users that break them, with examples
  schema list                list the versions that were pushed
  schema migrate <file>      bring all users to another form; see schema migrate --help
  schema rollback <version>  enforce an earlier version again, unless stored users break it
  schema infer               write schemas that stored users keep to; see schema infer --help

  Users are looked through in the background, and writes judged by the new schemas as well meanwhile; Ctrl-C cancels it.
  Indexes are built then; a path that is to be unique, and is not, is told with how many users share a value.

  --force                    push or roll back although users break the schemas
  --allow-large-claims       push claims that can outgrow a token; what has no room is left out of it
  --data <directory>         where the keys are (default .acme), unless ACME_API_URL and ACME_SECRET_KEY are set

The module exports what defineMetadata gives, or an object whose schemas are JSON Schemas (draft 2020-12).
`

/** What a module declares, as it is pushed. */
interface Pushed {
  readonly schemas: { readonly [K in Kind]?: JsonObject }
  readonly options?: PushedOptions | undefined
}

/**
 * Runs `schema …` against a running server and gives what to print.
 *
 * @throws Error for a wrong command line, a module without schemas, or what the server refuses
 */
export async function runSchemaCommand(args: readonly string[]): Promise<string> {
  if (args[0] === 'infer') return runInfer(args.slice(1))
  if (args[0] === 'migrate') return runMigrateCommand(args.slice(1))
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      force: { type: 'boolean', default: false },
      'allow-large-claims': { type: 'boolean', default: false },
      data: { type: 'string', default: '.acme' },
      help: { type: 'boolean', default: false },
    },
  })
  const [command, operand = '', ...rest] = positionals
  if (values.help) return schemaHelp
  if (rest.length > 0) throw new TypeError(`schema ${command}: too many arguments`)
  const { call, finish } = await connect(values.data)
  const put = async (body: object) => {
    const { version } = await call('PUT', '', { ...body, force: values.force })
    const { warnings } = await call('GET', '')
    const told = `Version ${version} is enforced.\n${describeWarnings(warnings)}`
    return told + (await finishIndexes(call, finish, told))
  }
  switch (command) {
    case 'push':
      return put({ ...(await readPushed(operand)), ...(values['allow-large-claims'] && { allow_large_claims: true }) })
    case 'check':
      return describeCheck(await call('POST', '/check', { schemas: (await readPushed(operand)).schemas }))
    case 'list': {
      const { version: active, versions } = (await call('GET', '')) as unknown as SchemaList
      const lines = versions.map(
        (one) =>
          `${one.version}  ${new Date(one.created_at).toISOString()}${one.version === active ? '  enforced' : ''}`,
      )
      return `${lines.join('\n') || 'No schema was pushed.'}\n`
    }
    case 'rollback':
      if (!/^[1-9]\d{0,8}$/.test(operand)) throw new TypeError('schema rollback takes the number of a version')
      return put({ version: Number(operand) })
    default:
      throw new TypeError(`schema takes push, check, list, migrate, rollback or infer\n\n${schemaHelp}`)
  }
}

interface SchemaList {
  readonly version: number
  readonly versions: readonly { readonly version: number; readonly created_at: number }[]
}

/** Tells what does not stop a push, and should have been meant. */
function describeWarnings(json: unknown): string {
  const warnings = (json ?? []) as readonly { readonly path: string; readonly message: string }[]
  return warnings.map(({ path, message }) => `Warning: ${path}: ${message}\n`).join('')
}

/**
 * Waits until what was declared is built, and tells of it.
 *
 * @throws Error when users share a value that is to be unique
 */
async function finishIndexes(call: Connected['call'], finish: Connected['finish'], told: string): Promise<string> {
  const indexesOf = async () => (await call('GET', '')) as unknown as Indexed
  const { indexes: declared, index_job_id: jobId } = await indexesOf()
  if (jobId && declared.some(({ state, unique }) => state === 'building' || unique === 'checking')) await finish(jobId)
  const { indexes } = await indexesOf()
  const broken = indexes.filter(({ unique }) => unique === 'broken')
  const lines = indexes.map(({ path, state, unique, duplicates }) => {
    const shared = `not unique: ${count(duplicates)} users have a value that another one has`
    return `  ${path}  ${state}${unique === 'broken' ? `, ${shared}` : unique === 'enforced' ? ', unique' : ''}\n`
  })
  if (broken.length === 0) return lines.length > 0 ? `Indexes:\n${lines.join('')}` : ''
  throw new Error(`${told}Indexes:\n${lines.join('')}Give each a value of its own, and push again.`)
}

type Indexed = Pick<MetadataSchemasJson, 'indexes' | 'index_job_id'>

type Check = Pick<MetadataSchemasCheckJson, 'users' | 'broken' | 'paths'>

function describeCheck(json: unknown): string {
  const { users, broken, paths } = json as Check
  const lines = [...paths]
    .sort((a, b) => b.users - a.users)
    .map((one) => {
      const where = [one.param_name, ...one.path].join('.')
      const more = one.users > one.examples.length ? ' …' : ''
      return `  ${count(one.users)}  ${where} ${one.issue}: ${one.examples.join(' ')}${more}\n`
    })
  return `${broken} of ${users} stored users break the schemas.\n${lines.join('')}`
}

interface Connected {
  /** What comes of a request, however long it takes. */
  call(method: string, path: string, body?: object): Promise<JsonObject>
  /** Waits for a job that is under way. */
  finish(jobId: string): Promise<JobJson>
}

async function connect(directory: string): Promise<Connected> {
  const call = await connectBackend(directory)
  const ask = async (method: string, path: string, body?: object): Promise<JsonObject> => {
    const reply = await call(method, `/v1/metadata_schemas${path}`, body, respondAsync).catch((error) => {
      throw error instanceof BackendRefusal ? refusal(error.message, error.meta) : error
    })
    if (!isJob(reply)) return reply
    const { id, status, result, error } = await finishJob(call, reply)
    if (status === 'done') return result
    throw error ? refusal(error.message, result) : new Error(`${id} was cancelled`)
  }
  return { call: ask, finish: (id) => finishJob(call, { id }) }
}

function refusal(message: string, found: unknown): Error {
  const isCheck = typeof found === 'object' && found !== null && 'paths' in found
  return new Error(isCheck ? `${message}\n${describeCheck(found)}` : message)
}

/** Loads a module and turns the schemas it exports into JSON Schemas, by their library's own converter; the options are data. */
async function readPushed(file: string): Promise<Pushed> {
  if (file === '') throw new TypeError('name the module that exports the schemas')
  const { path, module } = await loadModule(file)
  const all = Object.values(module as Record<string, Definition | undefined>)
  const found = all.filter((value) => isJsonObject(value) && isJsonObject(value['schemas']))
  // The one that knows the most kinds: a server's definition is often made from the browser's.
  const size = (definition: Definition | undefined) => Object.keys(definition?.schemas ?? {}).length
  const [definition] = found.sort((a, b) => size(b) - size(a))
  if (!definition) throw new Error(`${file} exports no metadata definition`)
  const { schemas = {}, options } = definition
  return {
    schemas: Object.fromEntries(
      kinds.flatMap((kind) => (schemas[kind] ? [[kind, toJsonSchema(schemas[kind], path)]] : [])),
    ),
    options,
  }
}

interface Definition {
  readonly schemas?: { readonly [K in Kind]?: unknown }
  readonly options?: PushedOptions
}
