import type { User } from '@acme/frontend'
import { isAcmeError } from '@acme/schema'

export async function save(user: User, theme: 'light' | 'dark', page: { ask(): void; say(text: string): void }) {
  // #region handle
  try {
    await user.updateMetadata({ unsafeMetadata: { theme } })
  } catch (error) {
    if (!isAcmeError(error)) throw error
    if (error.code === 'signed_out') page.ask()
    else if (error.outcome === 'unknown') page.say('It may have been saved. Load the page to see.')
    else page.say(error.message)
    console.info(error.docsUrl)
  }
  // #endregion handle
}
