import { readJson } from '@acme/schema'
import { frozen } from '../frozen.ts'
import type { ChangeRow, Collection, Rows } from '../rows.ts'
import { changeValues, type MapValue, metadataValues, secretValues } from './sealed-values.ts'
import { isSealed, readSealed, type Sealer } from './sealer.ts'

/** Seals and opens the values of rows. */
export interface RowSealer {
  seal<C extends Collection>(collection: C, row: Rows[C]): Rows[C]
  open<C extends Collection>(collection: C, row: Rows[C]): Rows[C]
  sealChange(change: ChangeRow): ChangeRow
  openChange(change: ChangeRow): ChangeRow
  /** Whether a row as it is kept holds something that is not kept as it would be now. */
  isStale<C extends Collection>(collection: C, row: Rows[C]): boolean
  isStaleChange(change: ChangeRow): boolean
}

/** Makes what seals and opens rows. A value stands sealed where it stood: a text, where none could. */
export function createRowSealer(sealer: Sealer, sealsMetadata: () => boolean): RowSealer {
  const { keyId } = sealer
  /** What values were opened from, and where, so that what stays as it is need not be sealed again. */
  const sealedAs = new WeakMap<object, { readonly at: string; readonly sealed: string }>()
  /** Rows that storages give again and again are opened once. */
  const opened = new WeakMap<object, object>()

  const openAt =
    (place: string): MapValue =>
    <Value>(value: Value, name: string) => {
      if (!isSealed(value)) return value
      const at = `${place}\n${name}`
      const made = readJson(sealer.open(value, at)) as Value
      if (typeof made === 'object' && made !== null) sealedAs.set(frozen(made), { at, sealed: value })
      return made
    }

  const sealAt =
    (place: string): MapValue =>
    <Value>(value: Value, name: string) => {
      if (keyId === undefined) return value
      const at = `${place}\n${name}`
      const known = Object.isFrozen(value) ? sealedAs.get(value as object) : undefined
      if (known?.at === at && readSealed(known.sealed).keyId === keyId) return known.sealed as Value
      return sealer.seal(JSON.stringify(value), at) as Value
    }

  const place = (collection: Collection, { id }: { readonly id: string }) => `${collection}\n${id}`
  const placeOf = ({ userId, version }: ChangeRow) => `changes\n${userId}/${version}`

  /** Both rows of the table: what is sealed may be either, whatever is asked for now. */
  function mapAll<C extends Collection>(collection: C, row: Rows[C], map: MapValue): Rows[C] {
    const [secrets, metadata] = [secretValues[collection], metadataValues[collection]]
    const one = secrets ? secrets(row, map) : row
    return metadata ? metadata(one, map) : one
  }

  const staleIn = (isSealedNow: boolean) => {
    let isStale = false
    const look: MapValue = (value) => {
      const wanted = isSealedNow ? keyId : undefined
      if ((isSealed(value) ? readSealed(value).keyId : undefined) !== wanted) isStale = true
      return value
    }
    return { look, found: () => isStale }
  }

  return {
    open(collection, row) {
      const known = opened.get(row)
      if (known) return frozen(known) as typeof row
      const made = mapAll(collection, row, openAt(place(collection, row)))
      if (made !== row && Object.isFrozen(row)) opened.set(row, frozen(made))
      return made
    },
    seal(collection, row) {
      const map = sealAt(place(collection, row))
      const [secrets, metadata] = [secretValues[collection], sealsMetadata() ? metadataValues[collection] : undefined]
      const one = secrets ? secrets(row, map) : row
      const made = metadata ? metadata(one, map) : one
      // Whoever keeps what it has written gives that again.
      if (made !== row) opened.set(made, row)
      return made
    },
    openChange: (change) => changeValues(change, openAt(placeOf(change))),
    sealChange: (change) => (sealsMetadata() ? changeValues(change, sealAt(placeOf(change))) : change),
    isStale(collection, row) {
      const [secrets, metadata] = [staleIn(true), staleIn(sealsMetadata())]
      secretValues[collection]?.(row, secrets.look)
      metadataValues[collection]?.(row, metadata.look)
      return secrets.found() || metadata.found()
    },
    isStaleChange(change) {
      const { look, found } = staleIn(sealsMetadata())
      changeValues(change, look)
      return found()
    },
  }
}
