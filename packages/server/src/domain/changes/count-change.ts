import { jsonText } from '../../storage/json-text.ts'
import type { HistoryMark } from '../../storage/rows.ts'
import type { Difference } from './difference.ts'

/** As how much metadata a change may hold, forth and back, that counts as one, in characters of JSON. */
const unit = 2_048

/**
 * Counts a change among those that are kept of a user. A large one counts as several: whoever fills their own metadata
 * again and again would leave sixteen kilobytes each time. Once there are enough since the mark, those from before it can
 * go, and the next ones are counted anew.
 */
export function countChange(
  mark: HistoryMark | undefined,
  version: number,
  { metadata }: Difference,
  size: number,
): { readonly mark: HistoryMark; readonly forgetBefore: number | undefined } {
  const since = mark?.since ?? version
  const weight = (mark?.weight ?? 0) + 1 + Math.floor(jsonText(metadata).length / unit)
  if (weight < size) return { mark: { since, weight }, forgetBefore: undefined }
  return { mark: { since: version + 1, weight: 0 }, forgetBefore: since }
}
