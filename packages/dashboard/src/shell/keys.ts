import { useEffect, useRef } from 'react'

/** What keys do, by their names: `c`, `?`, `mod+k`, or two one after the other, `g u`. */
export type Keys = { readonly [keys: string]: () => void }

/** How long after a first key the second one counts, in milliseconds. */
const patience = 1_000

/** Has keys do something as long as the component is there, unless somebody is writing. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    let before = ''
    let since = 0
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || isComposing(event)) return
      const mod = event.metaKey || event.ctrlKey
      const key = mod ? `mod+${event.key.toLowerCase()}` : event.key
      if (!mod && (isWriting(event.target) || isInDialog(event.target))) return
      const pair = event.timeStamp - since < patience ? `${before} ${key}` : ''
      const act = latest.current[pair] ?? latest.current[key]
      before = key
      since = event.timeStamp
      if (!act) return
      event.preventDefault()
      before = ''
      act()
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
}

function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing
}

/** Where letters are text. An editor in a shadow tree is seen from outside as its host. */
function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable], .editor') !== null
}

function isInDialog(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role=dialog], [role=menu]') !== null
}
