import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the file of a server's directory says: its keys, and where it was reached last. */
export interface KeyFile {
  readonly publishableKey: string | undefined
  readonly secretKey: string | undefined
  readonly apiUrl: string | undefined
}

/** Where it is. */
export function keyFilePath(directory: string): string {
  return join(directory, 'keys.env')
}

/** Reads it; without one, nothing is known. */
export async function readKeyFile(directory: string): Promise<KeyFile> {
  const text = await readFile(keyFilePath(directory), 'utf8').catch(() => '')
  const read = (name: string) => new RegExp(`^${name}=(\\S+)$`, 'm').exec(text)?.[1]
  return {
    publishableKey: read('ACME_PUBLISHABLE_KEY'),
    secretKey: read('ACME_SECRET_KEY'),
    apiUrl: read('ACME_API_URL'),
  }
}

/** Writes it, readable by its owner alone: all of it or nothing. */
export async function writeKeyFile(directory: string, file: Required<KeyFile>): Promise<void> {
  const { publishableKey, secretKey, apiUrl } = file
  const text = `ACME_PUBLISHABLE_KEY=${publishableKey}\nACME_SECRET_KEY=${secretKey}\nACME_API_URL=${apiUrl}\n`
  const path = keyFilePath(directory)
  await writeFile(`${path}.new`, text, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

/** Removes it, where its keys open nothing. */
export async function removeKeyFile(directory: string): Promise<void> {
  await rm(keyFilePath(directory), { force: true })
}
