import type { CodeMessage, Notice } from '../../domain/deps.ts'
import type { MailText } from './mail-texts.ts'

/** A mail as it is sent. */
export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** How long a code of a mail is of use, in minutes. */
const minutes = 10

/** Writes a mail; without words for its purpose, those of `code`. */
export function writeMail(texts: ReadonlyMap<string, MailText>, message: CodeMessage | Notice, host: string): Mail {
  const words = texts.get(message.purpose) ?? texts.get('code')
  if (!words) throw new Error('there are no words for a mail')
  const code = 'code' in message ? message.code : ''
  const url = 'url' in message ? message.url : ''
  const address = 'address' in message ? message.address : ''
  const values = { code, url, address, host, minutes: String(minutes) }
  const { subject, text, html = toHtml(text) } = words
  return {
    to: message.to,
    subject: fill(subject, values),
    text: fill(text, values),
    html: fill(html, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, escapeHtml(value)]))),
  }
}

/** Gives the names in braces of a text that stand for nothing. */
export function unknownNames(text: string): readonly string[] {
  const known = ['code', 'url', 'address', 'host', 'minutes']
  return [...text.matchAll(/\{\{(.*?)\}\}/g)].map(([, name = '']) => name).filter((name) => !known.includes(name))
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole)
}

function toHtml(text: string): string {
  const parts = escapeHtml(text.trim())
    .split('\n\n')
    .map((part) => {
      if (part.trim() === '{{url}}') return '<p><a href="{{url}}">{{url}}</a></p>'
      const isCode = part.trim() === '{{code}}'
      return isCode ? '<p style="font-size:28px;letter-spacing:4px"><strong>{{code}}</strong></p>' : `<p>${part}</p>`
    })
  return (
    '<!doctype html><html lang="en"><meta charset="utf-8"><body style="font-family:sans-serif;font-size:16px">' +
    `${parts.join('')}</body></html>`
  )
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
