import type { IDBPObjectStore } from 'idb'
import type { Answer, Row } from '@/domain/change'
import { changed, none, rowHash, unreadable, type Digest } from '@/domain/digest'
import { ofFeed } from './packs'
import type { AccountSchema } from './schema'

/** What the phone knows of a feed beside its cursor. */
export interface Feed {
  /** Of its rows as they were stored (P10); unknown until they are counted. */
  digest?: Digest
  /** The digest is of what has just come from a file: it need not be counted anew (P10). */
  loaded?: boolean
  /** The feed's head when it was begun from nothing, until it is whole (S19). */
  base?: number
  /** How often it has begun again; each row knows in which of these rounds it came. */
  round?: number
  /** It begins again: what came in an earlier round goes when all is here. */
  renewing?: boolean
  /** When it last began again because too much differed. */
  again?: number
  /** The server's digest is another one. */
  differs?: boolean
}
export type Feeds = Record<string, Feed>
export type StoredRow = Row & { round?: number }

type Rows = IDBPObjectStore<AccountSchema, ('rows' | 'packs' | 'outbox' | 'meta')[], 'rows', 'readwrite'>

/** A stored row that was garbled may not be readable at all: its feed differs then, and is mended. */
function hashOf(row: Row): string {
  try {
    return rowHash(row)
  } catch {
    return unreadable
  }
}

/** A feed that begins again. */
export const renewed = (feed: Feed | undefined): Feed => ({
  digest: feed?.digest,
  again: feed?.again,
  round: (feed?.round ?? 0) + 1,
  renewing: true,
})

/** Feeds of which an answer changes rows that are here, by what is known of them. */
export const changes = (pull: Answer['pull'], feeds: Feeds): Set<string> =>
  new Set([
    ...(pull.rows ?? []).map((row) => row.feed),
    ...(pull.drop ?? []),
    ...(pull.reset ?? []),
    ...Object.keys(feeds).filter((id) => feeds[id]!.renewing),
  ])

/** Stores a page of rows, and keeps the digests with them. Gives the feeds and cursors after it. */
export async function storePage(
  rows: Rows,
  before: { feeds: Feeds; cursors: Record<string, number> },
  pull: Answer['pull'],
  touched: Set<string>,
): Promise<{ feeds: Feeds; cursors: Record<string, number> }> {
  const feeds: Feeds = { ...before.feeds }
  // A feed of which nothing has come yet is none: that much is known.
  for (const feed of Object.keys(pull.cursors)) feeds[feed] ??= before.cursors[feed] ? {} : { digest: none }
  for (const feed of pull.reset ?? []) feeds[feed] = renewed(feeds[feed])

  const more: Record<string, string[]> = {}
  const less: Record<string, string[]> = {}
  const note = (to: Record<string, string[]>, row: Row) => (to[row.feed] ??= []).push(hashOf(row))
  await Promise.all(
    (pull.rows ?? []).map(async (row) => {
      touched.add(row.entity)
      const feed = feeds[row.feed] ?? {}
      // In the first fetch of a feed only what has moved since it began can be here already.
      const fresh = !feed.renewing && (!before.cursors[row.feed] || row.seq <= (feed.base ?? 0))
      const old = feed.digest && !fresh && (await rows.get([row.feed, row.entity]))
      if (old) note(less, old)
      if (row.gone) return rows.delete([row.feed, row.entity])
      note(more, row)
      return rows.put(feed.round ? { ...row, round: feed.round } : row)
    }),
  )

  const cursors = { ...before.cursors, ...pull.cursors }
  for (const feed of pull.drop ?? []) {
    for (const key of await rows.getAllKeys(ofFeed(feed))) touched.add(key[1])
    await rows.delete(ofFeed(feed))
    delete cursors[feed]
    delete feeds[feed]
  }
  for (const [id, known] of Object.entries(feeds)) {
    const feed = { ...known }
    const base = pull.bases?.[id] ?? feed.base
    if (base !== undefined && (cursors[id] ?? 0) < base) feed.base = base
    else delete feed.base
    if (feed.renewing && !pull.more) {
      for (const row of await rows.getAll(ofFeed(id))) {
        if ((row.round ?? 0) === feed.round) continue
        touched.add(row.entity)
        note(less, row)
        await rows.delete([id, row.entity])
      }
      delete feed.renewing
    }
    if (feed.digest) feed.digest = changed(feed.digest, more[id] ?? [], less[id] ?? [])
    const said = pull.digests?.[id]
    if (said && !feed.renewing) {
      if (feed.digest?.sum === said.sum && feed.digest.rows === said.rows) delete feed.differs
      else feed.differs = true
    }
    feeds[id] = feed
  }
  return { feeds, cursors }
}
