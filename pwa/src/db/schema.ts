import { openDB, unwrap, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb'
import type { Content } from '@/domain/content'
import type { Change, Outcome } from '@/domain/change'
import type { Notice } from '@/domain/inbox'
import { newLog, type Line, type Log } from '@/domain/log'
import type { StoredRow } from './feeds'
import type { Pack } from './packs'

/** One line of this installation's log, kept byte for byte as it is sent. */
export interface OutboxRow extends Line {
  entity: string
  /** What the author saw in the named fields; the merge on the screen needs it. */
  base?: Content
  outcome?: Outcome
  /** Server time of the answer that covered it. */
  acked?: number
  settled?: boolean
}

/** A form that was begun and not saved. */
export interface Draft {
  id: string
  form: string
  unit: string
  content: Content
  /** The record that it edits, if it is no new one. */
  edits?: string
  screen: number
  updatedAt: number
}

/** A notice, or what happened to an entry, that was read here or on another phone. */
export interface ReadMark {
  id: string
  at: number
  /** The server has not been told. */
  waiting?: 1
}

export interface MetaRow {
  key: string
  value: unknown
}

/**
 * The phone's database of one account. Keys and indexes hold ids, units and sequence numbers alone: a key is
 * readable by anyone who finds the file, so no name, date or phone number is ever one.
 */
export interface AccountSchema extends DBSchema {
  outbox: { key: number; value: OutboxRow; indexes: { entity: string; epoch: string } }
  rows: {
    key: [string, string]
    value: StoredRow
    indexes: { entity: string }
  }
  packs: { key: [string, number]; value: Pack }
  drafts: { key: string; value: Draft }
  notices: { key: string; value: Notice }
  marks: { key: string; value: ReadMark; indexes: { waiting: number } }
  meta: { key: string; value: MetaRow }
}
export type AccountDatabase = IDBPDatabase<AccountSchema>

/** Who has used this phone; tokens and the device's own id. No records. */
export interface KnownAccount {
  id: string
  login: string
  name: string
  seats: { role: string; unit: string }[]
  access: string
  refresh: string
  /** When the access token ends, by this phone's clock. */
  accessUntil: number
  mustChange?: boolean
}

interface DeviceSchema extends DBSchema {
  accounts: { key: string; value: KnownAccount }
  meta: { key: string; value: MetaRow }
}
export type DeviceDatabase = IDBPDatabase<DeviceSchema>

/**
 * The first schema bears this number on phones that had the app before it was counted in ones. The next one knows
 * the parts of a log: each line its own, and where the log stands is one value. Then an inbox came, and then packs of
 * rows; indexes that nothing reads went, since each is written with every row.
 */
const first = 10
const parts = 11
const inbox = 12
const packed = 13

/** What an open connection is told; `gone` says that it can be used no more. */
const callbacks = (gone: () => void) => ({
  blocking: (_now: number, _next: number | null, event: IDBVersionChangeEvent) => {
    // A newer app in another tab waits for this connection: it goes first.
    ;(event.target as IDBDatabase).close()
    gone()
  },
  terminated: gone,
})

type Upgrade = IDBPTransaction<AccountSchema, StoreNames<AccountSchema>[], 'versionchange'>

/** Brings what the phone has written so far, sent or not, to the schema that knows the parts of a log. */
async function knowParts(tx: Upgrade): Promise<void> {
  const [outbox, meta] = [tx.objectStore('outbox'), tx.objectStore('meta')]
  const old = async (key: string) => (await meta.get(key))?.value
  const epoch = (await old('epoch')) as string | undefined
  if (epoch !== undefined) {
    const tail = ((await old('tail')) as Log['tail'] | undefined) ?? { n: 0, hash: '' }
    const through = ((await old('through')) as number | undefined) ?? 0
    const oldest = await outbox.openCursor()
    const before = oldest
      ? { n: oldest.value.n - 1, hash: (JSON.parse(oldest.value.line) as Change).prev }
      : { n: tail.n, hash: tail.hash }
    const log: Log = {
      ...newLog(epoch),
      tail,
      pruned: { ...before, epoch: before.n > 0 ? epoch : '' },
      through,
      settled: through,
      serverEpoch: ((await old('serverEpoch')) as string | undefined) ?? '',
    }
    await meta.put({ key: 'log', value: log })
    for (let at = await outbox.openCursor(); at; at = await at.continue()) await at.update({ ...at.value, epoch })
  }
  for (const key of ['epoch', 'tail', 'through', 'serverEpoch']) await meta.delete(key)
}

export const openAccount = (account: string, gone: () => void): Promise<AccountDatabase> =>
  openDB<AccountSchema>(`niangjia-${account}`, packed, {
    async upgrade(db, from, _to, tx) {
      // Whoever opens the database hears of it there.
      tx.done.catch(() => undefined)
      try {
        if (from < first) {
          db.createObjectStore('outbox', { keyPath: 'n' }).createIndex('entity', 'entity')
          db.createObjectStore('rows', { keyPath: ['feed', 'entity'] }).createIndex('entity', 'entity')
          db.createObjectStore('drafts', { keyPath: 'id' })
          db.createObjectStore('meta', { keyPath: 'key' })
        }
        if (from < parts) {
          tx.objectStore('outbox').createIndex('epoch', 'epoch')
          await knowParts(tx)
        }
        if (from < inbox) {
          db.createObjectStore('notices', { keyPath: 'id' })
          db.createObjectStore('marks', { keyPath: 'id' }).createIndex('waiting', 'waiting')
        }
        if (from < packed) {
          db.createObjectStore('packs', { keyPath: ['feed', 'n'] })
          const rows = unwrap(tx).objectStore('rows')
          for (const index of rows.indexNames) if (index !== 'entity') rows.deleteIndex(index)
        }
      } catch {
        // Nobody waits for this function: without this the database would be of the new schema with half of its content.
        tx.abort()
      }
    },
    ...callbacks(gone),
  })

export const openDevice = (gone: () => void): Promise<DeviceDatabase> =>
  openDB<DeviceSchema>('niangjia', first, {
    upgrade(db) {
      db.createObjectStore('accounts', { keyPath: 'id' })
      db.createObjectStore('meta', { keyPath: 'key' })
    },
    ...callbacks(gone),
  })
