/** Gives a parameter of the query, which most requests have none of: then nothing is parsed. */
export function queryParam(url: URL, name: string): string | null {
  return url.search === '' ? null : url.searchParams.get(name)
}
