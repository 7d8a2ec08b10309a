import type { Row } from '@/domain/change'
import { onAccount } from './open'

/**
 * All rows, `size` of them at a time, until `take` says that it wants no more: one answer of twenty thousand would
 * keep a slow phone from drawing for seconds.
 */
export async function inParts(size: number, take: (rows: Row[]) => boolean | Promise<boolean>): Promise<void> {
  let rest: IDBKeyRange | undefined
  for (;;) {
    const rows = await onAccount((db) => db.getAll('rows', rest, size))
    const last = rows[rows.length - 1]
    if (!(await take(rows)) || !last || rows.length < size) return
    rest = IDBKeyRange.lowerBound([last.feed, last.entity], true)
  }
}

/** The rows of some records, in one transaction. */
export const rowsOf = (entities: readonly string[]): Promise<Map<string, Row[]>> =>
  onAccount(async (db) => {
    const index = db.transaction('rows').store.index('entity')
    return new Map(await Promise.all(entities.map(async (one) => [one, await index.getAll(one)] as const)))
  })
