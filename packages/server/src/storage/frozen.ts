/** Freezes a row through and through, so that it can be handed out as it is. */
export function frozen<Row>(row: Row): Row {
  if (typeof row === 'object' && row !== null && !Object.isFrozen(row)) {
    Object.freeze(row)
    for (const member of Object.values(row)) frozen(member)
  }
  return row
}
