// What a browser runs: the world is asked for, the report is posted.
import { runBehaviors } from './run-behaviors.ts'

const report = await runBehaviors(await (await fetch('/world')).json())
await fetch('/report', { method: 'POST', body: JSON.stringify(report) })
