/** What the page looks like: as the system says, or always one of them. */
export type Theme = 'system' | 'light' | 'dark'

const key = 'acme-dashboard-theme'

/** What was chosen, or what the system says. */
export function readTheme(): Theme {
  const kept = localStorage.getItem(key)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

/** Gives the page the look that was chosen. */
export function applyTheme(theme: Theme = readTheme()): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

/** Chooses a look, for this browser. */
export function setTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(key)
  else localStorage.setItem(key, theme)
  applyTheme(theme)
}
