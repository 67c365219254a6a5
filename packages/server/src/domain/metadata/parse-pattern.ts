import { type Edge, Graph, type Look, type Room } from './pattern-graph.ts'

/** A piece of a pattern: builds what it matches behind a state, and gives the state where it ends. */
type Part = (graph: Graph, from: number) => number

const isWord = (char: string | undefined) => char !== undefined && /^\w$/.test(char)

const conditions: Readonly<Record<string, NonNullable<Edge['holds']>>> = {
  '^': (at) => at === 0,
  $: (at, { chars }) => at === chars.length,
  '\\b': (at, { chars }) => isWord(chars[at - 1]) !== isWord(chars[at]),
  '\\B': (at, { chars }) => isWord(chars[at - 1]) === isWord(chars[at]),
}

/** What one character is written as: a class, an escape, or itself. The platform has found the pattern well-formed. */
const atom = /\[(?:\\.|[^\]\\])*\]|\\(?:[pPu]\{[^}]*\}|u[dD][89abAB]..\\u[dD][c-fC-F]..|u....|x..|c.|.)|./suy
const quantifier = /(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/y
const group = /\((?:\?(?:[:=!]|<[=!]|<([^>=!]+)>))?/y
const reference = /\\(?:([1-9]\d*)|k<([^>]+)>)/y

/** Splits a well-formed pattern into parts; the look-around in it is added to `looks`, the inner before the outer. */
export function parsePattern(
  source: string,
  room: Room,
  looks: Look[],
): { readonly part: Part; readonly refersBack: boolean } {
  let at = 0
  let groups = 0
  let looking = 0
  const names = new Map<string, number>()
  const referred = new Set<string>()
  /** The groups, from one to another, that are repeated or looked for, so that what they hold is not one thing. */
  const unsettled: (readonly [number, number])[] = []

  function read(token: RegExp): RegExpExecArray | null {
    token.lastIndex = at
    const match = token.exec(source)
    if (match) at += match[0].length
    return match
  }

  function alternatives(): Part {
    const options = [sequence()]
    while (source[at] === '|') {
      at++
      options.push(sequence())
    }
    const [only] = options
    return only && options.length === 1 ? only : oneOf(options)
  }

  function sequence(): Part {
    const parts: Part[] = []
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(repeated())
    return (graph, from) => parts.reduce((state, part) => part(graph, state), from)
  }

  function repeated(): Part {
    const before = groups
    const part = term()
    const match = read(quantifier)
    if (!match) return part
    const [sign, least, comma, most] = match
    if (sign[0] !== '?') unsettled.push([before, groups])
    if (least === undefined)
      return repeat(part, sign[0] === '+' ? 1 : 0, sign[0] === '?' ? 1 : Number.POSITIVE_INFINITY)
    return repeat(part, Number(least), most ? Number(most) : comma ? Number.POSITIVE_INFINITY : Number(least))
  }

  function term(): Part {
    const open = read(group)
    if (open) return inGroup(open[0], open[1])
    const back = read(reference)
    if (back) return refer(back[1] ?? (back[2] as string))
    const raw = read(atom)?.[0] ?? ''
    const holds = Object.hasOwn(conditions, raw) ? conditions[raw] : undefined
    if (holds) return (graph, from) => graph.after(from, { holds })
    const one = /^[[\\.]/.test(raw) ? new RegExp(`^${raw}$`, 'u') : undefined
    const takes = (char: string) => (one ? one.test(char) : char === raw)
    return (graph, from) => graph.after(from, { takes })
  }

  function inGroup(open: string, name: string | undefined): Part {
    if (open === '(' && source[at] === '?') throw new Error('it sets flags inside')
    const isLook = /[=!]$/.test(open)
    const before = groups
    const index = open === '(' || name !== undefined ? ++groups : 0
    if (name !== undefined) names.set(name, names.has(name) ? Number.NaN : index)
    if (isLook) looking++
    const inside = alternatives()
    at++
    if (!isLook) return index ? held(inside, index) : inside
    looking--
    unsettled.push([before, groups])
    return look(inside, open)
  }

  function look(inside: Part, open: string): Part {
    const graph = new Graph(room)
    graph.end = inside(graph, 0)
    const index = looks.push({ graph, isAhead: !open.includes('<') }) - 1
    const wanted = open.endsWith('=') ? 1 : 0
    return (graph, from) => graph.after(from, { holds: (at, { tables }) => tables[index]?.[at] === wanted })
  }

  function refer(group: string): Part {
    if (looking) throw new Error('it refers back from look-around')
    referred.add(group)
    return (graph, from) => graph.after(from, { repeats: indexOf(group) })
  }

  function indexOf(group: string): number {
    return names.get(group) ?? Number(group)
  }

  /** A group. It is built when all of the pattern was read, so that it is known whether it is referred to. */
  function held(inside: Part, marks: number): Part {
    return (graph, from) => {
      const isReferred = [...referred].some((group) => indexOf(group) === marks)
      return isReferred ? graph.after(inside(graph, graph.after(from, { marks })), { marks }) : inside(graph, from)
    }
  }

  const part = alternatives()
  for (const index of [...referred].map(indexOf)) {
    const isUnsettled = unsettled.some(([before, last]) => before < index && index <= last)
    if (isUnsettled || Number.isNaN(index)) throw new Error('it refers back to what is repeated or looked for')
  }
  return { part, refersBack: referred.size > 0 }
}

function oneOf(options: readonly Part[]): Part {
  return (graph, from) => {
    const ends = options.map((option) => option(graph, graph.after(from)))
    return join(graph, ends)
  }
}

function repeat(part: Part, least: number, most: number): Part {
  return (graph, from) => {
    let state = from
    const again = () => {
      graph.build()
      state = part(graph, state)
    }
    for (let count = 0; count < least; count++) again()
    if (most === Number.POSITIVE_INFINITY) {
      const loop = graph.after(state)
      graph.link(part(graph, loop), loop)
      return loop
    }
    const ends = [state]
    for (let count = least; count < most; count++) {
      again()
      ends.push(state)
    }
    return join(graph, ends)
  }
}

/** A new state behind several, since from an old one a loop may lead back into a piece of its own. */
function join(graph: Graph, [first = 0, ...others]: readonly number[]): number {
  const to = graph.after(first)
  for (const other of others) graph.link(other, to)
  return to
}
