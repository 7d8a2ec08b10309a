import type { IDBPIndex, IDBPObjectStore, IDBPTransaction } from 'idb'
import type { Answer } from '@/domain/change'
import type * as domain from '@/domain/log'
import { forgettable, receive, type Asked } from '@/domain/phone'
import { endOf, forgetTo, nextPart, readLog } from './log'
import { onAccount, strict, whole } from './open'
import type { Meta } from './meta'
import type { AccountSchema, OutboxRow } from './schema'

export type Stores = ('rows' | 'packs' | 'outbox' | 'meta')[]
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

/** What storing an answer came to. */
export type Stored =
  | { log: domain.Log; touched: Set<string>; restarted: boolean; /** Feeds to be mended. */ differs: string[] }
  /** Nothing was stored: the log has to fork after this number first. */
  | { fork: number }
  /** Nothing was stored: the log is not where it was when this was asked. */
  | 'late'

export type Storing = IDBPTransaction<AccountSchema, Stores, 'readwrite'>
/** Takes note of the files that an answer names; whether a feed is still to come from one (P11). */
export type Files = (tx: Storing, pull: Answer['pull'], restarted: boolean, touched: Set<string>) => Promise<boolean>

/**
 * Stores an answer: rows, cursors, outcomes and where the log stands change in one transaction, so that a change
 * stops waiting only when the row that holds it is here (P3). Gives the records that are touched.
 */
export async function storeAnswer(answer: Answer, asked: Asked, now: number, files?: Files): Promise<Stored> {
  // Not needed before the first answer is here: the first page opens without it.
  const [{ changes, storePage }, { layOut, layOutNext }] = await Promise.all([import('./feeds'), import('./packs')])
  // In turns of their own: who saves meanwhile does not wait for thousands.
  for (const feeds = changes(answer.pull, {}); await layOutNext(feeds);) continue
  return onAccount((db) =>
    whole(db.transaction(['rows', 'packs', 'outbox', 'meta'] as Stores, 'readwrite', strict), async (tx) => {
      const [rows, outbox, meta] = [tx.objectStore('rows'), tx.objectStore('outbox'), tx.objectStore('meta')]
      const packs = tx.objectStore('packs')
      const put = (key: keyof Meta, value: unknown) => meta.put({ key, value })
      const get = async <K extends keyof Meta>(key: K) => (await meta.get(key))?.value as Meta[K] | undefined
      const before = await readLog(tx)
      if (!before) return 'late'
      const said = await outbox.get(answer.push.through)
      const own = {
        epoch: (await nextPart(before, outbox)).epoch,
        end: await endOf(before, asked.epoch, outbox),
        hash: (n: number) => (n === said?.n ? said.hash : undefined),
      }
      const receipt = receive(before, asked, own, answer)
      if (receipt === 'late' || 'fork' in receipt) return receipt
      const { outcomes, restarted } = receipt
      let log = receipt.log
      const touched = new Set<string>()

      if (restarted) {
        // Another server epoch: what it says from now on replaces what the former one said.
        for (const key of await rows.getAllKeys()) touched.add(key[1])
        for (const one of await packs.getAll()) for (const row of one.rows) touched.add(row.entity)
        await rows.clear()
        await packs.clear()
      }
      // What was acknowledged has its row beyond the file's place: it stays on the screen until that has come too.
      if (files && (await files(tx, answer.pull, restarted, touched))) {
        log = { ...log, settled: Math.min(before.settled, log.through) }
      }
      const known = restarted
        ? { feeds: {}, cursors: {} }
        : { feeds: (await get('feeds')) ?? {}, cursors: (await get('cursors')) ?? {} }
      await layOut(rows, packs, changes(answer.pull, known.feeds))
      const { feeds, cursors } = await storePage(rows, known, answer.pull, touched)
      await put('feeds', feeds)
      await put('cursors', cursors)

      // What an earlier answer covered has its outcome already; what this one no longer covers waits again.
      const marks = [before.through, before.settled, log.through, log.settled]
      const [low, high] = [Math.min(...marks), Math.max(...marks)]
      const moved = low < high ? IDBKeyRange.bound(low, high, true) : IDBKeyRange.only(-1)
      await each(outbox, moved, ({ acked, outcome, ...one }) => {
        touched.add(one.entity)
        if (one.n > log.through) return acked === undefined && !outcome ? undefined : one
        const told = outcomes.get(one.n) ?? outcome
        if (acked !== undefined && told === outcome) return undefined
        return { ...one, acked: acked ?? answer.server_time, ...(told ? { outcome: told } : {}) }
      })
      // A later change of the same record that was applied settles what was rejected before it (P7).
      for (const outcome of outcomes.values()) {
        if (outcome.outcome === 'rejected' || outcome.outcome === 'parked') continue
        const done = await outbox.get(outcome.n)
        if (!done) continue
        await each(outbox.index('entity'), IDBKeyRange.only(done.entity), (one) =>
          one.n < outcome.n && !one.settled && one.outcome?.outcome === 'rejected'
            ? { ...one, settled: true }
            : undefined,
        )
      }
      // Another part's watermark may be ahead of this phone's lines there.
      const durable = typeof answer.push.durable === 'number' ? Math.min(answer.push.durable, log.through) : null
      // A few times a day is enough to look for what is old; the log may have thousands of lines.
      if (answer.server_time - ((await get('forgotAt')) ?? 0) > forgetEvery) {
        log = await forgetTo(log, outbox, (kept) => forgettable(log, kept, durable, answer.server_time))
        await put('forgotAt', answer.server_time)
      }
      await put('log', log)
      await put('durable', durable)
      await put('serverTime', Math.max((await get('serverTime')) ?? 0, answer.server_time))
      await put('lastSync', now)
      await put('names', { ...(await get('names')), ...(answer.names ?? {}) })
      return { log, touched, restarted, differs: Object.keys(feeds).filter((id) => feeds[id]!.differs) }
    }),
  )
}
