/** One of the servers that a URL names. */
export interface Host {
  readonly hostname: string
  readonly port: number
}

/** Where a database is. */
export interface DatabaseUrl {
  /** More than one where there are standbys. */
  readonly hosts: readonly Host[]
  /** The same with the first host alone, as a URL is by its standard. */
  readonly single: string
  /** Hosts and database, without who logs in and how: for messages. */
  readonly name: string
}

/**
 * Reads `postgres://user:password@host:port,host:port/database?…`.
 *
 * @throws TypeError for anything else, without quoting it: it may hold a password
 */
export function readDatabaseUrl(url: string): DatabaseUrl {
  // Up to the last @: what stands before it is never shown, however it is written.
  const [, scheme, login = '', authority, rest = ''] =
    /^(postgres(?:ql)?:\/\/)(.*@)?([^@/?#]+)([/?].*)?$/.exec(url) ?? []
  const hosts = (authority ?? '').split(',').map(readHost)
  const single = `${scheme}${login}${authority?.split(',')[0]}${rest}`
  if (!scheme || !isPresent(hosts) || !URL.canParse(single) || /%(?![\da-f]{2})/i.test(login)) {
    throw new TypeError(
      'not the URL of a PostgreSQL database: it has the form postgres://user:password@host:port/database, ' +
        'with every character of the password that is no letter or digit written as % and two hex digits',
    )
  }
  const database = /^\/([^?]*)/.exec(rest)?.[1] ?? ''
  return { hosts, single, name: `${authority}/${database}` }
}

function readHost(text: string): Host | undefined {
  const [, hostname, port = '5432'] = /^(\[[\da-f:.]+\]|[^:[\]]+)(?::(\d+))?$/i.exec(text) ?? []
  return hostname ? { hostname: hostname.replace(/[[\]]/g, ''), port: Number(port) } : undefined
}

function isPresent(hosts: readonly (Host | undefined)[]): hosts is readonly Host[] {
  return !hosts.includes(undefined)
}
