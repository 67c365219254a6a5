import { changedEntries } from '../metadata-key.ts'
import type { UserRow } from '../rows.ts'
import type { Sql, SqliteDatabase } from './sqlite-database.ts'

/** Keeps by what of their metadata users are found, and who holds what nobody else may have. */
export interface MetadataEntries {
  /** Begins to write, in the transaction that has just begun. */
  begin(): void
  /** Learns what other processes have written, in the transaction that is open; to be called before anything is read. */
  catchUp(): void
  /** Moves the entries of a user, those that have changed. */
  move(before: UserRow | undefined, after: UserRow | undefined): void
  /** Gives who holds a value. */
  holderOf(id: string): string | undefined
  /** Has somebody hold a value, or nobody. */
  hold(id: string, userId: string | null): void
  /** Writes what was put off for the whole transaction; to be called before each commit. */
  settle(): void
  /** Brings all that is in the log into the trees, and leaves nothing of it in the log, in the transaction that has begun. */
  mergeAll(): void
  /** Forgets what was done since {@link begin}: the transaction was rolled back. */
  forget(): void
  /** Forgets all that was learned, which is then read again: nobody knows what of it is left. */
  restart(): void
  /** Does something outside a transaction for which SQLite takes room on the disk, and not in memory; then it restarts. */
  withoutMemory(work: () => void): void
}

/** Where an entry was and where it is, each the key of a value, or null where there is none. */
type Move = readonly [path: string, before: string | null, after: string | null, createdAt: number, userId: string]
type Hold = readonly [id: string, userId: string | null]

/** A line of the log: what one commit moved. */
interface Line {
  readonly moves: readonly Move[]
  readonly holds: readonly Hold[]
}

/** How far something is brought into the trees, in their order. */
interface Merge {
  /** The line up to which everything is in them at the end. */
  readonly until: number
  /** The place it has come to, in a recent table. */
  readonly table: number
  readonly after: readonly (string | number)[]
}

/** What this connection knows. */
interface State {
  /** The first line of the log: it and all before it are in the trees. */
  readonly first: number
  /** The last line that is in the recent tables. */
  readonly last: number
  /** How many rows these have at the most. */
  readonly size: number
  /** How many they have before they are merged. */
  readonly most: number
  readonly merge: Merge | undefined
}

const unknown: State = { first: -1, last: -1, size: 0, most: 0, merge: undefined }

/** How many rows are merged for each that is added, so that a merge ends before the next is due. */
const pace = 2
/** How many rows are kept at hand at the most: some ten megabytes. And at the least. */
const [mostKept, leastKept] = [65_536, 8]

/** A table of what is recent, the tree that it is merged into, and the rows of it that say of something that it is there. */
const trees = [
  { recent: 'recent_entries', tree: 'indexed_metadata', columns: 'path, key, created_at, user_id', key: 4 },
  { recent: 'recent_holders', tree: 'held_metadata', columns: 'id, user_id', key: 1 },
] as const

/** What others may join with: the entries that there are, by the columns asked for and a condition without a name. */
export function entriesThatAre(columns: string, where: string): string {
  const isRecent =
    'SELECT 1 FROM temp.recent_entries AS recent WHERE recent.path = entry.path AND recent.key = entry.key ' +
    'AND recent.created_at = entry.created_at AND recent.user_id = entry.user_id'
  return (
    `SELECT ${columns} FROM indexed_metadata AS entry WHERE ${where} AND NOT EXISTS (${isRecent}) ` +
    `UNION ALL SELECT ${columns} FROM temp.recent_entries WHERE ${where} AND is_there`
  )
}

/** The holders that there are. */
export const holdersThatAre: string =
  'SELECT id, user_id FROM held_metadata WHERE id NOT IN (SELECT id FROM temp.recent_holders) ' +
  'UNION ALL SELECT id, user_id FROM temp.recent_holders WHERE user_id IS NOT NULL'

/**
 * Makes the keeper of entries. A value that changes leaves one page of a tree and comes to another, each somewhere else
 * for every user: to write these pages costs more than all the rest of a write. So what moves is a line of a log, one for
 * all that share a commit, and is kept at hand in tables of this connection alone, in memory, which say more than the
 * trees. Once they are large, each commit brings some of them into the trees, in their order, so that a page is written
 * for many entries at once. What is brought in is what the log says last, whoever does it and how often: processes need
 * not agree on it, and one that dies leaves nothing half done.
 */
export function createMetadataEntries(database: SqliteDatabase, sql: Sql): MetadataEntries {
  makeTables()
  let state = unknown
  let begun = unknown
  let moves: Move[] = []
  let holds: Hold[] = []

  function makeTables(): void {
    database.exec(`
      PRAGMA temp_store = MEMORY;
      CREATE TEMP TABLE recent_entries (
        path TEXT NOT NULL, key TEXT NOT NULL, created_at INTEGER NOT NULL, user_id TEXT NOT NULL, is_there INTEGER NOT NULL,
        PRIMARY KEY (path, key, created_at, user_id)
      ) WITHOUT ROWID;
      CREATE TEMP TABLE recent_holders (id TEXT PRIMARY KEY NOT NULL, user_id TEXT) WITHOUT ROWID;
    `)
  }

  function noteMove([path, before, after, createdAt, userId]: Move): void {
    // In one statement, which takes a third less than two.
    if (before !== null && after !== null) sql(placeBoth).run(path, before, after, createdAt, userId)
    else sql(placeOne).run(path, before ?? after, createdAt, userId, Number(after !== null))
  }

  function noteHold([id, userId]: Hold): void {
    sql('INSERT OR REPLACE INTO temp.recent_holders (id, user_id) VALUES (?, ?)').run(id, userId)
  }

  function moved(move: Move): void {
    moves.push(move)
    noteMove(move)
  }

  function catchUp(): void {
    const { first } = sql('SELECT min(seq) AS first FROM metadata_log').get() as { first: number }
    // Lines that are gone before they were read are in the trees; and so is most of what is kept, if others merge it.
    if (first > state.last || (first > state.first && state.size > 2 * state.most)) {
      for (const { recent } of trees) sql(`DELETE FROM temp.${recent}`).run()
      state = { first, last: first, size: 0, most: mostNow(), merge: undefined }
    }
    const lines = sql('SELECT seq, data FROM metadata_log WHERE seq > ? ORDER BY seq').all(state.last)
    for (const { seq, data } of lines as { seq: number; data: string }[]) {
      const line = JSON.parse(data) as Line
      for (const move of line.moves) noteMove(move)
      for (const hold of line.holds) noteHold(hold)
      state = { ...state, last: seq, size: state.size + rowsOf(line) }
    }
  }

  /** A page is worth writing for more entries, the more of them there are. */
  function mostNow(): number {
    const { total } = sql(`SELECT total FROM totals WHERE name = 'users'`).get() as { total: number }
    return Math.max(leastKept, Math.min(mostKept, Math.ceil(total / 4)))
  }

  function rowsKept(): number {
    const count = (table: string) => (sql(`SELECT count(*) AS rows FROM temp.${table}`).get() as { rows: number }).rows
    return trees.reduce((sum, { recent }) => sum + count(recent), 0)
  }

  /** Brings some of what is recent into the trees, once there is much of it. */
  function merge(rows: number): void {
    if (!state.merge) {
      if (state.size < state.most) return
      // What was written over was counted twice.
      state = { ...state, size: rowsKept() }
      if (state.size < state.most) return
      state = { ...state, merge: { until: state.last, table: 0, after: start(0) } }
    }
    for (let left = rows; state.merge && left > 0; ) {
      const { until, table, after } = state.merge
      const [end, merged] = mergeSome(table, after, left)
      left -= merged
      const next = end ? { until, table, after: end } : { until, table: table + 1, after: start(table + 1) }
      const isOver = next.table === trees.length
      state = { ...state, size: Math.max(0, state.size - merged), merge: isOver ? undefined : next }
      if (!isOver) continue
      // The last of them stays, to tell that all before it are in the trees.
      sql('DELETE FROM metadata_log WHERE seq < ?').run(until)
      state = { ...state, first: until, most: mostNow(), size: rowsKept() }
    }
  }

  /** Brings so many rows behind a place into their tree; gives the place of the last, unless there are no more. */
  function mergeSome(table: number, after: Merge['after'], rows: number): [Merge['after'] | undefined, number] {
    const { recent, tree, columns, key } = trees[table] as (typeof trees)[number]
    const names = columns.split(', ').slice(0, key).join(', ')
    const marks = after.map(() => '?').join(', ')
    const order = `ORDER BY ${names} LIMIT 1 OFFSET ?`
    const behind = `(${names}) > (${marks})`
    const last = sql(`SELECT ${names} FROM temp.${recent} WHERE ${behind} ${order}`).get(...after, rows - 1)
    const end = last === undefined ? undefined : (Object.values(last as object) as (string | number)[])
    const [where, values] = end ? [`${behind} AND (${names}) <= (${marks})`, [...after, ...end]] : [behind, after]
    const isThere = table === 0 ? 'is_there' : 'user_id IS NOT NULL'
    const some = (select: string, test: string) => `SELECT ${select} FROM temp.${recent} WHERE ${where} AND ${test}`
    sql(`DELETE FROM ${tree} WHERE (${names}) IN (${some(names, `NOT (${isThere})`)})`).run(...values)
    const insert = table === 0 ? 'INSERT OR IGNORE' : 'INSERT OR REPLACE'
    sql(`${insert} INTO ${tree} (${columns}) ${some(columns, isThere)} ORDER BY ${names}`).run(...values)
    // The tree says the same by now.
    const { changes } = sql(`DELETE FROM temp.${recent} WHERE ${where}`).run(...values)
    return [end, Number(changes)]
  }

  return {
    begin() {
      begun = state
      catchUp()
    },

    catchUp,

    move(before, after) {
      const isMoved = before && after && before.createdAt !== after.createdAt
      for (const { path, before: old = null, after: kept = null } of changedEntries(before, after)) {
        if (before && old !== null && (isMoved || !after)) moved([path, old, null, before.createdAt, before.id])
        if (after && (kept !== null || (old !== null && !isMoved)))
          moved([path, isMoved ? null : old, kept, after.createdAt, after.id])
      }
    },

    holderOf(id) {
      const recent = sql('SELECT user_id FROM temp.recent_holders WHERE id = ?').get(id)
      const found = recent ?? sql('SELECT user_id FROM held_metadata WHERE id = ?').get(id)
      return (found as { user_id: string | null } | undefined)?.user_id ?? undefined
    },

    hold(id, userId) {
      const hold = [id, userId] as const
      holds.push(hold)
      noteHold(hold)
    },

    settle() {
      if (moves.length === 0 && holds.length === 0) return
      const line: Line = { moves, holds }
      const rows = rowsOf(line)
      const seq = state.last + 1
      sql('INSERT INTO metadata_log (seq, data) VALUES (?, ?)').run(seq, JSON.stringify(line))
      moves = []
      holds = []
      state = { ...state, last: seq, size: state.size + rows }
      merge(pace * rows)
    },

    mergeAll() {
      state = { ...state, merge: { until: state.last, table: 0, after: start(0) } }
      merge(Number.MAX_SAFE_INTEGER)
      // Whoever has not read the line that is left finds what it said in the trees.
      sql(`UPDATE metadata_log SET data = ''`).run()
    },

    forget() {
      state = begun
      moves = []
      holds = []
    },

    restart() {
      state = unknown
    },

    withoutMemory(work) {
      // It takes the tables away.
      database.exec('PRAGMA temp_store = FILE')
      try {
        work()
      } finally {
        makeTables()
        state = unknown
      }
    },
  }
}

const place = 'INSERT OR REPLACE INTO temp.recent_entries (path, key, created_at, user_id, is_there) VALUES'
const placeOne = `${place} (?, ?, ?, ?, ?)`
const placeBoth = `${place} (?1, ?2, ?4, ?5, 0), (?1, ?3, ?4, ?5, 1)`

/** How many rows a line makes at the most. */
function rowsOf({ moves, holds }: Line): number {
  return moves.reduce((sum, [, before, after]) => sum + Number(before !== null) + Number(after !== null), holds.length)
}

/** Before the first row of a table. */
function start(table: number): Merge['after'] {
  return table === 0 ? ['', '', Number.MIN_SAFE_INTEGER, ''] : ['']
}
