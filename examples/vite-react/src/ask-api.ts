import { acme, apiUrl } from './acme.ts'

/** Asks the app's own API, as whoever is signed in. */
export async function askApi<T>(method: 'GET' | 'POST', path: string): Promise<T> {
  const token = await acme.session?.getToken()
  const response = await fetch(`${apiUrl}${path}`, { method, headers: { authorization: `Bearer ${token}` } })
  const body = await response.json()
  if (!response.ok) throw new Error(`The app’s API refused: ${body.error}`)
  return body
}
