import type { Notice } from '@/domain/inbox'
import { onAccount, strict, whole } from './open'
import type { Meta } from './meta'
import type { ReadMark } from './schema'

/** For how long a notice without an end stays on the phone, by the server's clock. */
const keeps = 180 * 24 * 60 * 60 * 1000

export const allNotices = (): Promise<Notice[]> => onAccount((db) => db.getAll('notices'))
export const allMarks = (): Promise<ReadMark[]> => onAccount((db) => db.getAll('marks'))

/** Notes what was read here; what was read before stays as it was. Tells whether anything is new. */
export async function keepRead(ids: readonly string[], at: number): Promise<boolean> {
  return onAccount((db) =>
    whole(db.transaction('marks', 'readwrite', strict), async ({ store }) => {
      let fresh = false
      for (const id of ids) {
        if (await store.get(id)) continue
        await store.put({ id, at, waiting: 1 })
        fresh = true
      }
      return fresh
    }),
  )
}

/** Ids of which the server has not been told, so many at most. */
export const waitingMarks = (most: number): Promise<string[]> =>
  onAccount((db) => db.getAllKeysFromIndex('marks', 'waiting', 1, most))

/** The server has been told of these. */
export async function marksSent(ids: readonly string[]): Promise<void> {
  await onAccount((db) =>
    whole(db.transaction('marks', 'readwrite', strict), async ({ store }) => {
      for (const id of ids) {
        const mark = await store.get(id)
        if (mark) await store.put({ id, at: mark.at })
      }
    }),
  )
}

export interface Page {
  notices: readonly Notice[]
  reads: readonly { id: string; at: number }[]
  through: number
}

/**
 * Stores a page of the inbox in one transaction with how far it goes (N13). `anew`: of a server that was lost and begins
 * again. What it says replaces what the former one said; that much was read here it is told again. `received`: the number
 * from which the page was asked, by which the server knows that all before it is here. `now`: by the server's clock.
 */
export async function storeInbox(
  page: Page,
  how: { epoch: string; anew: boolean; received: number; now: number },
): Promise<void> {
  await onAccount((db) =>
    whole(db.transaction(['notices', 'marks', 'meta'], 'readwrite', strict), async (tx) => {
      const [notices, marks, meta] = [tx.objectStore('notices'), tx.objectStore('marks'), tx.objectStore('meta')]
      if (how.anew) {
        await notices.clear()
        for (const mark of await marks.getAll()) await marks.put({ ...mark, waiting: 1 })
      }
      for (const one of page.notices) await notices.put(one)
      for (const { id, at } of page.reads) await marks.put({ id, at })
      const ends = (one: Notice) => one.expires || one.at + keeps
      for (const one of await notices.getAll()) if (ends(one) <= how.now) await notices.delete(one.id)
      for (const one of await marks.getAll()) {
        if (!one.waiting && one.at + 2 * keeps <= how.now) await marks.delete(one.id)
      }
      const value: Meta['inbox'] = { epoch: how.epoch, through: page.through, received: how.received }
      await meta.put({ key: 'inbox', value })
    }),
  )
}
