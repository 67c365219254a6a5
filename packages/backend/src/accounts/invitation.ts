import { type JsonObject, type LooseJson, toAppNames, toMetadata } from '@acme/schema'

/** Whom to ask to sign up. */
export interface InvitationParams {
  readonly emailAddress: string
  /** Becomes the user's when they sign up. */
  readonly publicMetadata?: JsonObject | undefined
  /** The page that the link leads to, whole. @default what the server was started with */
  readonly redirectUrl?: string | undefined
  /** From 1 to 365. @default 30 */
  readonly expiresInDays?: number | undefined
  /** Whether the server sends a mail. @default true */
  readonly notify?: boolean | undefined
  /** Whether it may be one more, or to somebody who has an account. @default false */
  readonly ignoreExisting?: boolean | undefined
}

/** Which invitations. */
export interface InvitationQuery {
  /** @default all but those that were revoked */
  readonly status?: Invitation['status'] | undefined
  /** Part of an e-mail address, or an id. */
  readonly query?: string | undefined
}

/** Somebody who was asked to sign up. */
export interface Invitation {
  readonly id: string
  readonly emailAddress: string
  readonly publicMetadata: JsonObject
  readonly status: 'pending' | 'accepted' | 'revoked' | 'expired'
  /** Where the invitation leads, once: it holds the ticket. Only when it was made now. */
  readonly url?: string | undefined
  readonly expiresAt: Date
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Reads an invitation. */
export function readInvitation(json: LooseJson): Invitation {
  const { publicMetadata = {} } = toMetadata(json, 'frontend')
  return { ...toAppNames<Invitation>(json), publicMetadata }
}
