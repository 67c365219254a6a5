import type { JsonObject } from '@acme/schema'
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { syntaxTree } from '@codemirror/language'
import { namesIn, pathOf } from './json-places.ts'
import { membersOf, partsOf, schemaAt, typesOf, valuesOf } from './schema-parts.ts'

/** Offers what may stand at a place by the schema: names of members that are not there yet, and values that it lists. */
export function completeJson(root: JsonObject, context: CompletionContext): CompletionResult | null {
  const { state, pos, explicit } = context
  const node = syntaxTree(state).resolveInner(pos, -1)
  const isName = node.name === 'PropertyName'
  const property = isName || node.name === 'Property' ? (isName ? node.parent : node) : null
  const text = node.name === 'String' || isName ? node : null
  const before = state.sliceDoc(0, text?.from ?? context.matchBefore(/[\w.-]*/)?.from ?? pos).trimEnd()

  const from = text?.from ?? context.matchBefore(/[\w.-]+/)?.from ?? pos
  if (!text && from === pos && !explicit && !/[{,:[]$/.test(before)) return null
  const to = text ? text.to : pos

  if (before.endsWith(':')) {
    const owner = property ?? propertyOf(node, pos)
    return owner && offer(from, to, valueOptions(root, schemaAt(root, pathOf(state, owner))))
  }
  const container = climb(isName ? (property?.parent ?? node) : text ? (node.parent ?? node) : node)
  if (!container) return null
  if (container.name === 'Array') {
    const list = schemaAt(root, [...pathOf(state, container), 0])
    return offer(from, to, valueOptions(root, list))
  }
  const there = namesIn(state, container)
  const own = isName ? JSON.stringify(state.sliceDoc(node.from + 1, node.to - 1)) : ''
  const hasValue = isName && property?.lastChild !== node
  const options = [...membersOf(schemaAt(root, pathOf(state, container)), root)]
    .filter(([key]) => !there.includes(key) || JSON.stringify(key) === own)
    .map(([key, schema]): Completion => {
      const types = typesOf(schema, root)
      return {
        label: JSON.stringify(key),
        apply: JSON.stringify(key) + (hasValue ? '' : `: ${start(root, schema)}`),
        type: 'property',
        detail: types.join(' or '),
        ...describe(schema, root),
      }
    })
  return offer(from, to, options)
}

function offer(from: number, to: number, options: readonly Completion[]): CompletionResult | null {
  return options.length === 0 ? null : { from, to, options, validFor: /^"?[\w.\-$ ]*"?$/ }
}

function valueOptions(root: JsonObject, schema: JsonObject | undefined): readonly Completion[] {
  return valuesOf(schema, root).map((value) => ({
    label: JSON.stringify(value),
    type: 'enum',
    ...(schema && describe(schema, root)),
  }))
}

function describe(schema: JsonObject, root: JsonObject): { info?: string } {
  const text = partsOf(schema, root).find(({ description }) => typeof description === 'string')?.['description']
  return typeof text === 'string' ? { info: text } : {}
}

/** What a value begins as: the only one there is, or the signs of its type. */
function start(root: JsonObject, schema: JsonObject): string {
  const values = valuesOf(schema, root)
  if (values.length === 1) return JSON.stringify(values[0])
  const [type] = typesOf(schema, root)
  return { object: '{}', array: '[]', string: values.length > 0 ? '' : '""' }[type ?? ''] ?? ''
}

type Node = ReturnType<ReturnType<typeof syntaxTree>['resolveInner']>

/** The member whose value is to stand at a place. */
function propertyOf(node: Node, pos: number): Node | null {
  for (let at: Node | null = node; at; at = at.parent) {
    if (at.name === 'Property') return at
    if (at.name !== 'Object') continue
    // Still without a value, it ends at its colon.
    let before = at.childBefore(pos)
    while (before && before.name !== 'Property') before = before.prevSibling
    return before
  }
  return null
}

function climb(node: Node): Node | null {
  for (let at: Node | null = node; at; at = at.parent) if (at.name === 'Object' || at.name === 'Array') return at
  return null
}
