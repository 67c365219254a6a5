import type { Place } from '../place.ts'
import type { Pages } from './browser.ts'

/** What the suites of this folder work with. */
export interface World {
  readonly place: Place
  readonly pages: Pages
}
