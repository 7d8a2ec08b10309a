import { line, type Change, type Intent } from '@/domain/change'
import type { Content } from '@/domain/content'
import type { Sha256 } from '@/domain/canonical'
import type { Logged } from '@/domain/overlay'
import type { Meta } from './meta'
import { onAccount, strict, whole } from './open'
import type { OutboxRow } from './schema'

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

/**
 * Writes changes to the end of the log, and what else must hold with them, in one strict transaction (P1):
 * when this returns, "saved" is true also if the battery dies now.
 */
export function append(
  changes: readonly Append[],
  edge: Edge,
  also: { dropDraft?: string; lastUsed?: Meta['lastUsed'] } = {},
): Promise<OutboxRow[]> {
  return onAccount((db) =>
    whole(db.transaction(['outbox', 'meta', 'drafts'], 'readwrite', strict), async (tx) => {
      const meta = tx.objectStore('meta')
      const known = await Promise.all(
        (['epoch', 'tail', 'serverTime', 'lastUsed'] as const).map((key) => meta.get(key)),
      )
      const [knownEpoch, knownTail, knownSeen, lastUsed] = known.map((one) => one?.value)
      const epoch = (knownEpoch as string | undefined) ?? edge.freshId()
      let tail = (knownTail as Meta['tail'] | undefined) ?? { n: 0, hash: '' }
      const seen = (knownSeen as number | undefined) ?? 0
      const rows: OutboxRow[] = []
      for (const { intent, base } of changes) {
        const place = { epoch, n: tail.n + 1, prev: tail.hash, at: edge.now(), seen }
        const made = line(intent, place, edge.sha256)
        rows.push({ n: place.n, entity: intent.entity, line: made.line, hash: made.hash, base })
        tail = { n: place.n, hash: made.hash }
      }
      const outbox = tx.objectStore('outbox')
      const written: Promise<unknown>[] = rows.map((row) => outbox.add(row))
      written.push(meta.put({ key: 'epoch', value: epoch }), meta.put({ key: 'tail', value: tail }))
      if (also.dropDraft) written.push(tx.objectStore('drafts').delete(also.dropDraft))
      if (also.lastUsed) {
        written.push(meta.put({ key: 'lastUsed', value: { ...(lastUsed as Meta['lastUsed']), ...also.lastUsed } }))
      }
      await Promise.all(written)
      return rows
    }),
  )
}

/** Lines after `through`, in order: what the server does not yet hold. */
export const waiting = (through: number, limit = 300): Promise<OutboxRow[]> =>
  onAccount((db) => db.getAll('outbox', IDBKeyRange.lowerBound(through, true), limit))

export const allOutbox = (): Promise<OutboxRow[]> => onAccount((db) => db.getAll('outbox'))
export const outboxOf = (entity: string): Promise<OutboxRow[]> =>
  // Of equal keys an index gives the lowest number first: the order of the log.
  onAccount((db) => db.getAllFromIndex('outbox', 'entity', entity))

/** Nothing more is to be done about these rejected or parked changes. */
export async function settle(numbers: readonly number[]): Promise<void> {
  await onAccount((db) =>
    whole(db.transaction('outbox', 'readwrite', strict), async ({ store }) => {
      for (const n of numbers) {
        const one = await store.get(n)
        if (one) await store.put({ ...one, settled: true })
      }
    }),
  )
}
