import Dexie, { type Table } from 'dexie'
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
export class AccountDatabase extends Dexie {
  outbox!: Table<OutboxRow, number>
  rows!: Table<Row, [string, string]>
  drafts!: Table<Draft, string>
  meta!: Table<MetaRow, string>

  constructor(account: string) {
    // Relaxed durability is Chromium's default: a phone that dies right after "saved" would lose the entry.
    super(`niangjia-${account}`, { chromeTransactionDurability: 'strict' })
    this.version(1).stores({
      outbox: 'n, entity',
      rows: '[feed+entity], feed, entity, unit, state, seq',
      drafts: 'id',
      meta: 'key',
    })
  }
}

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

export class DeviceDatabase extends Dexie {
  accounts!: Table<KnownAccount, string>
  meta!: Table<MetaRow, string>

  constructor() {
    super('niangjia', { chromeTransactionDurability: 'strict' })
    this.version(1).stores({ accounts: 'id', meta: 'key' })
  }
}
