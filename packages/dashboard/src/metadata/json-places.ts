import type { JsonPath } from '@acme/schema'
import { syntaxTree } from '@codemirror/language'
import type { EditorState } from '@codemirror/state'

/** A node of the tree that the parser of CodeMirror makes. */
type Node = ReturnType<ReturnType<typeof syntaxTree>['resolveInner']>

const values = new Set(['Object', 'Array', 'String', 'Number', 'True', 'False', 'Null'])

/** Where in a text the value at a path stands; of a member its name. The nearest that is there, else the whole text. */
export function rangeOf(state: EditorState, path: JsonPath): { readonly from: number; readonly to: number } {
  let node = firstValue(syntaxTree(state).topNode)
  let range = { from: node?.from ?? 0, to: Math.min(node?.to ?? 0, (node?.from ?? 0) + 1) }
  for (const step of path) {
    if (!node) break
    const inner: Inner | undefined = node.name === 'Array' ? item(node, Number(step)) : member(state, node, `${step}`)
    if (!inner) break
    range = inner.name
      ? { from: inner.name.from, to: inner.name.to }
      : { from: inner.value?.from ?? range.from, to: inner.value?.to ?? range.to }
    node = inner.value
  }
  return range
}

/** Where a text stops being JSON, as far as the parser can tell. */
export function firstError(state: EditorState): { readonly from: number; readonly to: number } {
  let found: number | undefined
  syntaxTree(state).iterate({
    enter: ({ type, from }) => {
      if (type.isError) found ??= from
    },
  })
  const from = Math.max(0, Math.min(found ?? 0, state.doc.length - 1))
  return { from, to: Math.min(from + 1, state.doc.length) }
}

/** The path to a node. */
export function pathOf(state: EditorState, node: Node): JsonPath {
  const path: (string | number)[] = []
  for (let at: Node | null = node; at?.parent; at = at.parent) {
    if (at.name === 'Property') path.unshift(nameOf(state, at) ?? '')
    else if (at.parent.name === 'Array' && values.has(at.name)) path.unshift(indexOf(at))
  }
  return path
}

/** The names of the members that an object has. */
export function namesIn(state: EditorState, object: Node): readonly string[] {
  return object.getChildren('Property').flatMap((property) => nameOf(state, property) ?? [])
}

interface Inner {
  readonly name: Node | null
  readonly value: Node | null
}

function member(state: EditorState, object: Node, key: string): Inner | undefined {
  const property = object.getChildren('Property').findLast((one) => nameOf(state, one) === key)
  if (!property) return undefined
  const name = property.getChild('PropertyName')
  return { name, value: lastValue(property) }
}

function item(array: Node, index: number): Inner | undefined {
  let count = 0
  for (let child = array.firstChild; child; child = child.nextSibling) {
    if (values.has(child.name) && count++ === index) return { name: null, value: child }
  }
  return undefined
}

function indexOf(node: Node): number {
  let index = 0
  for (let before = node.prevSibling; before; before = before.prevSibling) if (values.has(before.name)) index++
  return index
}

function nameOf(state: EditorState, property: Node): string | undefined {
  const name = property.getChild('PropertyName')
  if (!name) return undefined
  try {
    return `${JSON.parse(state.sliceDoc(name.from, name.to))}`
  } catch {
    return undefined
  }
}

function firstValue(node: Node): Node | null {
  for (let child = node.firstChild; child; child = child.nextSibling) if (values.has(child.name)) return child
  return null
}

function lastValue(node: Node): Node | null {
  for (let child = node.lastChild; child; child = child.prevSibling) if (values.has(child.name)) return child
  return null
}
