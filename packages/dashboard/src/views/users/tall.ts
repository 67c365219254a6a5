import type { Virtualizer } from '@tanstack/react-virtual'

type Rows = Virtualizer<HTMLDivElement, Element>

let known: number | undefined

/** How tall an element can be in this browser, in pixels: beyond that, it is cut off. */
export function tallest(): number {
  if (known !== undefined) return known
  const probe = document.createElement('div')
  probe.style.cssText = 'position:absolute;visibility:hidden;height:33000000px;width:1px'
  document.body.append(probe)
  const height = probe.offsetHeight
  probe.remove()
  // Firefox lays out what is taller as if it had no height.
  known = height >= 33_000_000 ? 33_000_000 : 16_000_000
  return known
}

/**
 * How far the rows move for each pixel of the scroll bar: 1 until there are more of them than a browser can stack, and then
 * so much more that the last one is reached.
 */
export function scaleOf(total: number, room: number): number {
  const height = Math.min(total, tallest())
  return height > room && total > height ? (total - room) / (height - room) : 1
}

/** Where the rows are, told to the virtualizer as if the browser could stack all of them. */
export function observeScaled(scale: { readonly current: number }) {
  return (rows: Rows, tell: (offset: number, isScrolling: boolean) => void) => {
    const element = rows.scrollElement
    if (!element) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const report = (isScrolling: boolean) => tell(element.scrollTop * scale.current, isScrolling)
    const listen = () => {
      report(true)
      clearTimeout(timer)
      timer = setTimeout(() => report(false), 150)
    }
    report(false)
    element.addEventListener('scroll', listen, { passive: true })
    return () => {
      clearTimeout(timer)
      element.removeEventListener('scroll', listen)
    }
  }
}

/** How much of the room the head of the table takes, in pixels. */
const head = 34

/** Brings a row into sight by the shortest way: the virtualizer goes no further than a browser can stack. */
export function show(room: HTMLElement, start: number, height: number, scale: number): void {
  const offset = room.scrollTop * scale
  const goal = Math.min(start, Math.max(offset, start + height - (room.clientHeight - head)))
  if (goal !== offset) room.scrollTop = goal / scale
}

/** Scrolls as the virtualizer asks for, whatever the scale. */
export function scrollScaled(scale: { readonly current: number }) {
  return (offset: number, { adjustments = 0 }: { adjustments?: number }, rows: Rows) => {
    rows.scrollElement?.scrollTo({ top: (offset + adjustments) / scale.current })
  }
}
