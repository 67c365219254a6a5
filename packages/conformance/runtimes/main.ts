// What Node, Bun and Deno run: the world comes by the environment, the report is the last line.
import { runBehaviors } from './run-behaviors.ts'

console.log(JSON.stringify(await runBehaviors(JSON.parse(`${process.env['WORLD']}`))))
process.exit(0)
