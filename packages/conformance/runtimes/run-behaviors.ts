import { backendBehaviors } from './backend-behaviors.ts'
import type { Behavior, Outcome, Report } from './behavior.ts'
import { frontendBehaviors } from './frontend-behaviors.ts'
import { hasStreams, isPage } from './places.ts'
import { serverBehaviors } from './server-behaviors.ts'
import type { World } from './world.ts'

/** The one suite, over every runtime. */
export const behaviors: readonly Behavior[] = [...frontendBehaviors, ...backendBehaviors, ...serverBehaviors]

/** Runs every behavior, one after the other: those of a page share its cookies. */
export async function runBehaviors(world: World, isApp = false): Promise<Report> {
  const report: Record<string, Report[string]> = {}
  for (const { part, title, needsStreams, run } of behaviors) {
    // A secret key, and a server, have no place in an app that people install.
    const isElsewhere = isApp && part !== 'frontend'
    const well = needsStreams && !hasStreams ? 'absent' : 'ok'
    report[`${part} ${title}`] = await (isElsewhere ? 'elsewhere' : run(world).then(() => well, refusalOf))
  }
  return report
}

function refusalOf(error: unknown): Outcome | { readonly error: string } {
  const { code, stack } = error as { readonly code?: unknown; readonly stack?: string }
  return isPage && code === 'secret_key_in_page' ? 'refused' : { error: `${error}\n${stack}` }
}
