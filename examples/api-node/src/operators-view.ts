import type { IncomingMessage } from 'node:http'
import type { Backend } from '@acme/backend'
import {
  isLoopbackHost,
  type JsonObject,
  type Kind,
  kinds,
  metadataField,
  type PatchView,
  type Side,
} from '@acme/schema'
import type { serverMetadata } from './metadata.server.ts'

/** A user as the app's own server sees them. */
export interface OperatorsView {
  /** All that is kept of them, by kind. */
  readonly metadata: Readonly<Record<Kind, JsonObject>>
  readonly version: number
  /** Who wrote last, and what. */
  readonly lastWrite: { readonly side: Side | 'server'; readonly kinds: readonly Kind[] } | undefined
  /** What this side would write next, for each kind. */
  readonly patches: Readonly<Record<Kind, JsonObject>>
}

/**
 * For the demonstration only: shows users what the server keeps of them, and lets them make it write. No app has that;
 * it is off unless asked for, and then answers this machine alone.
 */
export function createOperatorsView(users: Backend<typeof serverMetadata>['users']): {
  read(userId: string): Promise<OperatorsView>
  write(userId: string, kind: string): Promise<void>
} {
  async function load(userId: string) {
    const user = await users.getUser(userId)
    const { privateMetadata, publicMetadata, unsafeMetadata } = user
    const patches = {
      private: {
        privateMetadata: { paymentCustomerId: privateMetadata.paymentCustomerId ? null : customerOf(userId) },
      },
      public: { publicMetadata: { plan: publicMetadata.plan === 'pro' ? 'free' : 'pro' } },
      unsafe: { unsafeMetadata: { theme: unsafeMetadata.theme === 'dark' ? 'light' : 'dark' } },
    } satisfies Record<Kind, PatchView<'backend', typeof serverMetadata>>
    return { user, patches }
  }

  async function lastWrite(userId: string): Promise<OperatorsView['lastWrite']> {
    for await (const change of users.listChanges(userId)) {
      return { side: change.side, kinds: kinds.filter((kind) => change[metadataField(kind)]) }
    }
    return undefined
  }

  return {
    async read(userId) {
      const { user, patches } = await load(userId)
      const { privateMetadata, publicMetadata, unsafeMetadata } = user
      return {
        metadata: {
          private: privateMetadata,
          public: publicMetadata,
          unsafe: unsafeMetadata,
        } as OperatorsView['metadata'],
        version: user.version ?? 0,
        lastWrite: await lastWrite(userId),
        patches,
      }
    },
    async write(userId, kind) {
      const { patches } = await load(userId)
      if (kinds.includes(kind as Kind)) await users.updateUserMetadata(userId, patches[kind as Kind])
    },
  }
}

/** The customer at a payment provider, as its webhook would name them. */
export function customerOf(userId: string): string {
  return `cus_${userId.slice(-12)}`
}

/** Tells whether a request comes from this machine, and by a name of it that no other site can take. */
export function isFromHere({ headers, socket }: IncomingMessage): boolean {
  return isLoopbackHost(headers.host ?? '') && /^(::1$|(::ffff:)?127\.)/.test(socket.remoteAddress ?? '')
}
