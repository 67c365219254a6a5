import { type Access, canRead, canWrite, type Kind, type Side, visibility } from '@acme/schema'

/** What each kind is for, in words for whoever has never heard of it. */
export const purposes: Readonly<Record<Kind, { readonly isFor: string; readonly example: string }>> = {
  private: {
    isFor: 'Only your server knows it.',
    example: 'Payment ids, notes of your support.',
  },
  public: {
    isFor: 'Your server decides it, the user sees it.',
    example: 'Their plan, role, what they paid for.',
  },
  unsafe: {
    isFor: 'The user decides it, your server may too.',
    example: 'Theme, language. Check it like any input.',
  },
}

/** What each side is called, and which of the two packages it uses. */
export const sides: Readonly<Record<Side, { readonly name: string; readonly where: string; readonly api: string }>> = {
  frontend: { name: 'The page', where: 'in the page', api: '@acme/frontend' },
  backend: { name: 'Your server', where: 'on your server', api: '@acme/backend' },
}

const words: Readonly<Record<Access, string>> = { none: 'sees nothing', read: 'reads', write: 'reads and writes' }

/** What a side may do with a kind, in words. */
export function accessOf(side: Side, kind: Kind): string {
  return words[visibility[kind][side]]
}

/** One thing to try with a cell of the matrix. */
export type Act = 'read' | 'write'

/** Tells whether the matrix allows it. */
export function allows(side: Side, kind: Kind, act: Act): boolean {
  return act === 'read' ? canRead(side, kind) : canWrite(side, kind)
}
