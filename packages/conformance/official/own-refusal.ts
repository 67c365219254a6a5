import { type AcmeError, type ApiError, isAcmeError, type MetadataTooLargeError, metadataParam } from '@acme/schema'
import type { Outcome } from './clients.ts'

/** Runs a call of our own clients; what is no refusal is thrown. */
export async function runOwn<T>(call: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await call() }
  } catch (error) {
    if (!isAcmeError(error)) throw error
    const { code, status, errors, kind } = error as AcmeError & Partial<ApiError & MetadataTooLargeError>
    return { refusal: { status, code, param: kind ? metadataParam(kind) : errors?.[0]?.param } }
  }
}
