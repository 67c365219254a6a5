import { operations } from '@acme/schema/wire'

/** A part of the paths there are. */
interface Branch {
  readonly fixed: Map<string, Branch>
  /** What a segment of any text leads to. */
  any: Branch | undefined
  /** The pattern that ends here. */
  pattern: string | undefined
}

const newBranch = (): Branch => ({ fixed: new Map(), any: undefined, pattern: undefined })

/** Any other path: strangers make up as many as they like. */
const other = 'other'

const root = newBranch()
for (const path of [...operations.map((one) => one.path), '/health/live', '/health/ready']) {
  let branch = root
  for (const segment of segmentsOf(path)) {
    if (segment.startsWith('{')) {
      branch.any ??= newBranch()
      branch = branch.any
    } else {
      const next = branch.fixed.get(segment) ?? newBranch()
      branch.fixed.set(segment, next)
      branch = next
    }
  }
  branch.pattern = path
}

/**
 * Names the operation that a path is of, by the pattern that describes it: `/v1/users/{id}`. There are as many names as
 * operations, and `other`.
 */
export function routeOf(path: string): string {
  return find(root, segmentsOf(path), 0) ?? (path.startsWith('/dashboard') ? '/dashboard' : other)
}

function find(branch: Branch, segments: readonly string[], at: number): string | undefined {
  const segment = segments[at]
  if (segment === undefined) return branch.pattern
  const fixed = branch.fixed.get(segment)
  return (fixed && find(fixed, segments, at + 1)) ?? (branch.any && find(branch.any, segments, at + 1))
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '')
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Names a method, of which a client may make up any. */
export function methodOf(method: string): string {
  return methods.has(method) ? method : other
}
