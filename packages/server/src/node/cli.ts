#!/usr/bin/env node
import { serverVersion } from '../http/version.ts'
import { runBackup } from './backup-command.ts'
import { clerkEnv } from './clerk-env.ts'
import { help, readConfig } from './config.ts'
import { runExport } from './export-command.ts'
import { runImport } from './import-command.ts'
import { runInit } from './init-command.ts'
import { runJobsCommand } from './jobs-command.ts'
import { runKeysCommand } from './keys-command.ts'
import { faultJson, faultLines, logJson, logLine } from './log-line.ts'
import { describePlace } from './open-storage.ts'
import { runSchemaCommand } from './schema-command.ts'
import { startServer } from './start-server.ts'
import { runUsersCommand } from './users/users-command.ts'
import { runWebhooksCommand } from './webhooks-command.ts'

/** What is done instead of starting a server, to all that is kept. */
const moves: ReadonlyMap<string | undefined, (args: readonly string[]) => Promise<void>> = new Map([
  ['export', runExport],
  ['import', runImport],
  ['backup', runBackup],
])

async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2)
  if (command === 'init') {
    process.stdout.write(runInit(rest))
    return
  }
  if (command === 'schema') {
    process.stdout.write(await runSchemaCommand(rest))
    return
  }
  if (command === 'webhooks') {
    process.stdout.write(await runWebhooksCommand(rest))
    return
  }
  if (command === 'jobs') {
    process.stdout.write(await runJobsCommand(rest))
    return
  }
  if (command === 'keys') {
    process.stdout.write(await runKeysCommand(rest))
    return
  }
  if (command === 'users') {
    process.stdout.write(await runUsersCommand(rest))
    return
  }
  const move = moves.get(command)
  if (move) return move(rest)
  if (process.argv.includes('--clerk-env')) {
    process.stdout.write(await clerkEnv(process.argv.slice(2)))
    return
  }
  let config: ReturnType<typeof readConfig>
  try {
    config = readConfig(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`acme-server: ${(error as Error).message}\n\n${help}`)
    process.exitCode = 2
    return
  }
  if (config.show) {
    process.stdout.write(config.show === 'help' ? help : `${serverVersion}\n`)
    return
  }
  const isJson = config.log === 'json'
  const server = await startServer({
    port: config.port,
    hostname: config.hostname,
    directory: config.directory,
    database: config.database,
    ...config.instance,
    allowedOrigins: config.allowedOrigins,
    trustedProxies: config.trustedProxies,
    exposeTestInstance: config.exposeTestInstance,
    sealsMetadata: config.sealsMetadata,
    webhooks: { allowedHosts: config.webhookHosts },
    dashboard: config.dashboard,
    drain: config.drain,
    metrics: config.metrics,
    clerkPackages: config.clerkPackages,
    log: (entry) => void process.stdout.write(isJson ? logJson(entry, new Date()) : logLine(entry)),
    onFault: (fault) =>
      void process.stdout.write(
        isJson ? faultJson(fault, new Date()) : `fault beside the requests\n${faultLines(fault)}`,
      ),
  })
  const { keyFile = 'the environment' } = server
  const shown = server.isNew ? server.secretKey : `${server.secretKey.slice(0, 12)}… (in ${keyFile})`
  const place =
    config.database === undefined
      ? ''
      : `  kept in          ${describePlace({ directory: '', database: config.database })}\n`
  const codes = config.instance.sendCode ? 'Codes are sent by mail.' : 'Codes of this test instance are 424242.'
  // What gathers lines of JSON gets nothing else.
  const banner = isJson ? process.stderr : process.stdout
  banner.write(
    `acme-server ${serverVersion} listens on ${server.url}\n\n` +
      `  publishable key  ${server.publishableKey}\n` +
      `  secret key       ${shown}\n${place}` +
      `${server.dashboardUrl ? `  dashboard        ${server.dashboardUrl}\n` : ''}\n` +
      `${server.keyFile ? `Both keys and the address are in ${server.keyFile}. ` : ''}${codes} Ctrl-C stops.\n\n`,
  )
  if (server.metricsUrl) banner.write(`Metrics are at ${server.metricsUrl}.\n\n`)
  let isStopping = false
  const stop = () => {
    // The second time is meant.
    if (isStopping) process.exit(1)
    isStopping = true
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

main().catch((error: unknown) => {
  process.stderr.write(`acme-server: ${error instanceof Error ? error.message : 'failed'}\n`)
  process.exitCode = 1
})
