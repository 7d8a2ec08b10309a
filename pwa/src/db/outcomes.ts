import type { Outcome } from '@/domain/change'
import { onAccount, strict, whole } from './open'
import type { OutboxRow } from './schema'

/** What the server has put aside and nobody has decided yet, as far as this phone knows. */
export async function parkedLines(): Promise<OutboxRow[]> {
  const all = await onAccount((db) => db.getAll('outbox'))
  return all.filter((one) => one.acked !== undefined && !one.settled && one.outcome?.outcome === 'parked')
}

/** Keeps what has become of them. What took effect is settled; what was rejected is hers to correct. */
export async function keepOutcomes(became: ReadonlyMap<number, Outcome>): Promise<string[]> {
  const touched: string[] = []
  await onAccount((db) =>
    whole(db.transaction('outbox', 'readwrite', strict), async ({ store }) => {
      for (const [n, outcome] of became) {
        const one = await store.get(n)
        if (!one || one.outcome?.outcome !== 'parked' || one.settled) continue
        touched.push(one.entity)
        await store.put({ ...one, outcome, settled: outcome.outcome !== 'rejected' })
      }
    }),
  )
  return touched
}
