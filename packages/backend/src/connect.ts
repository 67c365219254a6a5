import { AcmeError, isSecretKey, readJson } from '@acme/schema'
import { createSender, type Http, type TryAgain } from '@acme/transport'
import { fromEnvironment } from './from-environment.ts'
import type { BackendOptions } from './options.ts'
import { refusePage } from './refuse-page.ts'
import { type Server, watchServer } from './server.ts'

/** The version of the Backend API that is spoken. */
const apiVersion = '2026-05-12'

/** Makes what speaks to a server by its secret key. @throws AcmeError as createBackend does */
export function connect(options: BackendOptions<unknown>): { readonly http: Http; readonly server: Server } {
  refusePage()
  const secretKey = options.secretKey || fromEnvironment('ACME_SECRET_KEY')
  if (!isSecretKey(secretKey ?? '')) {
    throw new AcmeError({
      code: 'secret_key_invalid',
      message: 'Not a secret key: it has the form sk_test_… or sk_live_…. Give secretKey, or set ACME_SECRET_KEY.',
    })
  }
  const baseUrl = readApiUrl(options.apiUrl || fromEnvironment('ACME_API_URL'))
  const headers = {
    authorization: `Bearer ${secretKey}`,
    'clerk-api-version': apiVersion,
    // Asks for what only @acme/server knows; Clerk ignores it.
    'acme-version': '1',
  }
  return watchServer(createSender({ ...options, baseUrl, headers, parse: readJson }, loadTryAgain))
}

/**
 * By the first call that fails: loading ky has Node load all of its fetch, for which an import alone, of a function that
 * answers without a call, should not wait.
 */
async function loadTryAgain(): Promise<TryAgain> {
  const { tryAgain } = await import('@acme/transport/try-again')
  return tryAgain
}

/** Reads where the Backend API lives, without the slash at its end. */
function readApiUrl(text: string | undefined): string {
  if (text === undefined) {
    throw new AcmeError({
      code: 'api_url_missing',
      message: 'Where is the server? Give apiUrl, or set ACME_API_URL; npx @acme/server prints it.',
    })
  }
  if (!/^https?:\/\/[^/?#@]+(\/[^?#]*)?$/.test(text) || !URL.canParse(text)) {
    const message = 'apiUrl is the address of a server, such as https://accounts.example.com, with nothing behind it.'
    throw new AcmeError({ code: 'api_url_invalid', message })
  }
  return text.replace(/\/$/, '')
}
