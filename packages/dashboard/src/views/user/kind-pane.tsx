import { formatPath, type JsonObject, type Kind, metadataBytes, metadataLimit } from '@acme/schema'
import { Meter } from '@base-ui/react/meter'
import { LockKeyhole } from 'lucide-react'
import { lazy, memo, Suspense, useDeferredValue, useId, useMemo } from 'react'
import { largestPaths } from '../../metadata/largest-paths.ts'
import { titleOf, whoMay } from '../../metadata/who.ts'
import { Skeleton } from '../../parts/skeleton.tsx'
import { Tag } from '../../parts/tag.tsx'
import type { EditedKind } from './editing.ts'

const JsonEditor = lazy(async () => ({ default: (await import('../../metadata/json-editor.tsx')).JsonEditor }))

interface KindPaneProps {
  readonly edited: EditedKind
  readonly schema: JsonObject | undefined
  onWrite(kind: Kind, text: string): void
}

const number = new Intl.NumberFormat('en')

/** One kind of metadata: who may do what with it, the editor, and how much of its room it takes. */
export function KindPane({ edited, schema, onWrite }: KindPaneProps) {
  const { kind, text, judged, isChanged, isBehind } = edited
  const id = useId()
  const who = whoMay(kind)
  const isHidden = who.some(({ access }) => access === 'none')
  return (
    <section className="kind" aria-labelledby={id} data-hidden={isHidden || undefined}>
      <header className="kind-head">
        <h2 id={id}>
          {isHidden && <LockKeyhole size={14} aria-hidden />}
          {titleOf(kind)}
        </h2>
        {isChanged && <Tag tone={isBehind ? 'warn' : 'accent'}>{isBehind ? 'Changed by two' : 'Unsaved'}</Tag>}
        <p className="kind-who">
          {who.map(({ side, words, access }) => (
            <span key={side} data-access={access}>
              {side} {words}.{' '}
            </span>
          ))}
        </p>
      </header>
      <div className="kind-editor">
        <Suspense fallback={<EditorSkeleton lines={text.split('\n').length} />}>
          <JsonEditor
            label={`${titleOf(kind)} metadata`}
            text={text}
            schema={schema}
            onChange={(next) => onWrite(kind, next)}
          />
        </Suspense>
      </div>
      <footer className="kind-foot">
        <Problems problems={judged.problems} />
        <ByteMeter kind={kind} value={judged.value} />
      </footer>
    </section>
  )
}

function EditorSkeleton({ lines }: { readonly lines: number }) {
  return (
    <div className="kind-skeleton">
      {Array.from({ length: Math.min(lines, 10) }, (_, index) => (
        <Skeleton key={index} width={`${40 + ((index * 37) % 40)}%`} height={12} />
      ))}
    </div>
  )
}

/** How many problems are listed. */
const most = 3

function Problems({ problems }: { readonly problems: EditedKind['judged']['problems'] }) {
  return (
    <div className="kind-problems" role="status">
      {problems.slice(0, most).map(({ path, message }) => (
        <p key={`${path}${message}`}>
          {path && path.length > 0 && <code>{formatPath(path)}</code>} {message}
        </p>
      ))}
      {problems.length > most && <p>and {problems.length - most} more</p>}
    </div>
  )
}

const ByteMeter = memo(function ByteMeter({
  kind,
  value,
}: {
  readonly kind: Kind
  readonly value: JsonObject | undefined
}) {
  const measured = useDeferredValue(value)
  const bytes = measured ? metadataBytes(measured) : undefined
  const largest = useMemo(() => (measured ? largestPaths(measured) : []), [measured])
  const share = (bytes ?? 0) / metadataLimit
  return (
    <div className="meter" data-level={share > 1 ? 'over' : share > 0.8 ? 'high' : undefined}>
      <Meter.Root
        value={Math.min(bytes ?? 0, metadataLimit)}
        max={metadataLimit}
        aria-label={`Room taken by ${kind} metadata`}
        getAriaValueText={() => `${bytes ?? 0} of ${metadataLimit} bytes`}
      >
        <Meter.Track className="meter-track">
          <Meter.Indicator className="meter-fill" />
        </Meter.Track>
      </Meter.Root>
      <p className="meter-words">
        <span className="numeric">
          {bytes === undefined ? '–' : number.format(bytes)} of {number.format(metadataLimit)} bytes
        </span>
        {largest.length > 0 && (
          <span
            className="meter-largest"
            title={largest.map(({ path, bytes }) => `${formatPath(path)} ${bytes}`).join('\n')}
          >
            {largest.map(({ path, bytes }) => (
              <span key={formatPath(path)}>
                <code>{formatPath(path)}</code> {number.format(bytes)}
              </span>
            ))}
          </span>
        )}
      </p>
    </div>
  )
})
