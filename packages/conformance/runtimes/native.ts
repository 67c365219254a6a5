// What stands for an app of React Native: it has no secret key and no server.
import { runBehaviors } from './run-behaviors.ts'

console.log(JSON.stringify(await runBehaviors(JSON.parse(`${process.env['WORLD']}`), true)))
process.exit(0)
