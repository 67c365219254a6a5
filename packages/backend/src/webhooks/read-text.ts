import { AcmeError } from '@acme/schema'

/**
 * Reads the body of a request, of at most so many bytes of UTF-8.
 *
 * @throws AcmeError `webhook_body_used`, `webhook_body_too_large` or `webhook_body_invalid`
 */
export async function readText(request: Request, limit: number): Promise<string> {
  if (request.bodyUsed) {
    throw new AcmeError({
      code: 'webhook_body_used',
      message: 'The body of the request was read before: give verifyWebhook the request as it came.',
    })
  }
  // Nothing is passed over: two bodies that read alike would be one to the signature.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const decode = (chunk?: Uint8Array) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined })
    } catch {
      throw new AcmeError({ code: 'webhook_body_invalid', message: 'The body is not UTF-8.' })
    }
  }
  let [text, length] = ['', 0]
  for (const reader = request.body?.getReader(); reader; ) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.length
    if (length > limit) {
      void reader.cancel().catch(() => {})
      throw new AcmeError({ code: 'webhook_body_too_large', message: `The body has more than ${limit} bytes.` })
    }
    text += decode(value)
  }
  return text + decode()
}
