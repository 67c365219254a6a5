import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** More than a line has: a SHA-1 of 40 digits, a colon, a count and the end. */
const window = 128

/** How a line begins: `0018A45C4D1DEF81644B54AB7F969B88D65:21`, of a file of all with the first five digits before. */
const whole = /^([0-9A-F]{40}):\d+$/

/** The folder's files, by the first five digits. */
const rangeLength = 5

/**
 * Makes the check whether a password is in a list of stolen ones, in the form of Have I Been Pwned: one file of
 * `SHA-1:count`, ordered by the hash, or a folder of ranges, `0018A.txt` and so on. A file is searched where it lies; no
 * more of it is held than a line.
 *
 * @throws TypeError when there is no such file or folder
 */
export function createBreachedPasswords(path: string): (password: string) => Promise<boolean> {
  let isFolder: boolean
  try {
    isFolder = statSync(path).isDirectory()
  } catch {
    throw new TypeError(`--breached-passwords: ${path} is no file or folder that can be read`)
  }
  const find = isFolder ? findInFolder : findInFile
  return (password) => find(path, createHash('sha1').update(password).digest('hex').toUpperCase())
}

async function findInFolder(folder: string, hash: string): Promise<boolean> {
  const text = await readFile(join(folder, `${hash.slice(0, rangeLength)}.txt`), 'latin1')
  const rest = hash.slice(rangeLength)
  // Padding counts as none.
  return text.split('\n').some((line) => line.startsWith(`${rest}:`) && !/:0\s*$/.test(line))
}

async function findInFile(path: string, hash: string): Promise<boolean> {
  const file = await open(path)
  try {
    let low = 0
    let high = (await file.stat()).size
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const line = await lineFrom(file, middle, low)
      // Nothing begins between the middle and the end.
      if (!line || line.start >= high) {
        high = middle
        continue
      }
      const [, found] = whole.exec(line.text) ?? []
      if (found === undefined) throw new Error('the list of stolen passwords has a line that is no SHA-1 and count')
      if (found === hash) return true
      if (found < hash) low = line.end
      else high = middle
    }
    return false
  } finally {
    await file.close()
  }
}

interface Line {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** The first line that begins at a place or behind it; `first` is where one is known to begin. */
async function lineFrom(file: FileHandle, place: number, first: number): Promise<Line | undefined> {
  const buffer = Buffer.alloc(2 * window)
  // From the byte before, so that a line that begins right here is seen to.
  const from = place === first ? place : place - 1
  const { bytesRead } = await file.read(buffer, 0, buffer.length, from)
  const text = buffer.toString('latin1', 0, bytesRead)
  const begin = place === first ? 0 : text.indexOf('\n') + 1
  if (begin === 0 && place !== first) return undefined
  const end = text.indexOf('\n', begin)
  const stop = end < 0 ? text.length : end
  if (stop === begin) return undefined
  return { text: text.slice(begin, stop).replace(/\r$/, ''), start: from + begin, end: from + stop + 1 }
}
