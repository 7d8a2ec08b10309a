import type { Answer, Row } from '@/domain/change'
import { mayForget, type Receipt } from '@/domain/phone'
import { onAccount } from './open'
import type { Meta } from './meta'

export const allRows = (): Promise<Row[]> => onAccount((db) => db.rows.toArray())

export const rowsOf = (entity: string): Promise<Row[]> =>
  onAccount((db) => db.rows.where('entity').equals(entity).toArray())

/**
 * Stores an answer: rows, cursors, outcomes and `through` change in one transaction, so that a change stops
 * waiting only when the row that holds it is here (P3). Gives the records that are touched.
 */
export async function storeAnswer(answer: Answer, receipt: Receipt, now: number): Promise<Set<string>> {
  return onAccount((db) =>
    db.transaction('rw', db.rows, db.outbox, db.meta, async () => {
      const touched = new Set<string>()
      const put = (key: keyof Meta, value: unknown) => db.meta.put({ key, value })
      const get = async <K extends keyof Meta>(key: K) => (await db.meta.get(key))?.value as Meta[K] | undefined

      if (receipt.restarted) {
        // Another server epoch: what it says from now on replaces what the former one said.
        for (const key of await db.rows.orderBy('entity').uniqueKeys()) touched.add(String(key))
        await db.rows.clear()
        await put('cursors', {})
        await db.outbox
          .where('n')
          .above(receipt.through)
          .modify((one) => {
            delete one.acked
            delete one.outcome
            touched.add(one.entity)
          })
      } else {
        for (const feed of answer.pull.drop ?? []) {
          await db.rows
            .where('feed')
            .equals(feed)
            .each((row) => void touched.add(row.entity))
          await db.rows.where('feed').equals(feed).delete()
        }
        const rows = answer.pull.rows ?? []
        await db.rows.bulkPut(rows.filter((row) => !row.gone))
        await db.rows.bulkDelete(
          rows.filter((row) => row.gone).map((row) => [row.feed, row.entity] as [string, string]),
        )
        for (const row of rows) touched.add(row.entity)
        const cursors = { ...(await get('cursors')), ...answer.pull.cursors }
        for (const feed of answer.pull.drop ?? []) delete cursors[feed]
        await put('cursors', cursors)
      }

      await db.outbox
        .where('n')
        .belowOrEqual(receipt.through)
        .filter((one) => one.acked === undefined)
        .modify((one) => {
          one.acked = answer.server_time
          one.outcome = receipt.outcomes.get(one.n)
          touched.add(one.entity)
        })
      // A later change of the same record that was applied settles what was rejected before it (P7).
      for (const outcome of receipt.outcomes.values()) {
        if (outcome.outcome === 'rejected' || outcome.outcome === 'parked') continue
        const done = await db.outbox.get(outcome.n)
        if (!done) continue
        await db.outbox
          .where('entity')
          .equals(done.entity)
          .filter((one) => one.n < outcome.n && !one.settled && !!one.outcome && one.outcome.outcome === 'rejected')
          .modify({ settled: true })
      }
      await put('through', receipt.through)
      await put('durable', answer.push.durable ?? null)
      await put('serverEpoch', answer.server_epoch)
      await put('serverTime', answer.server_time)
      await put('lastSync', now)
      await put('names', { ...(await get('names')), ...(answer.names ?? {}) })

      const durable = answer.push.durable ?? null
      if (durable !== null) {
        await db.outbox
          .where('n')
          .belowOrEqual(durable)
          .filter((one) => mayForget(one, durable, now) && (one.settled || one.outcome?.outcome !== 'rejected'))
          .delete()
      }
      return touched
    }),
  )
}
