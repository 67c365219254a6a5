import type { World } from './world.ts'

/** Whose behavior it is. */
export type Part = 'frontend' | 'backend' | 'server'

/** What came of a behavior where it did not fail. */
export type Outcome =
  | 'ok'
  /** The part says by a code of its own that it does not run in such a place. */
  | 'refused'
  /** The runtime lacks what it takes; what else there is goes on. */
  | 'absent'
  /** The part is not for such a place, where it was not tried. */
  | 'elsewhere'

/** Something that is promised wherever the part runs. */
export interface Behavior {
  readonly part: Part
  /** Ends a sentence that begins with the part, and is a row of the table. */
  readonly title: string
  /** Whether it takes a `fetch` whose responses are read while they arrive. */
  readonly needsStreams?: boolean | undefined
  /** Throws where it is not so. */
  run(world: World): Promise<void>
}

/** What a runtime says of itself: the outcome of each behavior, or the text of its error. */
export type Report = Readonly<Record<string, Outcome | { readonly error: string }>>
