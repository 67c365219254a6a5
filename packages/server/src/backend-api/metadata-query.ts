import { JsonTextError, parseJson } from '@acme/schema'
import { paramFault } from '../domain/fault.ts'
import type { MetadataQuestion } from '../domain/metadata/indexes/metadata-questions.ts'

/** `metadata[public][plan]`, and with what is compared `metadata_gte[private][credits]`. */
const form = /^metadata(?:_(in|gt|gte|lt|lte))?((?:\[[^[\].]+\]){2,})$/

/**
 * Reads what a query asks about metadata: the path by brackets, the value as JSON text; an empty one asks whether anything
 * is there. What is not of this form is refused: to pass over it would find everybody.
 */
export function readMetadataQuestions(query: URLSearchParams): readonly MetadataQuestion[] {
  return [...query]
    .filter(([param]) => param.startsWith('metadata'))
    .map(([param, text]) => {
      const [, comparison, steps] = form.exec(param) ?? []
      if (steps === undefined)
        throw paramFault('metadata', 'form_param_value_invalid', 'is not of the form metadata[kind][key]')
      const path = steps.slice(1, -1).split('][').join('.')
      if (text === '' && comparison === undefined) return { path, asks: 'exists' }
      return { path, asks: (comparison ?? 'is') as MetadataQuestion['asks'], value: readValue(text) }
    })
}

function readValue(text: string) {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error
    throw paramFault('metadata', 'form_param_value_invalid', 'has a value that is not JSON')
  }
}
