import * as z from 'zod/mini'
import { isJsonObject, type JsonObject } from '../json.ts'

/** A metadata value on the wire. Its keys are the app's: their case is never changed. */
export const jsonObject = z.custom<JsonObject>(isJsonObject)

/** A time on the wire: whole milliseconds since 1970-01-01T00:00:00Z. */
export const timestamp = z.int()
