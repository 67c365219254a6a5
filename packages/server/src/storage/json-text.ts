const texts = new WeakMap<object, string>()

/** Gives the JSON of a value that nobody changes any more, made once: to weigh it first, and to keep it then. */
export function jsonText(value: object): string {
  let text = texts.get(value)
  if (text === undefined) {
    text = JSON.stringify(value)
    texts.set(value, text)
  }
  return text
}
