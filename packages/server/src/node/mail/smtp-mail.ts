import { createTransport } from 'nodemailer'
import type { Mail } from './write-mail.ts'

/** Hands a mail on; rejects when it could not be. */
export type SendMail = (mail: Mail) => Promise<void>

/** How many mails wait for the mail server at most; more are refused, so that none is kept without end. */
const mostWaiting = 500

/**
 * Reads the URL of a mail server: `smtp://user:password@host:587`, which changes to TLS where the server offers it (and
 * has to where there is a password), or `smtps://…:465`, which begins with it.
 *
 * @throws TypeError when it is none; never quoting it
 */
export function readSmtpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '' || url.pathname.length > 1) {
    throw new TypeError('takes smtp://user:password@host:port, or smtps:// for TLS from the first byte')
  }
  return url
}

/** Sends mails by SMTP (RFC 5321), over a few connections that are kept for a while. */
export function createSmtpMail(url: URL, from: string): SendMail {
  const isSecure = url.protocol === 'smtps:'
  const user = decodeURIComponent(url.username)
  const isHere = /^(localhost|127\..*|\[::1\])$/.test(url.hostname)
  const transport = createTransport({
    pool: true,
    maxConnections: 4,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (isSecure ? 465 : 587),
    secure: isSecure,
    // A password is not for everybody on the way.
    requireTLS: user !== '' && !isHere,
    ignoreTLS: isHere,
    ...(user !== '' && { auth: { user, pass: decodeURIComponent(url.password) } }),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  let waiting = 0
  return async (mail) => {
    if (waiting >= mostWaiting) throw Object.assign(new Error('too many mails wait'), { code: 'MAIL_QUEUE_FULL' })
    waiting++
    try {
      // As an object, so that nothing in an address is read as a second one.
      await transport.sendMail({ ...mail, from, to: { name: '', address: mail.to } })
    } finally {
      waiting--
    }
  }
}
