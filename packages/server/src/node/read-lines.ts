import { createReadStream } from 'node:fs'

/** Some lines of a file, and how many bytes of it they and all before them are. */
export interface Lines {
  readonly lines: readonly Buffer[]
  readonly bytes: number
}

/** Reads the lines of a file, without their line breaks and many at a time; the last one too when it has none. */
export async function* readLines(file: string): AsyncGenerator<Lines> {
  let rest: Buffer = Buffer.alloc(0)
  let bytes = 0
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) {
    const data: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer)
    const lines: Buffer[] = []
    let start = 0
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
      lines.push(data.subarray(start, end))
      start = end + 1
    }
    rest = data.subarray(start)
    bytes += start
    if (lines.length > 0) yield { lines, bytes }
  }
  if (rest.length > 0) yield { lines: [rest], bytes: bytes + rest.length }
}
