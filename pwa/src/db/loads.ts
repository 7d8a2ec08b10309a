import { unwrap, type IDBPTransaction } from 'idb'
import type { Row } from '@/domain/change'
import { begin, stored, type Load, type Loads } from '@/domain/snapshot'
import type { Meta } from './meta'
import { onAccount, strict, whole } from './open'
import { ofFeed, pack } from './packs'
import type { Files, Stores } from './rows'
import type { AccountSchema } from './schema'

/** Feeds that come from files (P11): how far each has come is kept beside the rows, and changes with them. */

type Both = IDBPTransaction<AccountSchema, ('rows' | 'packs' | 'meta')[] | Stores, 'readwrite'>

async function read(tx: Both): Promise<Loads> {
  return ((await tx.objectStore('meta').get('loads'))?.value as Loads | undefined) ?? {}
}

async function write(tx: Both, loads: Loads): Promise<void> {
  const meta = tx.objectStore('meta')
  if (Object.keys(loads).length > 0) await meta.put({ key: 'loads', value: loads })
  else await meta.delete('loads')
}

async function clear(tx: Both, feed: string, touched: Set<string>): Promise<void> {
  const [rows, packs] = [tx.objectStore('rows'), tx.objectStore('packs')]
  for (const key of await rows.getAllKeys(ofFeed(feed))) touched.add(key[1])
  for (const one of await packs.getAll(ofFeed(feed))) for (const row of one.rows) touched.add(row.entity)
  await rows.delete(ofFeed(feed))
  await packs.delete(ofFeed(feed))
}

/** Takes note of what an answer says of files, in the transaction that stores the answer. */
export const noteFiles: Files = async (tx, pull, restarted, touched) => {
  const next = begin(restarted ? {} : await read(tx), pull)
  for (const feed of next.clear) await clear(tx, feed, touched)
  await write(tx, next.loads)
  if (next.clear.length > 0) {
    const cursors = { ...((await tx.objectStore('meta').get('cursors'))?.value as Meta['cursors'] | undefined) }
    // What is here of the feed has no digest until it is counted.
    const feeds = { ...((await tx.objectStore('meta').get('feeds'))?.value as Meta['feeds'] | undefined) }
    for (const feed of next.clear) {
      delete cursors[feed]
      delete feeds[feed]
    }
    await tx.objectStore('meta').put({ key: 'cursors', value: cursors })
    await tx.objectStore('meta').put({ key: 'feeds', value: feeds })
  }
  return Object.keys(next.loads).length > 0
}

/** Changes the load of a feed, unless it is not where it was any more: another tab has led, or an answer has ended it. */
async function onLoad(load: Load, durable: boolean, change: (tx: Both) => Promise<Load | undefined>): Promise<boolean> {
  return onAccount((db) =>
    whole(db.transaction(['rows', 'packs', 'meta'], 'readwrite', durable ? strict : {}), async (tx: Both) => {
      const loads = await read(tx)
      const mine = loads[load.feed]
      if (!mine || mine.path !== load.path || mine.at !== load.at) return false
      const rest: Record<string, Load> = { ...loads }
      delete rest[load.feed]
      const next = await change(tx)
      if (next) rest[load.feed] = next
      await write(tx, rest)
      return true
    }),
  )
}

/** Keeps the index of a file. */
export const storeIndex = (load: Load, next: Load): Promise<boolean> => onLoad(load, false, async () => next)

/**
 * Stores the rows of a part together with how far the file has come; with the last part the feed has its cursor. A part
 * that the battery takes is fetched again: only the last one waits for the disk.
 */
export async function storePart(load: Load, rows: readonly Row[]): Promise<'late' | { next?: Load }> {
  const { next, whole: all } = stored(load, rows)
  const done = await onLoad(load, all, async (tx) => {
    pack(unwrap(tx.objectStore('packs')), load.feed, load.part, rows)
    if (!all) return next
    const meta = tx.objectStore('meta')
    const [cursors, feeds] = await Promise.all([meta.get('cursors'), meta.get('feeds')])
    await meta.put({ key: 'cursors', value: { ...(cursors?.value as Meta['cursors']), [load.feed]: load.seq } })
    if (next.digest) {
      const known = feeds?.value as Meta['feeds'] | undefined
      const feed = { ...known?.[load.feed], digest: next.digest, loaded: true }
      await meta.put({ key: 'feeds', value: { ...known, [load.feed]: feed } })
    }
    return undefined
  })
  return done ? { next: all ? undefined : next } : 'late'
}

/** Gives a file up with all that was stored of it; the next exchange says how the feed comes. Gives the records touched. */
export async function giveUp(load: Load): Promise<Set<string>> {
  const touched = new Set<string>()
  await onLoad(load, true, async (tx) => {
    await clear(tx, load.feed, touched)
    return undefined
  })
  return touched
}
