import type { IDBPObjectStore, IDBPTransaction } from 'idb'
import type { Asked } from '@/domain/phone'
import { batch } from '@/domain/phone'
import { askedFor, fork, newLog, partOf, type Log } from '@/domain/log'
import type { Meta } from './meta'
import { onAccount, strict, whole } from './open'
import type { Edge } from './outbox'
import type { AccountSchema, OutboxRow } from './schema'

type Mode = 'readonly' | 'readwrite'
type Outbox<M extends Mode> = IDBPObjectStore<AccountSchema, ('rows' | 'packs' | 'outbox' | 'meta')[], 'outbox', M>
type Both<M extends Mode> = IDBPTransaction<AccountSchema, ('rows' | 'packs' | 'outbox' | 'meta')[], M>

export async function readLog(tx: Both<Mode>): Promise<Log | undefined> {
  return (await tx.objectStore('meta').get('log'))?.value as Log | undefined
}

/** The part of the log that the next request is of. */
export async function nextPart(log: Log, outbox: Outbox<Mode>): Promise<ReturnType<typeof partOf>> {
  const n = askedFor(log)
  return partOf(log, n, await outbox.get(n))
}

/** The last number of a part of the log. */
export async function endOf(log: Log, epoch: string, outbox: Outbox<Mode>): Promise<number> {
  if (epoch === log.epoch) return log.tail.n
  const last = await outbox.index('epoch').openKeyCursor(IDBKeyRange.only(epoch), 'prev')
  return last?.primaryKey ?? log.pruned.n
}

export interface Request {
  asked: Asked
  serverEpoch: string
  cursors: Record<string, number>
  bases: Record<string, number>
  lines: OutboxRow[]
}

/** What the next exchange asks and carries, as the log stands now; `undefined` for a log that has no name yet. */
export function nextRequest(): Promise<Request | undefined> {
  return onAccount((db) =>
    whole(db.transaction(['rows', 'packs', 'outbox', 'meta'], 'readonly'), async (tx) => {
      const [outbox, meta] = [tx.objectStore('outbox'), tx.objectStore('meta')]
      const log = await readLog(tx)
      if (!log) return undefined
      const { epoch, after } = await nextPart(log, outbox)
      const waiting = log.probe ? [] : await outbox.getAll(IDBKeyRange.lowerBound(log.through, true), 300)
      const lines = batch(waiting)
      const feeds = ((await meta.get('feeds'))?.value as Meta['feeds'] | undefined) ?? {}
      const bases: Record<string, number> = {}
      for (const [feed, { base }] of Object.entries(feeds)) if (base) bases[feed] = base
      return {
        bases,
        asked: { epoch, after, from: log.through + 1, last: log.through + lines.length },
        serverEpoch: log.serverEpoch,
        cursors: ((await meta.get('cursors'))?.value as Meta['cursors'] | undefined) ?? {},
        lines,
      }
    }),
  )
}

/** Gives the log its name, unless something that was saved meanwhile did. */
export function nameLog(edge: Pick<Edge, 'freshId'>): Promise<void> {
  return onAccount((db) =>
    whole(db.transaction('meta', 'readwrite', strict), async ({ store }) => {
      if (!(await store.get('log'))) await store.put({ key: 'log', value: newLog(edge.freshId()) })
    }),
  )
}

/**
 * Lets the log go on after what it and the server's have in common, in one transaction: a phone that dies here has
 * either the old log or the new one (P9). Gives the records that are touched.
 */
export function forkLog(common: number, edge: Pick<Edge, 'freshId' | 'sha256'>): Promise<Set<string>> {
  return onAccount((db) =>
    whole(db.transaction(['rows', 'packs', 'outbox', 'meta'], 'readwrite', strict), async (tx) => {
      const [outbox, meta] = [tx.objectStore('outbox'), tx.objectStore('meta')]
      const touched = new Set<string>()
      const log = await readLog(tx)
      if (!log) return touched
      const forked = fork(log, await outbox.getAll(), common, edge.freshId(), edge.sha256)
      for (const { n, epoch, entity, line, hash, base, settled } of forked.lines) {
        touched.add(entity)
        // What the server said of the old line it says again of the new one.
        await outbox.put({ n, epoch, entity, line, hash, base, settled })
      }
      await meta.put({ key: 'log', value: forked.log })
      if (forked.lost) {
        const before = ((await meta.get('lost'))?.value as number | undefined) ?? 0
        await meta.put({ key: 'lost', value: before + forked.lost.to - forked.lost.from + 1 })
      }
      return touched
    }),
  )
}

/** Forgets the log's beginning, as far as `until` says of what is kept of it; gives the log after that. */
export async function forgetTo(
  log: Log,
  outbox: Outbox<'readwrite'>,
  until: (kept: OutboxRow[]) => number,
): Promise<Log> {
  const kept = await outbox.getAll(IDBKeyRange.upperBound(log.settled), 500)
  const last = until(kept)
  if (last <= log.pruned.n) return log
  const line = kept.find((one) => one.n === last)!
  await outbox.delete(IDBKeyRange.upperBound(last))
  return { ...log, pruned: { n: last, hash: line.hash, epoch: line.epoch } }
}
