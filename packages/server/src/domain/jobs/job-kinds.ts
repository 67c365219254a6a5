import type { JobKinds } from './job-kind.ts'

/** Every kind of job this server does. */
export const jobKinds: JobKinds = {}
