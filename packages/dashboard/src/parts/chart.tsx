import './readable-language.ts'
import 'uplot/dist/uPlot.min.css'
import './chart.css'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'

/** One line of a chart. */
export interface Series {
  readonly label: string
  /** A token of the design: `--accent`. */
  readonly color: string
  readonly values: readonly (number | null)[]
  /** Whether it stands as a bar for each minute. @default a line */
  readonly bars?: boolean
}

interface ChartProps {
  /** What it shows, in a sentence, for those who do not see it. */
  readonly label: string
  /** In milliseconds since the epoch, ascending. */
  readonly times: readonly number[]
  readonly series: readonly Series[]
  write(value: number): string
  readonly height?: number
}

const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** A chart over time. The pointer, or the arrow keys, read a minute of it. */
export function Chart({ label, times, series, write, height = 168 }: ChartProps) {
  const room = useRef<HTMLDivElement>(null)
  const note = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const told = useRef({ series, write })
  told.current = { series, write }
  const data: uPlot.AlignedData = [times.map((at) => at / 1_000), ...series.map(({ values }) => [...values])]
  const names = series.map(({ label: name, color, bars }) => `${name} ${color} ${bars}`).join()

  useEffect(() => {
    const place = room.current as HTMLDivElement
    const make = () => {
      plot.current?.destroy()
      plot.current = new uPlot(options(place, height, told, note), data, place)
    }
    make()
    const sizes = new ResizeObserver(() => plot.current?.setSize({ width: place.clientWidth, height }))
    sizes.observe(place)
    // The colors are those of the look, light or dark.
    const looks = new MutationObserver(make)
    looks.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    const system = matchMedia('(prefers-color-scheme: dark)')
    system.addEventListener('change', make)
    return () => {
      sizes.disconnect()
      looks.disconnect()
      system.removeEventListener('change', make)
      plot.current?.destroy()
      plot.current = null
    }
  }, [names, height])

  useEffect(() => {
    plot.current?.setData(data)
  })

  const move = (step: number) => {
    const chart = plot.current
    if (!chart) return
    const last = times.length - 1
    const at = Math.min(last, Math.max(0, (chart.cursor.idx ?? last + (step < 0 ? 1 : 0)) + step))
    chart.setCursor({ left: chart.valToPos((times[at] ?? 0) / 1_000, 'x'), top: 0 })
  }
  return (
    <div
      ref={room}
      className="chart"
      role="img"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read it
      tabIndex={0}
      onKeyDown={({ key }) => {
        if (key === 'ArrowLeft') move(-1)
        if (key === 'ArrowRight') move(1)
      }}
      onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
    >
      <div ref={note} className="chart-value" hidden />
    </div>
  )
}

interface Told {
  readonly current: Pick<ChartProps, 'series' | 'write'>
}

function options(
  place: HTMLElement,
  height: number,
  told: Told,
  note: { readonly current: HTMLElement | null },
): uPlot.Options {
  const style = getComputedStyle(place)
  // A canvas knows no light-dark(): what it comes to is read of an element.
  const probe = place.appendChild(document.createElement('i'))
  const color = (name: string) => {
    probe.style.color = `var(${name})`
    return getComputedStyle(probe).color
  }
  const [grid, text] = [color('--line'), color('--text-faint')]
  const lines = told.current.series.map(({ label, color: name, bars }) => {
    const stroke = color(name)
    return {
      label,
      stroke,
      width: 1.5,
      ...(bars && { fill: stroke, width: 0, paths: uPlot.paths.bars?.({ size: [0.7, 24, 1], radius: 0.2 }) as Paths }),
      // A value that has no neighbor would not be seen.
      points: bars ? { show: false } : { size: 4, fill: stroke, filter: alone },
      spanGaps: false,
    }
  })
  probe.remove()
  const axis = { stroke: text, font: `11px ${style.fontFamily}`, ticks: { show: false } }
  return {
    width: place.clientWidth,
    height,
    padding: [8, 8, 0, 0],
    cursor: { y: false, drag: { setScale: false, x: false }, points: { size: 6 } },
    legend: { show: false },
    // Half a minute on either side, so that the last bar is a whole one.
    scales: {
      x: { range: (_, min, max) => [min - 30, max + 30] },
      y: { range: (_, __, max) => [0, Math.max(max || 0, 1) * 1.15] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_, splits) => splits.map((at) => clock.format(at * 1_000)),
        size: 28,
        space: 64,
      },
      {
        ...axis,
        grid: { stroke: grid, width: 1 },
        values: (_, splits) => splits.map((value) => told.current.write(value)),
        incrs: [1, 2, 5]
          .flatMap((one) => [...Array(10).keys()].map((power) => one * 10 ** power))
          .sort((a, b) => a - b),
        size: 56,
        space: 36,
      },
    ],
    series: [{}, ...lines],
    hooks: { setCursor: [(chart) => showValues(chart, note.current, told, lines)] },
  }
}

type Paths = uPlot.Series.PathBuilder

/** The values that no line leads to or from. */
function alone(chart: uPlot, at: number): number[] {
  const values = chart.data[at] ?? []
  const isThere = (index: number) => values[index] !== null && values[index] !== undefined
  return [...values.keys()].filter((index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1))
}

/** Writes beside the cursor what the lines say there. */
function showValues(
  chart: uPlot,
  note: HTMLElement | null,
  told: Told,
  lines: readonly { readonly stroke: string }[],
): void {
  if (!note) return
  const { idx, left = -1 } = chart.cursor
  note.hidden = idx === null || idx === undefined || left < 0
  if (note.hidden || idx === null || idx === undefined) return
  const { series, write } = told.current
  const head = document.createElement('div')
  head.textContent = clock.format((chart.data[0]?.[idx] ?? 0) * 1_000)
  const rows = series.map(({ label, values }, index) => {
    const row = document.createElement('div')
    const swatch = document.createElement('i')
    swatch.style.background = lines[index]?.stroke ?? ''
    const value = values[idx]
    row.append(swatch, `${label} ${value === null || value === undefined ? '–' : write(value)}`)
    return row
  })
  note.replaceChildren(head, ...rows)
  const offset = chart.over.offsetLeft + left
  const isRight = offset > chart.root.clientWidth / 2
  note.style.transform = `translate(${isRight ? offset - note.offsetWidth - 12 : offset + 12}px, 8px)`
}
