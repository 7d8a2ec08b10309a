import { changed, none, place, reckoned, type Digest } from '@/domain/digest'
import type { Finding, Mending, Placed } from '@/domain/mend'
import type { Sha256 } from '@/domain/canonical'
import { renewed } from './feeds'
import type { Meta } from './meta'
import { onAccount, strict, whole } from './open'
import { layOut, ofFeed } from './packs'

/** So many rows are reckoned before the screen gets its turn. */
const atOnce = 200
const breath = () => new Promise((go) => setTimeout(go))

/** What is stored of a feed, each row reckoned anew from its content (P10). */
export async function placed(feed: string, sha256: Sha256): Promise<Map<string, Placed>> {
  const rows = await onAccount(async (db) => {
    const tx = db.transaction(['rows', 'packs'])
    const [rows, packs] = await Promise.all([
      tx.objectStore('rows').getAll(ofFeed(feed)),
      tx.objectStore('packs').getAll(ofFeed(feed)),
    ])
    return rows.concat(...packs.map((one) => one.rows))
  })
  const out = new Map<string, Placed>()
  for (const [at, row] of rows.entries()) {
    out.set(row.entity, { place: place(row.entity), hash: reckoned(row, sha256) })
    if (at % atOnce === atOnce - 1) await breath()
  }
  return out
}

export const digestOf = (stored: Iterable<Placed>): Digest =>
  changed(
    none,
    Array.from(stored, (one) => one.hash),
    [],
  )

/** Changes what is known of a feed, in one transaction with what else `write` does; not if its cursor has moved. */
function onFeed(
  feed: string,
  cursor: number,
  write: (known: Meta['feeds'][string], put: (key: keyof Meta, value: unknown) => Promise<unknown>, tx: Tx) => unknown,
): Promise<boolean> {
  return onAccount((db) =>
    whole(db.transaction(['rows', 'packs', 'meta'], 'readwrite', strict), async (tx) => {
      const meta = tx.objectStore('meta')
      const cursors = ((await meta.get('cursors'))?.value as Meta['cursors'] | undefined) ?? {}
      if ((cursors[feed] ?? 0) !== cursor) return false
      const feeds = ((await meta.get('feeds'))?.value as Meta['feeds'] | undefined) ?? {}
      const known = { ...feeds[feed] }
      await write(known, (key, value) => meta.put({ key, value }), tx)
      await meta.put({ key: 'feeds', value: { ...feeds, [feed]: known } })
      return true
    }),
  )
}
type Tx = Parameters<Parameters<typeof whole>[1]>[0] & {
  objectStore(name: 'packs'): Parameters<typeof layOut>[1]
  objectStore(name: 'rows'): {
    put(row: unknown): Promise<unknown>
    delete(key: [string, string]): Promise<unknown>
  }
  objectStore(name: 'meta'): { get(key: string): Promise<{ value: unknown } | undefined> }
}

export const setDigest = (feed: string, cursor: number, digest: Digest): Promise<boolean> =>
  onFeed(feed, cursor, (known) => {
    known.digest = digest
  })

/** Whether the digest of a feed is that of a file that has just come; the next time it is counted as any other. */
export async function cameCounted(feed: string, cursor: number): Promise<boolean> {
  let counted = false
  await onFeed(feed, cursor, (known) => {
    counted = !!known.digest && !!known.loaded
    delete known.loaded
  })
  return counted
}

/**
 * Puts right what differed, all at once (P10); what waits to be sent is not touched. `stored` is what was compared.
 */
export const storeMended = (
  m: Mending,
  cursor: number,
  stored: ReadonlyMap<string, Placed>,
  names: Finding['names'],
  sha256: Sha256,
  now: number,
): Promise<boolean> =>
  onFeed(m.feed, cursor, async (known, put, tx) => {
    const rows = tx.objectStore('rows')
    await layOut(rows, tx.objectStore('packs'), [m.feed])
    const after = new Map(stored)
    for (const entity of m.remove) {
      after.delete(entity)
      await rows.delete([m.feed, entity])
    }
    for (const row of m.rows) {
      after.set(row.entity, { place: '', hash: reckoned(row, sha256) })
      await rows.put(known.round ? { ...row, round: known.round } : row)
    }
    known.digest = digestOf(after.values())
    delete known.differs
    const meta = tx.objectStore('meta')
    const count = m.rows.length + m.remove.length
    if (count) await put('mended', { at: now, rows: count } satisfies Meta['mended'])
    await put('names', { ...((await meta.get('names'))?.value as Meta['names'] | undefined), ...names })
  })

const daily = 20 * 60 * 60 * 1000

/**
 * The feed is fetched anew from nothing; what is here stays until all of it has come (S19). Not twice in a day: where
 * that did not help, it would not help again. Tells whether it is.
 */
export async function beginAgain(feed: string, cursor: number, now: number): Promise<boolean> {
  let begun = false
  await onFeed(feed, cursor, async (known, put, tx) => {
    delete known.differs
    if (Math.abs(now - (known.again ?? 0)) < daily) return
    begun = true
    delete known.base
    Object.assign(known, renewed(known), { again: now })
    const cursors = ((await tx.objectStore('meta').get('cursors'))?.value as Meta['cursors'] | undefined) ?? {}
    await put('cursors', { ...cursors, [feed]: 0 })
  })
  return begun
}

/** What differs no longer, or is another's now. */
export const leaveBe = (feed: string, cursor: number): Promise<boolean> =>
  onFeed(feed, cursor, (known) => {
    delete known.differs
  })
