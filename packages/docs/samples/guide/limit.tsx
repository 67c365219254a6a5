import type { Backend } from '@acme/backend'
import { useUnsafeMetadata } from '@acme/frontend/react'
import { MetadataTooLargeError, metadataBytes, metadataLimit } from '@acme/schema'

export function measure(): readonly number[] {
  // #region measure
  metadataLimit // 8192
  const bytes = metadataBytes({ theme: 'dark', city: 'Zürich' }) // 33: ü has two
  // #endregion measure
  return [metadataLimit, bytes]
}

export async function tooLarge({ users }: Backend, userId: string): Promise<readonly string[]> {
  const log: string[] = []
  const draft = 'x'.repeat(9_000)
  // #region refused
  try {
    await users.updateUser(userId, { privateMetadata: { draft, customerId: 'cus_1' } })
  } catch (error) {
    if (!(error instanceof MetadataTooLargeError)) throw error
    const { kind, bytes, limit, largest } = error
    log.push(`${kind}: ${bytes} of ${limit} bytes`) // private: 9033 of 8192 bytes
    for (const member of largest) log.push(`${member.path.join('.')}: ${member.bytes}`) // draft: 9002
  }
  // #endregion refused
  return log
}

// #region meter
export function Used() {
  const { used, left } = useUnsafeMetadata().bytes
  return (
    <label>
      Used <meter max={used + left} value={used} /> {left} bytes left
    </label>
  )
}
// #endregion meter

interface Documents {
  insert(text: string): Promise<{ readonly id: string }>
}

export async function elsewhere({ users }: Backend, userId: string, documents: Documents, text: string) {
  // #region elsewhere
  const { id } = await documents.insert(text) // your own database
  await users.updateUserMetadata(userId, { privateMetadata: { draftId: id } })
  // #endregion elsewhere
}
