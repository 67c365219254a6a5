import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Loads a module of the app, TypeScript too where Node reads it (22.18 or newer: types are stripped, nothing is compiled).
 *
 * @throws Error that says what to do where it does not
 */
export async function loadModule(file: string): Promise<{ readonly path: string; readonly module: object }> {
  const path = resolve(file)
  try {
    return { path, module: (await import(pathToFileURL(path).href)) as object }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const isUnread = code === 'ERR_UNKNOWN_FILE_EXTENSION' || code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
    if (!isUnread) throw error
    throw new Error(
      `this Node cannot read ${file} (${message}). Use Node 22.18 or newer and TypeScript whose types can be stripped, ` +
        `or another reader: NODE_OPTIONS='--import tsx' npx @acme/server …`,
    )
  }
}
