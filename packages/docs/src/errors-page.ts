import { codeGroups } from './error-codes.ts'
import { findErrorCodes } from './find-error-codes.ts'

const head = `# Errors

Everything the SDKs throw is an \`AcmeError\` with a stable \`code\`. Switch on \`code\`, not on the message; \`docsUrl\` leads
to its place on this page.

<<< @/../samples/guide/errors.ts#handle

| | |
| --- | --- |
| \`code\` | the word below |
| \`message\` | what was wrong, where, and what to do; never a key, a password or a metadata value |
| \`outcome\` | what the call did to the server's data: \`not_applied\`, \`applied\` or \`unknown\` |
| \`status\`, \`traceId\` | of the last answer; quote the trace id when asking for help |
| \`retryable\`, \`retryAfter\` | whether, and after how many seconds, the same call may succeed |
| \`attempts\` | how often the request was sent |
| \`docsUrl\` | this page, at the code |

The classes are \`ApiError\`, \`MetadataInvalidError\`, \`MetadataTooLargeError\`, \`MetadataConflictError\`, \`NetworkError\`,
\`TimeoutError\` and \`AbortError\`; see the [reference](/reference/schema#acmeerror).
`

const sayers: Readonly<Record<string, string>> = {
  backend: '`@acme/backend`',
  frontend: '`@acme/frontend`',
  msw: 'the mock',
  schema: 'both SDKs',
  server: 'the server',
  transport: 'both SDKs',
}

/** Writes the page of errors: every code with its cause, its cure, and who says so by the sources. */
export function errorsPage(): string {
  const { codes } = findErrorCodes()
  const parts = codeGroups.map(({ title, codes: explained }) => {
    const entries = Object.entries(explained).map(([code, { cause, cure }]) => {
      const { packages, statuses } = codes.get(code) ?? { packages: [], statuses: [] }
      const who = [...new Set(packages.map((name) => sayers[name] ?? name))].join(', ')
      const facts = `Said by ${who}${statuses.length > 0 ? `, with status ${statuses.join(' or ')}` : ''}.`
      return `### \`${code}\` {#${code}}\n\n${cause}\n\n${cure}\n\n<small>${facts}</small>\n`
    })
    return `## ${title}\n\n${entries.join('\n')}`
  })
  return `---\noutline: [2, 3]\n---\n\n${head}\n${parts.join('\n')}`
}
