import * as z from 'zod/mini'

/** A flag that may come in a form, whose values are texts. */
export const formFlag = z.optional(z.union([z.boolean(), z.enum(['true', 'false'])]))
