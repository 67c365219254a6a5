import { canRead, type JsonObject, type Kind, kinds, type Side } from '@acme/schema'
import { inferType } from './infer-type.ts'
import type { Inferred } from './inferred.ts'
import { type Budget, createBudget, createShape, observe, type Shape } from './shape.ts'
import { comma, indent } from './source-text.ts'
import { arktypeWriter } from './write-arktype.ts'
import { jsonSchemaWriter } from './write-json-schema.ts'
import { valibotWriter } from './write-valibot.ts'
import { zodWriter } from './write-zod.ts'
import type { Writer } from './writer.ts'

/** What schemas can be written by, and how each is. */
export const writers: ReadonlyMap<string, Writer> = new Map([
  ['zod', zodWriter],
  ['valibot', valibotWriter],
  ['arktype', arktypeWriter],
  ['json-schema', jsonSchemaWriter],
])

/** What was seen of the metadata of many users, kind by kind. */
export interface SeenMetadata {
  add(metadata: Readonly<Record<Kind, JsonObject>>): void
  readonly users: number
  readonly shapes: Readonly<Record<Kind, Shape>>
}

/** Begins to look at users. */
export function createSeenMetadata(): SeenMetadata {
  const budget: Budget = createBudget()
  const shapes = Object.fromEntries(kinds.map((kind) => [kind, createShape()])) as Record<Kind, Shape>
  let users = 0
  return {
    shapes,
    add(metadata) {
      users++
      for (const kind of kinds) observe(shapes[kind], metadata[kind], budget)
    },
    get users() {
      return users
    },
  }
}

/** How modules are written. */
export interface ModuleOptions {
  readonly to: string
  /** Whether values of private metadata may be written down. */
  readonly privateExamples: boolean
  /** The name of the first module, as the second imports it. */
  readonly name: string
  /** How many users there are, of whom some were looked at. */
  readonly of: number
}

/** The texts of two modules: what a page may import, and what only the server does, which is empty where nothing is private. */
export interface InferredModules {
  readonly shared: string
  readonly server: string
}

const hidden = (kind: Kind): boolean => !canRead('frontend' satisfies Side, kind)

/** Writes what was seen as the modules of an app. */
export function writeModules(seen: SeenMetadata, { to, privateExamples, name, of }: ModuleOptions): InferredModules {
  const writer = writers.get(to)
  if (!writer) throw new TypeError(`--to takes ${[...writers.keys()].join(', ')}`)
  const used = kinds.filter((kind) => hasAnything(seen.shapes[kind]))
  const typeOf = (kind: Kind): Inferred =>
    inferType(seen.shapes[kind], { isPrivate: hidden(kind), showsValues: !hidden(kind) || privateExamples })
  const member = (kind: Kind) => `${kind}: ${writer.write(typeOf(kind))},`
  const object = (list: readonly Kind[]) =>
    list.length === 0 ? '{}' : `{\n  ${indent(list.map(member).join('\n'))}\n}`
  const whom = seen.users === of ? `${comma(of)} users` : `${comma(seen.users)} of ${comma(of)} users`
  const head = `// Inferred from the metadata of ${whom}: read it before it is enforced, since it knows only what it has seen.\n`
  if (writer === jsonSchemaWriter) {
    return {
      shared: `${head}\nexport const metadata = {\n  schemas: ${indent(object(used))},\n} as const\n`,
      server: '',
    }
  }
  const shared = used.filter((kind) => !hidden(kind))
  const privates = used.filter(hidden)
  const library = (list: readonly Kind[]) => (list.length > 0 ? `${writer.imports}\n` : '')
  return {
    shared: `${head}import { defineMetadata } from '@acme/schema'\n${library(shared)}\nexport const metadata = defineMetadata(${object(shared)})\n`,
    server: privates
      .map(
        (kind) =>
          `${head}${writer.imports}\nimport { metadata } from './${name}'\n\nexport const serverMetadata = metadata.withPrivate(${writer.write(typeOf(kind))})\n`,
      )
      .join(''),
  }
}

function hasAnything({ objects }: Shape): boolean {
  return objects !== undefined && (objects.values !== undefined || (objects.members?.size ?? 0) > 0)
}
