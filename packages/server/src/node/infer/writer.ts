import type { Inferred, Member } from './inferred.ts'
import { indent } from './source-text.ts'

/** Writes types by means of one library. */
export interface Writer {
  /** The line that imports it; none for what needs no library. */
  readonly imports: string
  write(inferred: Inferred): string
}

/** Writes an object literal, each member with its note above it. */
export function objectLiteral(members: readonly Member[], write: (member: Member) => string): string {
  if (members.length === 0) return '{}'
  const lines = members.map((member) => `// ${member.note}\n${write(member)},`)
  return `{\n  ${indent(lines.join('\n'))}\n}`
}
