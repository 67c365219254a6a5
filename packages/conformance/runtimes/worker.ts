// What workerd runs: the world comes by a request, the report is the answer.
import { runBehaviors } from './run-behaviors.ts'

export default {
  fetch: async (request: Request): Promise<Response> => Response.json(await runBehaviors(await request.json())),
}
