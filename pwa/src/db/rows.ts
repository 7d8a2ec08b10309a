import type { IDBPIndex, IDBPObjectStore } from 'idb'
import type { Answer, Row } from '@/domain/change'
import { forgettable, mayForget, type Receipt } from '@/domain/phone'
import { onAccount, strict, whole } from './open'
import type { Meta } from './meta'
import type { AccountSchema, OutboxRow } from './schema'

export const allRows = (): Promise<Row[]> => onAccount((db) => db.getAll('rows'))

export const rowsOf = (entity: string): Promise<Row[]> =>
  onAccount((db) => db.getAllFromIndex('rows', 'entity', entity))

type Stores = ('rows' | 'outbox' | 'meta')[]
type Log = IDBPObjectStore<AccountSchema, Stores, 'outbox', 'readwrite'>
type LogByEntity = IDBPIndex<AccountSchema, Stores, 'outbox', 'entity', 'readwrite'>

/** Changes or removes lines of the log in a range, one by one: a log may be long, and few of it are meant. */
async function each(
  log: Log | LogByEntity,
  range: IDBKeyRange,
  change: (one: OutboxRow) => OutboxRow | 'remove' | undefined,
): Promise<void> {
  for (let at = await log.openCursor(range); at; at = await at.continue()) {
    const next = change(at.value)
    if (next === 'remove') await at.delete()
    else if (next) await at.update(next)
  }
}

const forgetEvery = 6 * 60 * 60 * 1000

/**
 * Stores an answer: rows, cursors, outcomes and `through` change in one transaction, so that a change stops
 * waiting only when the row that holds it is here (P3). Gives the records that are touched.
 */
export function storeAnswer(answer: Answer, receipt: Receipt, now: number): Promise<Set<string>> {
  return onAccount((db) =>
    whole(db.transaction(['rows', 'outbox', 'meta'] as Stores, 'readwrite', strict), async (tx) => {
      const [rows, log, meta] = [tx.objectStore('rows'), tx.objectStore('outbox'), tx.objectStore('meta')]
      const touched = new Set<string>()
      const put = (key: keyof Meta, value: unknown) => meta.put({ key, value })
      const get = async <K extends keyof Meta>(key: K) => (await meta.get(key))?.value as Meta[K] | undefined

      if (receipt.restarted) {
        // Another server epoch: what it says from now on replaces what the former one said.
        for (const key of await rows.getAllKeys()) touched.add(key[1])
        await rows.clear()
        await put('cursors', {})
        await each(log, IDBKeyRange.lowerBound(receipt.through, true), ({ acked, outcome, ...one }) => {
          touched.add(one.entity)
          return acked === undefined && !outcome ? undefined : one
        })
      } else {
        for (const feed of answer.pull.drop ?? []) {
          for (const key of await rows.index('feed').getAllKeys(feed)) {
            touched.add(key[1])
            await rows.delete(key)
          }
        }
        const news = answer.pull.rows ?? []
        await Promise.all(news.map((row) => (row.gone ? rows.delete([row.feed, row.entity]) : rows.put(row))))
        for (const row of news) touched.add(row.entity)
        const cursors = { ...(await get('cursors')), ...answer.pull.cursors }
        for (const feed of answer.pull.drop ?? []) delete cursors[feed]
        await put('cursors', cursors)
      }

      // What an earlier answer covered has its outcome already.
      const before = Math.min((await get('through')) ?? 0, receipt.through)
      if (before < receipt.through) {
        await each(log, IDBKeyRange.bound(before, receipt.through, true), (one) => {
          if (one.acked !== undefined) return undefined
          touched.add(one.entity)
          return { ...one, acked: answer.server_time, outcome: receipt.outcomes.get(one.n) }
        })
      }
      // A later change of the same record that was applied settles what was rejected before it (P7).
      for (const outcome of receipt.outcomes.values()) {
        if (outcome.outcome === 'rejected' || outcome.outcome === 'parked') continue
        const done = await log.get(outcome.n)
        if (!done) continue
        await each(log.index('entity'), IDBKeyRange.only(done.entity), (one) =>
          one.n < outcome.n && !one.settled && one.outcome?.outcome === 'rejected'
            ? { ...one, settled: true }
            : undefined,
        )
      }
      await put('through', receipt.through)
      await put('durable', answer.push.durable ?? null)
      await put('serverEpoch', answer.server_epoch)
      await put('serverTime', answer.server_time)
      await put('lastSync', now)
      await put('names', { ...(await get('names')), ...(answer.names ?? {}) })

      // A few times a day is enough to look for what is old; the log may have thousands of lines.
      const last = forgettable(receipt.through, answer.push.durable ?? null)
      if (last > 0 && answer.server_time - ((await get('forgotAt')) ?? 0) > forgetEvery) {
        await each(log, IDBKeyRange.upperBound(last), (one) =>
          mayForget(one, last, answer.server_time) ? 'remove' : undefined,
        )
        await put('forgotAt', answer.server_time)
      }
      return touched
    }),
  )
}
