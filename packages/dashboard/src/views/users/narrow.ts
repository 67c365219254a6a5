import { useSyncExternalStore } from 'react'

const query = matchMedia('(width < 640px)')

function subscribe(listener: () => void): () => void {
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** Whether there is no room for columns beside each other: the same width as in the style of the table. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches)
}

/** How tall a row is whose cells stand below each other, two on a line, in pixels. */
export function narrowHeight(columns: number): number {
  return 44 + 22 * Math.ceil(columns / 2)
}
