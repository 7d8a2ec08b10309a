import type { Feeds } from './feeds'
import type { Log } from '@/domain/log'
import type { Loads } from '@/domain/snapshot'
import { onAccount, strict, whole } from './open'

/** What the phone remembers beside the records; one value a key. */
export interface Meta {
  log: Log
  /** What neither the server nor this phone has any more of the log, until she has read it: how many changes. */
  lost: number
  durable: number | null
  /** Server time when confirmed changes were last looked through for those that may go. */
  forgotAt: number
  /** The newest server time that the phone has seen. */
  serverTime: number
  cursors: Record<string, number>
  feeds: Feeds
  /** When all that is stored was last counted anew, and what had to be put right then or later (P10). */
  counted: number
  mended: { at: number; rows: number }
  /** Feeds that come from files, and how far each has come (P11). */
  loads: Loads
  names: Record<string, string>
  catalogueHash: string
  seatsHash: string
  catalogue: unknown
  divisions: unknown
  lastSync: number
  /** Values used last, by form and field, with the day: presets. */
  lastUsed: Record<string, { day: string; value: unknown }>
  /** What a reviewer last looked at, by entry. */
  looked: Record<string, unknown>
  /** The newest disclosure that was on the screen, by entry. */
  disclosuresSeen: Record<string, number>
  /** Who took in what she had recorded where she no longer works, as last heard. */
  received: unknown
  /** Urgent entries as last heard. */
  urgent: unknown
  /** Entries to decide on in another's stead, as last heard. */
  overdue: unknown
  /** Campaigns as last fetched, with what the server says of those that this phone cannot count alone. */
  campaigns: unknown
  /** What a manager has changed of the city's forms and not published. */
  ownDraft: unknown
  /** How far the inbox is here, of which server's life, and up to where the server knows that it is (N13). */
  inbox: { epoch: string; through: number; received: number }
  /** Whether she wants this browser told, the address that the server has for it, and when she said no. */
  push: { wanted: boolean; endpoint?: string; at?: number; declined?: boolean }
  /** Drafts of campaigns that the server does not have as they stand here, by id. */
  campaignDrafts: unknown
  /** Words of reports that the server does not have, by the report's id. */
  reportDrafts: unknown
  /** Figures as last fetched: which are kept, newest first, and each of them. */
  figuresKept: string[]
  [figures: `figures:${string}`]: unknown
}

export async function getMeta<K extends keyof Meta>(key: K): Promise<Meta[K] | undefined> {
  return (await onAccount((db) => db.get('meta', key)))?.value as Meta[K] | undefined
}

export async function setMeta<K extends keyof Meta>(key: K, value: Meta[K]): Promise<void> {
  await onAccount((db) => whole(db.transaction('meta', 'readwrite', strict), (tx) => tx.store.put({ key, value })))
}

export async function dropMeta(keys: readonly (keyof Meta)[]): Promise<void> {
  await onAccount((db) =>
    whole(db.transaction('meta', 'readwrite', strict), async (tx) => {
      for (const key of keys) await tx.store.delete(key)
    }),
  )
}
