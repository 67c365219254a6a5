/** The most that a reply may hold, in bytes: 500 users with all their metadata, and some. */
export const replyLimit = 16_777_216

/** Reads a whole body as text, up to {@link replyLimit}. */
export async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  if (!reader) return response.text()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.length
    if (bytes > replyLimit) {
      void reader.cancel()
      throw new RangeError('the reply is too large')
    }
    text += decoder.decode(value, { stream: true })
  }
}
