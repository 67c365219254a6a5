/** How many pieces may still be built. */
export interface Room {
  left: number
}

/** What is read, and where in it each look-around holds. */
export interface Reading {
  readonly chars: readonly string[]
  readonly tables: readonly Uint8Array[]
  spend(work: number): void
}

/** A step from one state to another: over a character, or over none where a condition holds. */
export interface Edge {
  readonly from: number
  readonly to: number
  readonly takes?: (char: string) => boolean
  readonly holds?: (at: number, reading: Reading) => boolean
  /** The group that begins or ends here, where it is referred to. */
  readonly marks?: number
  /** The group whose text is taken once more. */
  readonly repeats?: number
}

type How = Omit<Edge, 'from' | 'to'>

/** The states of a pattern, from 0 to `end`, and the steps between them, by where they leave and where they arrive. */
export class Graph {
  end = 0
  readonly leaving: Edge[][] = [[]]
  readonly arriving: Edge[][] = [[]]
  readonly #room: Room

  constructor(room: Room) {
    this.#room = room
  }

  /** Counts a piece that is built. @throws Error at too many */
  build(): void {
    if (--this.#room.left < 0) throw new Error('it repeats too much, alone or with the others')
  }

  /** Adds a state behind another. */
  after(from: number, how: How = {}): number {
    this.build()
    const to = this.leaving.push([]) - 1
    this.arriving.push([])
    this.link(from, to, how)
    return to
  }

  link(from: number, to: number, how: How = {}): void {
    const edge = { from, to, ...how }
    this.leaving[from]?.push(edge)
    this.arriving[to]?.push(edge)
  }
}

export interface Look {
  readonly graph: Graph
  readonly isAhead: boolean
}

/**
 * Finds where in a text the ways through a graph end that begin anywhere, in one pass; backwards, where those begin that
 * end anywhere. Stops and gives true when `found` does.
 */
export function sweep(graph: Graph, reading: Reading, isBackward: boolean, found: (at: number) => boolean): boolean {
  const { chars, spend } = reading
  const edges = isBackward ? graph.arriving : graph.leaving
  const [first, last] = isBackward ? [graph.end, 0] : [0, graph.end]
  const next = ({ from, to }: Edge) => (isBackward ? from : to)
  /** In which step each state was reached last. */
  const reached = new Int32Array(edges.length).fill(-1)
  let states: number[] = []
  spend(edges.length / 1_000)
  for (let step = 0; step <= chars.length; step++) {
    const at = isBackward ? chars.length - step : step
    const enter = (list: number[], state: number, when: number) => {
      if (reached[state] === when) return
      reached[state] = when
      list.push(state)
    }
    enter(states, first, step)
    // The list grows as it is walked.
    for (const state of states) {
      for (const edge of edges[state] ?? []) {
        if (!edge.takes && (edge.holds?.(at, reading) ?? true)) enter(states, next(edge), step)
      }
    }
    spend(states.length)
    if (reached[last] === step && found(at)) return true
    const char = chars[isBackward ? at - 1 : at]
    const moved: number[] = []
    if (char !== undefined) {
      for (const state of states) {
        for (const edge of edges[state] ?? []) if (edge.takes?.(char)) enter(moved, next(edge), step + 1)
      }
    }
    states = moved
  }
  return false
}

/** A try at a pattern: where it is in both, and what the groups that are referred to hold, or where they began. */
interface Try {
  readonly state: number
  readonly at: number
  readonly groups: Readonly<Record<number, string | number>>
}

/** Finds whether a way through a graph with back references ends, trying nothing twice that holds the same. */
export function search(graph: Graph, reading: Reading): boolean {
  const tried = new Set<string>()
  const open: Try[] = []
  const add = (next: Try) => {
    const key = JSON.stringify(next)
    reading.spend(key.length / 16)
    if (!tried.has(key)) open.push(next)
    tried.add(key)
  }
  for (let at = 0; at <= reading.chars.length; at++) {
    add({ state: 0, at, groups: {} })
    for (let one = open.pop(); one; one = open.pop()) {
      if (one.state === graph.end) return true
      for (const edge of graph.leaving[one.state] ?? []) {
        const next = take(edge, one, reading)
        if (next) add(next)
      }
    }
  }
  return false
}

function take(edge: Edge, { at, groups }: Try, reading: Reading): Try | undefined {
  const { to: state, marks, repeats } = edge
  const { chars } = reading
  if (edge.takes) {
    const char = chars[at]
    return char !== undefined && edge.takes(char) ? { state, at: at + 1, groups } : undefined
  }
  if (marks !== undefined) {
    const begun = groups[marks]
    const held = typeof begun === 'number' ? chars.slice(begun, at).join('') : at
    return { state, at, groups: { ...groups, [marks]: held } }
  }
  if (repeats !== undefined) {
    const held = [...(typeof groups[repeats] === 'string' ? groups[repeats] : '')]
    return held.every((char, index) => chars[at + index] === char) ? { state, at: at + held.length, groups } : undefined
  }
  return (edge.holds?.(at, reading) ?? true) ? { state, at, groups } : undefined
}
