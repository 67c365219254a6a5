import { formatPath, type JsonObject, type JsonValue, type Kind } from '@acme/schema'
import { useMemo, useState } from 'react'
import { type Change, type Collision, mergeThreeWay, settle } from '../../metadata/three-way.ts'
import { titleOf } from '../../metadata/who.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Tag } from '../../parts/tag.tsx'
import type { EditedKind } from './editing.ts'

interface MergeDialogProps {
  readonly behind: readonly EditedKind[]
  readonly busy: boolean
  onSave(values: ReadonlyMap<Kind, JsonObject>): void
  onClose(): void
}

/** Shows what two people did beside each other: what does not collide is merged, and of what does one is chosen. */
export function MergeDialog({ behind, busy, onSave, onClose }: MergeDialogProps) {
  const [theirs, setTheirs] = useState<ReadonlySet<string>>(new Set())
  const merges = useMemo(
    () =>
      behind.flatMap(({ kind, base, current, judged }) =>
        judged.value ? [{ kind, base, merged: mergeThreeWay(base, judged.value, current) }] : [],
      ),
    [behind],
  )
  const nameOf = (kind: Kind, { mine, theirs }: Collision) =>
    `${kind} ${formatPath(mine.path)} ${formatPath(theirs.path)}`
  const save = () =>
    onSave(
      new Map(
        merges.map(({ kind, base, merged }) => [
          kind,
          settle(base, merged, (collision) => theirs.has(nameOf(kind, collision))),
        ]),
      ),
    )
  const collisions = merges.reduce((sum, { merged }) => sum + merged.collisions.length, 0)

  return (
    <Dialog
      open
      size="wide"
      onOpenChange={(open) => !open && onClose()}
      title="Somebody else changed this user, too"
      lead={
        collisions === 0
          ? 'You changed different things. Both changes are kept.'
          : `You both changed the same in ${collisions === 1 ? 'one place' : `${collisions} places`}. Choose what stands there; everything else is kept.`
      }
      onSubmit={save}
      actions={
        <>
          <Button onClick={onClose}>Go on editing</Button>
          <Button type="submit" look="main" busy={busy}>
            Save the merged metadata
          </Button>
        </>
      }
    >
      {merges.map(({ kind, merged }) => {
        const colliding = new Set(merged.collisions.flatMap((one) => [one.mine, one.theirs]))
        return (
          <section key={kind} className="merge">
            <h3>{titleOf(kind)}</h3>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by the keyboard */}
            <section className="merge-room" tabIndex={0} aria-label={`Changes of ${kind} metadata`}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">Where</th>
                    <th scope="col">It was</th>
                    <th scope="col">You</th>
                    <th scope="col">Somebody else</th>
                  </tr>
                </thead>
                <tbody>
                  {merged.collisions.map((collision) => {
                    const name = nameOf(kind, collision)
                    const isTheirs = theirs.has(name)
                    const choose = (take: boolean) => {
                      const next = new Set(theirs)
                      if (take) next.add(name)
                      else next.delete(name)
                      setTheirs(next)
                    }
                    return (
                      <tr key={name} data-collides>
                        <th scope="row">
                          <code>{formatPath(collision.mine.path)}</code> <Tag tone="warn">Choose</Tag>
                        </th>
                        <td data-title="It was">
                          <Value value={collision.mine.from} />
                        </td>
                        <td data-title="You">
                          <label>
                            <input type="radio" name={name} checked={!isTheirs} onChange={() => choose(false)} />
                            <Value value={collision.mine.to} />
                          </label>
                        </td>
                        <td data-title="Somebody else">
                          <label>
                            <input type="radio" name={name} checked={isTheirs} onChange={() => choose(true)} />
                            {collision.theirs.path.length !== collision.mine.path.length && (
                              <code>{formatPath(collision.theirs.path)}</code>
                            )}
                            <Value value={collision.theirs.to} />
                          </label>
                        </td>
                      </tr>
                    )
                  })}
                  {rowsOf(merged.mine, merged.theirs, colliding).map(({ path, from, mine, theirs }) => (
                    <tr key={formatPath(path)}>
                      <th scope="row">
                        <code>{formatPath(path)}</code>
                      </th>
                      <td data-title="It was">
                        <Value value={from} />
                      </td>
                      <td data-title="You">
                        {mine ? <Value value={mine.to} /> : <span className="faint">as it was</span>}
                      </td>
                      <td data-title="Somebody else">
                        {theirs ? <Value value={theirs.to} /> : <span className="faint">as it was</span>}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          </section>
        )
      })}
    </Dialog>
  )
}

/** What did not collide, one row for each place. */
function rowsOf(mine: readonly Change[], theirs: readonly Change[], colliding: ReadonlySet<Change>) {
  const rows = new Map<string, { path: Change['path']; from: Change['from']; mine?: Change; theirs?: Change }>()
  for (const [side, changes] of [
    ['mine', mine],
    ['theirs', theirs],
  ] as const) {
    for (const change of changes) {
      if (colliding.has(change)) continue
      const key = formatPath(change.path)
      rows.set(key, { path: change.path, from: change.from, ...rows.get(key), [side]: change })
    }
  }
  return [...rows.values()]
}

/** How much of a value is shown. */
const shown = 400

function Value({ value }: { readonly value: JsonValue | undefined }) {
  if (value === undefined) return <span className="faint">nothing</span>
  const text = JSON.stringify(value)
  return <code className="merge-value">{text.length > shown ? `${text.slice(0, shown)}…` : text}</code>
}
