import { createPrivateKey, createPublicKey } from 'node:crypto'
import { formatPublishableKey, isLoopbackHost, isSecretKey, parsePublishableKey } from '@acme/schema'
import type { JWK } from 'jose'
import type { CodeMessage, Notice } from '../domain/deps.ts'
import { type AccountFlags, type AccountOptions, readAccountOptions } from './account-options.ts'
import { createCommandMail } from './mail/command-mail.ts'
import { mailTexts } from './mail/mail-texts.ts'
import { readTemplates } from './mail/read-templates.ts'
import { createSmtpMail, readSmtpUrl, type SendMail } from './mail/smtp-mail.ts'
import { writeMail } from './mail/write-mail.ts'

/** Whose instance the command line starts, and how it reaches its users. */
export interface InstanceOptions extends AccountOptions {
  readonly publishableKey: string | undefined
  readonly secretKey: string | undefined
  readonly signingKey: JWK | undefined
  /** Public keys (JWK) that are published beside it. */
  readonly verificationKeys: readonly JWK[]
  /** Sends codes by mail; undefined for test instances that are told no way. */
  readonly sendCode: ((message: CodeMessage) => Promise<void>) | undefined
  readonly sendNotice: ((notice: Notice) => Promise<void>) | undefined
}

/** What the command line says of it. */
export interface InstanceFlags extends AccountFlags {
  readonly origin?: string | undefined
  readonly smtp?: string | undefined
  readonly 'mail-from'?: string | undefined
  readonly 'mail-command'?: string | undefined
  readonly 'mail-templates'?: string | undefined
}

/**
 * Reads whose instance is started and how it sends mail, from the command line and the environment. Keys of the
 * environment are taken beside a database that is shared and for a live instance: elsewhere they may be meant for an app
 * beside a server that has its own.
 *
 * @throws TypeError that names every mistake, each with what to do; never quoting a secret
 */
export function readInstanceOptions(flags: InstanceFlags, env: NodeJS.ProcessEnv, isShared: boolean): InstanceOptions {
  const mistakes: string[] = []
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      mistakes.push((error as Error).message)
      return undefined
    }
  }
  const given = env['ACME_PUBLISHABLE_KEY'] || undefined
  const known = given === undefined ? undefined : attempt(() => readPublishableKey(given))
  const host = flags.origin === undefined ? undefined : attempt(() => readOrigin(flags.origin ?? ''))
  const isLive = host !== undefined || known?.instanceType === 'live'
  if (host !== undefined && known && (known.host !== host || known.instanceType !== 'live')) {
    mistakes.push('ACME_PUBLISHABLE_KEY is not the live key of the host of --origin: give one of the two')
  }
  const made = host === undefined ? undefined : formatPublishableKey({ instanceType: 'live', host })
  const publishableKey = isShared || isLive ? (given ?? made) : undefined
  const secretKey = isShared || isLive ? env['ACME_SECRET_KEY'] || undefined : undefined
  if (secretKey !== undefined && !isSecretKey(secretKey)) {
    mistakes.push('ACME_SECRET_KEY is no secret key: sk_live_ (or sk_test_) and what nobody guesses')
  } else if (isLive && secretKey !== undefined && !secretKey.startsWith('sk_live_')) {
    mistakes.push('ACME_SECRET_KEY is that of a test instance: a live one has sk_live_…')
  }
  const pem = isShared || isLive ? env['ACME_SIGNING_KEY'] || undefined : undefined
  const signingKey = pem === undefined ? undefined : attempt(() => readSigningKey(pem))
  const other = isShared || isLive ? env['ACME_VERIFICATION_KEY'] || undefined : undefined
  const verificationKey = other === undefined ? undefined : attempt(() => readVerificationKey(other))
  if (other !== undefined && pem === undefined) {
    mistakes.push('ACME_VERIFICATION_KEY is for beside ACME_SIGNING_KEY: leave it out, or give both')
  }
  const mail = attempt(() => readMail(flags, env, (known?.host ?? host) || 'this server', isLive))
  const accounts = attempt(() => readAccountOptions(flags, env)) ?? { signUps: {}, isBreached: undefined }
  if (mistakes.length > 0) throw new TypeError(mistakes.join('\nacme-server: '))
  const verificationKeys = verificationKey ? [verificationKey] : []
  return { publishableKey, secretKey, signingKey, verificationKeys, sendCode: mail, sendNotice: mail, ...accounts }
}

function readPublishableKey(key: string) {
  try {
    return parsePublishableKey(key)
  } catch {
    throw new TypeError('ACME_PUBLISHABLE_KEY is no publishable key: leave it out and give --origin https://… instead')
  }
}

function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' || url.origin !== text.replace(/\/$/, '')) {
    throw new TypeError('--origin takes https:// and the host at which pages reach this server, without a path')
  }
  if (isLoopbackHost(url.host)) throw new TypeError('--origin names this machine: leave it out for a test instance')
  return url.host
}

function readSigningKey(text: string): JWK {
  try {
    const key = text.trimStart().startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text), format: 'jwk' })
      : createPrivateKey(text.replaceAll('\\n', '\n'))
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
    if (key.asymmetricKeyType === 'rsa' && bits >= 2048) return key.export({ format: 'jwk' }) as JWK
  } catch {
    // Said below, without a word of the key.
  }
  throw new TypeError(
    'ACME_SIGNING_KEY is no private RSA key of 2048 bits or more, as PEM or JWK: openssl genrsa 2048 makes one',
  )
}

function readVerificationKey(text: string): JWK {
  try {
    const key = text.trimStart().startsWith('{')
      ? createPublicKey({ key: JSON.parse(text), format: 'jwk' })
      : createPublicKey(text.replaceAll('\\n', '\n'))
    if (key.asymmetricKeyType === 'rsa') return key.export({ format: 'jwk' }) as JWK
  } catch {
    // Said below.
  }
  throw new TypeError('ACME_VERIFICATION_KEY is no RSA key, public or private, as PEM or JWK')
}

function readMail(
  flags: InstanceFlags,
  env: NodeJS.ProcessEnv,
  host: string,
  isLive: boolean,
): ((message: CodeMessage | Notice) => Promise<void>) | undefined {
  const smtp = flags.smtp ?? (isLive ? env['ACME_SMTP_URL'] || undefined : undefined)
  const command = flags['mail-command']
  const from = flags['mail-from']
  if (from !== undefined && !/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/.test(from)) {
    throw new TypeError('--mail-from takes an address: codes@example.com, or "Example <codes@example.com>"')
  }
  let send: SendMail
  if (smtp !== undefined && command !== undefined) {
    throw new TypeError('give one of --smtp and --mail-command: mails go one way')
  } else if (smtp !== undefined) {
    let url: URL
    try {
      url = readSmtpUrl(smtp)
    } catch (error) {
      throw new TypeError(`${flags.smtp === undefined ? 'ACME_SMTP_URL' : '--smtp'} ${(error as Error).message}`)
    }
    if (from === undefined) throw new TypeError('--smtp needs --mail-from: the address that mails come from')
    send = createSmtpMail(url, from)
  } else if (command !== undefined) {
    send = createCommandMail(command, from)
  } else if (isLive) {
    throw new TypeError(
      'a live instance needs a way to send codes: --smtp smtp://user:password@host:port with --mail-from, ' +
        'ACME_SMTP_URL, or --mail-command',
    )
  } else {
    return undefined
  }
  const directory = flags['mail-templates']
  const texts = directory === undefined ? mailTexts : readTemplates(directory)
  return (message) => send(writeMail(texts, message, host))
}
