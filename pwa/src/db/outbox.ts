import { line, type Change, type Intent } from '@/domain/change'
import type { Content } from '@/domain/content'
import type { Sha256 } from '@/domain/canonical'
import { newLog, type Log } from '@/domain/log'
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

/** A line as the overlay takes it; `settled` is the last number whose rows have come too. */
export function logged(row: OutboxRow, settled: number): Logged {
  return {
    change: JSON.parse(row.line) as Change,
    base: row.base,
    outcome: row.outcome,
    acked: row.acked,
    settled: row.settled,
    ahead: row.n > settled,
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
      const known = await Promise.all((['log', 'serverTime', 'lastUsed'] as const).map((key) => meta.get(key)))
      const [knownLog, knownSeen, lastUsed] = known.map((one) => one?.value)
      const log = (knownLog as Log | undefined) ?? newLog(edge.freshId())
      let tail = log.tail
      const seen = (knownSeen as number | undefined) ?? 0
      const rows: OutboxRow[] = []
      for (const { intent, base } of changes) {
        const place = { epoch: log.epoch, n: tail.n + 1, prev: tail.hash, after: log.after, at: edge.now(), seen }
        const made = line(intent, place, edge.sha256)
        const { line: written, hash } = made
        rows.push({ n: place.n, epoch: log.epoch, entity: intent.entity, line: written, hash, base })
        tail = { n: place.n, hash: made.hash }
      }
      const outbox = tx.objectStore('outbox')
      const writes: (() => Promise<unknown>)[] = rows.map((row) => () => outbox.add(row))
      writes.push(() => meta.put({ key: 'log', value: { ...log, tail } satisfies Log }))
      const { dropDraft } = also
      if (dropDraft) writes.push(() => tx.objectStore('drafts').delete(dropDraft))
      if (also.lastUsed) {
        writes.push(() => meta.put({ key: 'lastUsed', value: { ...(lastUsed as Meta['lastUsed']), ...also.lastUsed } }))
      }
      // One that finds no room fails together with all others.
      await Promise.all(writes.map(async (write) => write()))
      return rows
    }),
  )
}

export const oneOfOutbox = (n: number): Promise<OutboxRow | undefined> => onAccount((db) => db.get('outbox', n))
export const allOutbox = (): Promise<OutboxRow[]> => onAccount((db) => db.getAll('outbox'))
/** The lines of some records, in one transaction. */
export const outboxOf = (entities: readonly string[]): Promise<Map<string, OutboxRow[]>> =>
  onAccount(async (db) => {
    const index = db.transaction('outbox').store.index('entity')
    // Of equal keys an index gives the lowest number first: the order of the log.
    return new Map(await Promise.all(entities.map(async (one) => [one, await index.getAll(one)] as const)))
  })

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
