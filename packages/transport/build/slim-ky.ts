// ky as the builds bundle it: its request alone, without what merges options of instances, since there is but one
// instance here. What it is bundled without stands in slim-ky-parts.ts; the tests of the tools hold the built clients
// against the sources, fault by fault.
import { Ky } from '../node_modules/ky/distribution/core/Ky.js'

export { isTimeoutError } from '../node_modules/ky/distribution/utils/type-guards.js'
export default Ky.create
