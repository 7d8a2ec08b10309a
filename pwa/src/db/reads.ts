import type { Row } from '@/domain/change'
import { onAccount } from './open'

const packsAtOnce = 4

/**
 * All rows, some hundreds at a time, until `take` says that it wants no more: one answer of twenty thousand would keep
 * a slow phone from drawing for seconds. `more`: they are not known to be the last.
 */
export async function inParts(
  size: number,
  take: (rows: Row[], more: boolean) => boolean | Promise<boolean>,
): Promise<void> {
  // What is laid out meanwhile goes from the packs to the rows, so these come last, and without what was seen there.
  const seen = new Set<string>()
  for (let after: IDBKeyRange | undefined; ;) {
    const packs = await onAccount((db) => db.getAll('packs', after, packsAtOnce))
    const last = packs[packs.length - 1]
    if (!last) break
    const rows = packs.flatMap((one) => one.rows)
    for (const row of rows) seen.add(`${row.feed} ${row.entity}`)
    if (!(await take(rows, true))) return
    after = IDBKeyRange.lowerBound([last.feed, last.n], true)
  }
  for (let after: IDBKeyRange | undefined; ;) {
    const rows = await onAccount((db) => db.getAll('rows', after, size))
    const last = rows[rows.length - 1]
    const news = seen.size ? rows.filter((row) => !seen.has(`${row.feed} ${row.entity}`)) : rows
    if (!(await take(news, rows.length === size)) || !last || rows.length < size) return
    after = IDBKeyRange.lowerBound([last.feed, last.entity], true)
  }
}

/** The rows of some records, in one transaction. */
export const rowsOf = (entities: readonly string[]): Promise<Map<string, Row[]>> =>
  onAccount(async (db) => {
    if (!entities.length) return new Map()
    const tx = db.transaction(['rows', 'packs'])
    const index = tx.objectStore('rows').index('entity')
    const [packs, ...rows] = await Promise.all([
      tx.objectStore('packs').getAll(),
      ...entities.map((one) => index.getAll(one)),
    ])
    const out = new Map<string, Row[]>(entities.map((one, i) => [one, rows[i]!]))
    for (const { rows: packed } of packs) for (const row of packed) out.get(row.entity)?.push(row)
    return out
  })
