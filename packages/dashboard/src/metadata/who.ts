import { type Access, type Kind, visibility } from '@acme/schema'

/** What a side may do, in words that follow its name. */
const words: Readonly<Record<Access, string>> = {
  none: 'cannot see it',
  read: 'reads it',
  write: 'reads and writes it',
}

/** Who may read and write a kind of metadata, by the one table that everything goes by. */
export function whoMay(
  kind: Kind,
): readonly { readonly side: string; readonly words: string; readonly access: Access }[] {
  const { frontend, backend } = visibility[kind]
  return [
    { side: 'The signed-in user’s page', words: words[frontend], access: frontend },
    { side: 'Your back end', words: words[backend], access: backend },
  ]
}

/** The name of a kind, as a title. */
export function titleOf(kind: Kind): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1)
}
