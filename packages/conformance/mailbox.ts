import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A mail server on loopback (SMTP, RFC 5321) that keeps what it is sent. */
export interface Mailbox {
  /** Where it is: `smtp://127.0.0.1:…`. */
  readonly url: string
  /** Waits for the next mail to an address and gives the code in it. */
  readCode(to: string): Promise<string>
  close(): Promise<void>
}

/** Starts one. */
export async function startMailbox(): Promise<Mailbox> {
  const mails: { readonly to: string; readonly source: string }[] = []
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    onData(stream, session, done) {
      let source = ''
      stream.on('data', (data) => (source += data))
      stream.on('end', () => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address).join(), source })
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
        const at = mails.findIndex((mail) => mail.to === to)
        if (at >= 0) {
          const [mail] = mails.splice(at, 1)
          const code = /\b\d{6}\b/.exec(mail?.source.slice(mail.source.indexOf('\r\n\r\n')) ?? '')?.[0]
          if (code === undefined) throw new Error(`the mail to ${to} holds no code`)
          return code
        }
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error(`no mail has come to ${to}`)
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
