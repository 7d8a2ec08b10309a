import { unwrap } from 'idb'
import type { Row } from '@/domain/change'
import { onAccount, whole } from './open'
import type { StoredRow } from './feeds'

/**
 * Rows of a file as they came, many in one value. A slow phone writes twenty thousand rows of their own for longer than
 * all else that a first sync takes; so they lie here at first, and are laid out as rows when nobody waits. A row lies in
 * one place or the other, never in both, and whoever reads rows reads these too. docs/decisions/0058-rows-in-packs.md.
 */
export interface Pack {
  feed: string
  /** They come in the file's order. */
  n: number
  rows: Row[]
}

/** Rows in a pack: what is laid out in one turn. */
const size = 100
/** More than a part has packs. */
const mostOfPart = 1000

export const ofFeed = (feed: string): IDBKeyRange => IDBKeyRange.bound([feed], [feed, []])

/** Those of `idb` that are needed, of any transaction that has them. */
interface Packs {
  getAll(range?: IDBKeyRange | null, count?: number): Promise<Pack[]>
  delete(range: IDBKeyRange): Promise<void>
}
interface Rows {
  put(row: StoredRow): Promise<unknown>
}

/** Stores the rows of a part. A thousand promises would cost as much as the rows: one that fails ends the transaction. */
export function pack(packs: IDBObjectStore, feed: string, part: number, rows: readonly Row[]): void {
  for (let i = 0; i * size < rows.length; i++) {
    packs.put({ feed, n: part * mostOfPart + i, rows: rows.slice(i * size, (i + 1) * size) } satisfies Pack)
  }
}

const only = ({ feed, n }: Pack) => IDBKeyRange.only([feed, n])

/** Lays out what of some feeds lies in packs, in the transaction that is about to change rows of theirs. */
export async function layOut(rows: Rows, packs: Packs, feeds: Iterable<string>): Promise<void> {
  for (const feed of feeds) {
    for (const one of await packs.getAll(ofFeed(feed))) {
      await Promise.all(one.rows.map((row) => rows.put(row)))
      await packs.delete(only(one))
    }
  }
}

/** Lays out the next pack, of these feeds or of any; tells whether there was one. */
export function layOutNext(feeds?: Iterable<string>): Promise<boolean> {
  // Not of what else is saved: nobody who saves waits for it.
  return onAccount((db) =>
    whole(db.transaction(['rows', 'packs'], 'readwrite'), async (tx) => {
      const packs = tx.objectStore('packs')
      for (const range of feeds ? Array.from(feeds, ofFeed) : [undefined]) {
        const [one] = await packs.getAll(range, 1)
        if (!one) continue
        const rows = unwrap(tx.objectStore('rows'))
        for (const row of one.rows) rows.put(row)
        await packs.delete(only(one))
        return true
      }
      return false
    }),
  )
}
