import { Choice } from './choice.tsx'

interface ChoicesProps<One extends string> {
  /** What is chosen from, in the order in which it is given back. */
  readonly of: readonly One[]
  readonly chosen: readonly One[]
  onChange(chosen: readonly One[]): void
  /** What is said of each. @default itself */
  readonly words?: { readonly [Each in One]: string } | undefined
}

/** Some of a few things, each of which is chosen or not. */
export function Choices<One extends string>({ of, chosen, onChange, words }: ChoicesProps<One>) {
  return of.map((one) => (
    <Choice
      key={one}
      checked={chosen.includes(one)}
      onChange={(on) => onChange(of.filter((other) => (other === one ? on : chosen.includes(other))))}
    >
      {words?.[one] ?? one}
    </Choice>
  ))
}
