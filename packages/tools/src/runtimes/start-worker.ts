import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A worker that answers. */
export interface RunningWorker {
  readonly url: string
  close(): void
}

/** Serves a bundled worker of a folder by workerd alone, without what wrangler puts around it. */
export async function startWorker(
  workerd: string,
  folder: string,
  file: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningWorker> {
  const text = JSON.stringify
  const bindings = Object.entries(env).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`)
  const config = join(folder, 'worker.capnp')
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed ${text(file)})],
      bindings = [${bindings.join(', ')}],
      compatibilityDate = "2026-01-01",
    )),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
  )
  const child = spawn(workerd, ['serve', config, '--control-fd=1'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const port = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk
    })
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk
      const found = /"port":\s*(\d+)/.exec(said)?.[1]
      if (found) resolve(found)
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`workerd ended:\n${said}`)))
  })
  return { url: `http://127.0.0.1:${port}/`, close: () => void child.kill() }
}
