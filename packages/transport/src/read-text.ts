/** The most that a reply may hold, in bytes: 500 users with all their metadata, and some. */
export const replyLimit = 16_777_216

/** For what comes in one piece, which most replies do. */
const whole = new TextDecoder()

/** Reads a whole body as text, up to {@link replyLimit}. */
export async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  if (!reader) return response.text()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return decode(chunks)
    bytes += value.length
    if (bytes > replyLimit) {
      void reader.cancel()
      throw new RangeError('the reply is too large')
    }
    chunks.push(value)
  }
}

function decode(chunks: readonly Uint8Array[]): string {
  if (chunks.length === 1) return whole.decode(chunks[0])
  // A character may be cut in two.
  const decoder = new TextDecoder()
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
}
