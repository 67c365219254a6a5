/** Reads a variable of the process's environment; undefined where it is not set, empty, or there is no environment. */
export function fromEnvironment(name: string): string | undefined {
  try {
    const { process } = globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } }
    return process?.env?.[name] || undefined
  } catch {
    // Deno throws where reading it was not allowed.
    return undefined
  }
}
