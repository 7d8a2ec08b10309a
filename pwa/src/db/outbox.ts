import { line, type Change, type Intent } from '@/domain/change'
import type { Content } from '@/domain/content'
import type { Sha256 } from '@/domain/canonical'
import type { Logged } from '@/domain/overlay'
import type { Meta } from './meta'
import { onAccount } from './open'
import type { AccountDatabase, OutboxRow } from './schema'

export interface Append {
  intent: Intent
  base?: Content
}

export interface Edge {
  now: () => number
  freshId: () => string
  sha256: Sha256
}

export function logged(row: OutboxRow): Logged {
  return {
    change: JSON.parse(row.line) as Change,
    base: row.base,
    outcome: row.outcome,
    acked: row.acked,
    settled: row.settled,
  }
}

async function value<K extends keyof Meta>(db: AccountDatabase, key: K): Promise<Meta[K] | undefined> {
  return (await db.meta.get(key))?.value as Meta[K] | undefined
}

/**
 * Writes changes to the end of the log, and what else must hold with them, in one strict transaction (P1):
 * when this returns, "saved" is true also if the battery dies now.
 */
export async function append(
  changes: readonly Append[],
  edge: Edge,
  also: { dropDraft?: string; lastUsed?: Meta['lastUsed'] } = {},
): Promise<OutboxRow[]> {
  return onAccount((db) =>
    db.transaction('rw', db.outbox, db.meta, db.drafts, async () => {
      let epoch = await value(db, 'epoch')
      if (!epoch) {
        epoch = edge.freshId()
        await db.meta.put({ key: 'epoch', value: epoch })
      }
      let tail = (await value(db, 'tail')) ?? { n: 0, hash: '' }
      const seen = (await value(db, 'serverTime')) ?? 0
      const rows: OutboxRow[] = []
      for (const { intent, base } of changes) {
        const place = { epoch, n: tail.n + 1, prev: tail.hash, at: edge.now(), seen }
        const made = line(intent, place, edge.sha256)
        rows.push({ n: place.n, entity: intent.entity, line: made.line, hash: made.hash, base })
        tail = { n: place.n, hash: made.hash }
      }
      await db.outbox.bulkAdd(rows)
      await db.meta.put({ key: 'tail', value: tail })
      if (also.dropDraft) await db.drafts.delete(also.dropDraft)
      if (also.lastUsed) {
        await db.meta.put({ key: 'lastUsed', value: { ...(await value(db, 'lastUsed')), ...also.lastUsed } })
      }
      return rows
    }),
  )
}

/** Lines after `through`, in order: what the server does not yet hold. */
export const waiting = (through: number, limit = 300): Promise<OutboxRow[]> =>
  onAccount((db) => db.outbox.where('n').above(through).limit(limit).toArray())

export const allOutbox = (): Promise<OutboxRow[]> => onAccount((db) => db.outbox.toArray())

export const outboxOf = (entity: string): Promise<OutboxRow[]> =>
  onAccount((db) => db.outbox.where('entity').equals(entity).sortBy('n'))

/** Nothing more is to be done about these rejected or parked changes. */
export async function settle(numbers: readonly number[]): Promise<void> {
  await onAccount((db) =>
    db.outbox
      .where('n')
      .anyOf([...numbers])
      .modify({ settled: true }),
  )
}
