import type { DeliveryQuery } from './delivery-query.ts'
import type { MetadataCondition } from './metadata-key.ts'
import type {
  ChangeRow,
  Collection,
  InvitationRow,
  overAt,
  Rows,
  SessionRow,
  UntoldChange,
  UserRow,
  WebhookDeliveryRow,
} from './rows.ts'

/** One row, by collection and id. */
export type Key = { readonly [C in Collection]: { readonly collection: C; readonly id: string } }[Collection]

/**
 * What a transaction writes, in order. A row is put whole, or deleted; deleting what is not there is no error. A change of
 * a user is appended to those there are, in the transaction that writes the user; the changes of a user that made
 * versions before one, but for those that are untold, or all of them, are forgotten, before the user is deleted; so are the
 * webhook deliveries of what made versions before one, but for those of which nothing has become yet. Changes are forgotten as
 * they are found from the user, or `isEverywhere`, which may read all there are. A change that was told is untold no more, or
 * forgotten where it was kept for that alone; one that is gone by then stays so.
 */
export type Write =
  | {
      readonly [C in Collection]:
        | { readonly put: C; readonly row: Rows[C] }
        | { readonly delete: C; readonly id: string }
    }[Collection]
  | { readonly append: ChangeRow }
  | { readonly forgetChangesOf: string; readonly before?: number | undefined; readonly isEverywhere?: true | undefined }
  | { readonly forgetDeliveriesOf: string; readonly before: number }
  | { readonly told: Pick<UntoldChange, 'userId' | 'version' | 'at' | 'untold'> }

/** The rows a transaction read, as they are at the moment it decides. */
export interface Snapshot {
  /** The row of a key that the transaction named; undefined when there is none. Naming another key is a bug and throws. */
  get<C extends Collection>(collection: C, id: string): Rows[C] | undefined
}

/** What a transaction decided: the rows to write, all or none of them, and its result. */
export interface Decision<Result> {
  readonly writes: readonly Write[]
  readonly result: Result
}

/**
 * A change as data: which rows it needs, and a pure, synchronous function from those rows to what is
 * written. A storage is free to run the ones that wait together in one transaction, in arrival order;
 * one that throws fails alone and writes nothing.
 */
export interface Transaction<Result> {
  readonly reads: readonly Key[]
  /**
   * Whether it may wait some milliseconds for others to share a commit with, because nobody who waits for it is in a
   * hurry: where a commit stops everything else, one of its own costs the others more than it is worth.
   */
  readonly isPatient?: boolean | undefined
  /** What else it needs, once it knows those rows, as they are before any transaction of its group is decided. */
  follow?(rows: Snapshot): readonly Key[]
  decide(rows: Snapshot): Decision<Result>
}

/** What a list can be ordered by. */
export type UserOrder =
  | 'created_at'
  | 'updated_at'
  | 'last_sign_in_at'
  | 'last_active_at'
  | 'email_address'
  | 'username'
  | 'first_name'
  | 'last_name'
  | 'id'

/** Which users; every condition given must hold. Texts compare case-insensitively. */
export interface UserFilter {
  readonly userIds?: readonly string[]
  readonly notUserIds?: readonly string[]
  readonly externalIds?: readonly string[]
  readonly notExternalIds?: readonly string[]
  readonly emailAddresses?: readonly string[]
  readonly usernames?: readonly string[]
  /** Part of an e-mail address, username, first or last name, or the beginning of an id, as it is written. */
  readonly query?: string
  readonly emailAddressQuery?: string
  readonly usernameQuery?: string
  /** Part of the first or last name. */
  readonly nameQuery?: string
  readonly isBanned?: boolean
  /** Milliseconds since the epoch, exclusive. */
  readonly createdAtBefore?: number
  readonly createdAtAfter?: number
  readonly lastSignInAtBefore?: number
  readonly lastSignInAtAfter?: number
  readonly lastActiveAtBefore?: number
  readonly lastActiveAtAfter?: number
  /** Each by a path that every user is indexed by, whom a storage need not look at to know. */
  readonly metadata?: readonly MetadataCondition[]
}

/** A page of users. */
export interface UserQuery {
  readonly filter: UserFilter
  readonly orderBy: UserOrder
  /** Rows whose order value is null come last in either direction; ties are broken by id in the same direction. */
  readonly direction: 'ascending' | 'descending'
  readonly limit: number
  readonly offset: number
  /** Start after this place (keyset pagination), where a user need not be; only with `orderBy: 'created_at'`. */
  readonly after?: Pick<UserRow, 'id' | 'createdAt'> | undefined
}

/** A page of the changes of a user. */
export interface ChangePage {
  /** Only those that made versions before this one. */
  readonly before?: number | undefined
  readonly limit: number
}

/** What is known of a storage as a whole. */
export interface StorageFacts {
  readonly engine: 'memory' | 'sqlite' | 'postgres'
  /** What it takes on its disk; null where nothing is on one. */
  readonly bytes: number | null
}

/** What of all that moves is read. */
export interface DumpPart {
  /** @default all that move, in their order */
  readonly collections: readonly Collection[]
  /** Whether the changes of users are read as well. */
  readonly hasChanges: boolean
}

/** How a database is rid of what was deleted. */
export interface PurgeOptions {
  /** Whether its files may be written anew, which takes as much room once more. */
  readonly rewrites: boolean
}

/** What the server needs from a database. Each storage in this folder implements it and passes the same suite. */
export interface Storage {
  /** Reads one row outside any transaction. */
  find<C extends Collection>(collection: C, id: string): Promise<Rows[C] | undefined>
  /** Reads a page of users. */
  listUsers(query: UserQuery): Promise<readonly UserRow[]>
  /** Counts users. */
  countUsers(filter: UserFilter): Promise<number>
  /** The sessions of a user, newest first. */
  listSessions(userId: string): Promise<readonly SessionRow[]>
  /** The changes of a user, newest first. */
  listChanges(userId: string, page: ChangePage): Promise<readonly ChangeRow[]>
  /** A page of the invitations, newest first: those that were made before the one of an id. */
  listInvitations(page: {
    readonly before?: string | undefined
    readonly limit: number
  }): Promise<readonly InvitationRow[]>
  /**
   * What changes with every change of a user, and of whether a session is over: `updatedAt` of the users, {@link overAt}
   * of the sessions, by id. Of what is not there, nothing. Asked every second for all that are watched.
   */
  marksOf(userIds: readonly string[], sessionIds: readonly string[]): Promise<ReadonlyMap<string, number>>
  /**
   * Changes that are untold, by their time; those of one user without a gap from the first on. With `until`, those that were
   * made at that time (milliseconds) or earlier, the newest first.
   */
  listUntold(limit: number, until?: number): Promise<readonly UntoldChange[]>
  /** Reads webhook deliveries, in the order that the question names. */
  listDeliveries(query: DeliveryQuery): Promise<readonly WebhookDeliveryRow[]>
  /**
   * Waits until every transaction of any process has ended that was under way when it was asked: whatever is decided from
   * then on has read what was committed before.
   */
  barrier(): Promise<void>
  /** Runs a transaction; when it resolves, its writes are durable. */
  transact<Result>(transaction: Transaction<Result>): Promise<Result>
  /**
   * Deletes rows that are over (see `overAt`) before `now`, and changes made before `changesBefore`, the oldest first, so
   * many at a time that nobody waits for it; true when there are more. A change that is untold waits to be told, unless it
   * was made before `untoldBefore`, of which nobody is told any more.
   */
  sweep(now: number, changesBefore?: number, untoldBefore?: number): Promise<boolean>
  /**
   * Reads all that moves to another database, as of one moment and some at a time, as the writes that would put it there:
   * the rows of one collection after another, ordered by the bytes of their ids (UTF-8), then the changes of users by time,
   * user and version. What this storage is to write meanwhile may wait until the reading ends.
   */
  dump(part?: DumpPart): AsyncIterable<readonly Write[]>
  /** Tells what keeps everything, and how much room that takes. */
  describe(): Promise<StorageFacts>
  /**
   * Sees to it that what was deleted is not left where the database keeps it, as far as it can: search indexes, free pages,
   * logs. It may take as long as the database is large, and have others wait. Gives what may remain all the same, and until
   * when, in words for whoever runs it.
   */
  purge(options: PurgeOptions): Promise<readonly string[]>
  /** Waits for what is under way and lets go of the database. */
  close(): Promise<void>
}
