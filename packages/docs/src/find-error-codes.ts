// Reads out of the sources which codes there are, so that none can be thrown that no page explains.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from './places.ts'

/** A code that the packages throw or the server answers. */
export interface FoundCode {
  /** The HTTP statuses it is answered with, ascending; none where no server is needed for it. */
  readonly statuses: readonly number[]
  /** The packages whose sources name it, without their scope. */
  readonly packages: readonly string[]
}

/** Codes that are put together at run time: the text as the source writes it, and what comes of it. */
const composed: Readonly<Record<string, readonly string[]>> = {
  '`storage_${error.failure}`': [
    'full',
    'read_only',
    'outdated',
    'busy',
    'overloaded',
    'unreachable',
    'interrupted',
  ].map((failure) => `storage_${failure}`),
}

/** Codes whose status is told beside them and not in the same call. */
const statusOf: Readonly<Record<string, readonly number[]>> = {
  storage_full: [507],
  storage_read_only: [503],
  storage_outdated: [503],
  storage_busy: [503],
  storage_overloaded: [503],
  storage_unreachable: [503],
  storage_interrupted: [503],
  form_param_exceeds_allowed_size: [422],
  form_param_value_invalid: [422],
  form_param_unknown: [422],
  version_conflict: [412],
  job_cancelled: [409],
  sealed_metadata_indexed: [422],
}

/** Expressions in the place of a code that only hand one on. */
const handedOn = /^(code|[\w.?]+\.code|z\.string\(\))$/

/** Every code of the sources, and what is written in the place of one and cannot be read. */
export function findErrorCodes(): {
  readonly codes: ReadonlyMap<string, FoundCode>
  readonly unreadable: readonly string[]
} {
  const codes = new Map<string, { statuses: Set<number>; packages: Set<string> }>()
  const unreadable: string[] = []

  for (const path of globSync('packages/{schema,transport,frontend,backend,server,msw}/src/**/*.{ts,tsx}', {
    cwd: root,
  })) {
    const source = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true)
    const [, name = ''] = path.split('/')
    const add = (code: string, status?: number): void => {
      const found = codes.get(code) ?? { statuses: new Set(), packages: new Set() }
      codes.set(code, found)
      found.packages.add(name)
      for (const one of status ? [status] : (statusOf[code] ?? [])) found.statuses.add(one)
    }
    const read = (node: ts.Node | undefined, status?: number): void => {
      for (const leaf of node ? leavesOf(node) : []) {
        const text = leaf.getText(source)
        const known = ts.isStringLiteralLike(leaf) ? [leaf.text] : composed[text]
        if (known) for (const code of known) add(code, status)
        else if (!handedOn.test(text)) unreadable.push(`${path}: ${text}`)
      }
    }
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
        const [first, second] = node.arguments
        if (node.expression.text === 'fault') {
          read(second, first && ts.isNumericLiteral(first) ? Number(first.text) : undefined)
        }
        if (node.expression.text === 'paramFault') read(second, 422)
      }
      if (ts.isPropertyAssignment(node) && node.name.getText(source) === 'code') readProperty(node, read)
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
  const sorted = [...codes].sort(([a], [b]) => a.localeCompare(b))
  return {
    codes: new Map(
      sorted.map(([code, { statuses, packages }]) => [
        code,
        { statuses: [...statuses].sort(), packages: [...packages].sort() },
      ]),
    ),
    unreadable,
  }
}

/** What an expression may come to: either side of `a ? b : c` and of `a ?? b`. */
function leavesOf(node: ts.Node): ts.Node[] {
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].flatMap(leavesOf)
  if (ts.isBinaryExpression(node)) return [node.left, node.right].flatMap(leavesOf)
  return [node]
}

/** A member called `code` is one of ours where a message stands beside it: of an error, or of an entry of a reply. */
function readProperty(node: ts.PropertyAssignment, read: (node: ts.Node) => void): void {
  const names = node.parent.properties.map((member) => member.name?.getText())
  if (names.includes('message') || names.includes('long_message') || names.includes('longMessage'))
    read(node.initializer)
}
