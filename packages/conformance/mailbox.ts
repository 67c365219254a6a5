import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A mail server on loopback (SMTP, RFC 5321) that keeps what it is sent. */
export interface Mailbox {
  /** Where it is: `smtp://127.0.0.1:…`. */
  readonly url: string
  /** Waits for the next mail to an address that holds a code, and gives it. */
  readCode(to: string): Promise<string>
  close(): Promise<void>
}

/** Starts one. */
export async function startMailbox(): Promise<Mailbox> {
  const codes: { readonly to: string; readonly code: string }[] = []
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    onData(stream, session, done) {
      let source = ''
      stream.on('data', (data) => (source += data))
      stream.on('end', () => {
        const code = /\b\d{6}\b/.exec(source.slice(source.indexOf('\r\n\r\n')))?.[0]
        // Others tell what was changed.
        if (code !== undefined) codes.push({ to: session.envelope.rcptTo.map(({ address }) => address).join(), code })
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    async readCode(to) {
      for (let tries = 0; tries < 400; tries++) {
        const at = codes.findIndex((one) => one.to === to)
        const [found] = at < 0 ? [] : codes.splice(at, 1)
        if (found) return found.code
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error(`no code has come to ${to}`)
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
