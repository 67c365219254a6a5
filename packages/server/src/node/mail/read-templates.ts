import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type MailText, mailTexts, needed } from './mail-texts.ts'
import { unknownNames } from './write-mail.ts'

/**
 * Reads the words of mails from a directory, in the place of the server's own: `sign_in.txt`, whose first line is
 * `Subject: …`, and beside it `sign_in.html` where that is to be more than the text.
 *
 * @throws TypeError naming the file, and what is wrong with it
 */
export function readTemplates(directory: string): ReadonlyMap<string, MailText> {
  const texts = new Map(mailTexts)
  let names: readonly string[]
  try {
    names = readdirSync(directory)
  } catch {
    throw new TypeError(`--mail-templates: ${directory} is no directory that can be read`)
  }
  for (const name of names.filter((one) => one.endsWith('.txt'))) {
    const file = join(directory, name)
    const purpose = name.slice(0, -'.txt'.length)
    const [, subject, text] = /^Subject: (.+)\r?\n\s*\n([\s\S]+)$/.exec(readFileSync(file, 'utf8')) ?? []
    if (!mailTexts.has(purpose)) {
      throw new TypeError(`${file}: there is no such mail; there are ${[...mailTexts.keys()].join(', ')}`)
    }
    if (!subject || !text) throw new TypeError(`${file}: begin it with a line "Subject: …", an empty line and the text`)
    const page = `${purpose}.html`
    const html = names.includes(page) ? readFileSync(join(directory, page), 'utf8') : undefined
    for (const [where, words] of [
      [file, text],
      [join(directory, page), html],
    ] as const) {
      const part = purpose in needed ? needed[purpose] : '{{code}}'
      if (part !== undefined && words !== undefined && !words.includes(part))
        throw new TypeError(`${where}: it has no ${part}`)
      const [odd] = unknownNames(`${subject}${words}`)
      if (odd !== undefined)
        throw new TypeError(`${where}: {{${odd}}} stands for nothing; code, url, address, host and minutes do`)
    }
    texts.set(purpose, { subject, text, html })
  }
  return texts
}
