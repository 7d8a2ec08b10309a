import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Content } from '@/domain/content'
import type { Outcome, Row } from '@/domain/change'

/** One line of this installation's log, kept byte for byte as it is sent. */
export interface OutboxRow {
  n: number
  entity: string
  line: string
  hash: string
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

export interface MetaRow {
  key: string
  value: unknown
}

/**
 * The phone's database of one account. Indexes hold ids, units, states and sequence numbers alone: a key is
 * readable by anyone who finds the file, so no name, date or phone number is ever one.
 */
export interface AccountSchema extends DBSchema {
  outbox: { key: number; value: OutboxRow; indexes: { entity: string } }
  rows: {
    key: [string, string]
    value: Row
    indexes: { feed: string; entity: string; unit: string; state: string; seq: number }
  }
  drafts: { key: string; value: Draft }
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

/** The first schema bears this number on phones that had the app before it was counted in ones. */
const first = 10

/** What an open connection is told; `gone` says that it can be used no more. */
const callbacks = (gone: () => void) => ({
  blocking: (_now: number, _next: number | null, event: IDBVersionChangeEvent) => {
    // A newer app in another tab waits for this connection: it goes first.
    ;(event.target as IDBDatabase).close()
    gone()
  },
  terminated: gone,
})

export const openAccount = (account: string, gone: () => void): Promise<AccountDatabase> =>
  openDB<AccountSchema>(`niangjia-${account}`, first, {
    upgrade(db) {
      db.createObjectStore('outbox', { keyPath: 'n' }).createIndex('entity', 'entity')
      const rows = db.createObjectStore('rows', { keyPath: ['feed', 'entity'] })
      for (const key of ['feed', 'entity', 'unit', 'state', 'seq'] as const) rows.createIndex(key, key)
      db.createObjectStore('drafts', { keyPath: 'id' })
      db.createObjectStore('meta', { keyPath: 'key' })
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
