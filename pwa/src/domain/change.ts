import { canonicalValue, type Sha256 } from './canonical'
import type { Content, Patch, RecordType, Value } from './content'
import type { Digest } from './digest'
import type { ReviewEvent, State } from './review'
import type { Snapshot } from './snapshot'

/** The vocabulary of the log: what a phone sends up, what it is told, and the rows that come down. SPEC section 2. */
export const protocol = 1
export const bounds = { batchChanges: 200, batchBytes: 256 * 1024, lineBytes: 64 * 1024, text: 2000 } as const

export interface Reason {
  text: string
  fields?: string[]
}

/** Which log of the same account a log continues, and its last number there (S17). */
export interface After {
  epoch: string
  n: number
  /** The first number that neither the server nor the phone has any more. */
  lost?: number
}

export interface Change {
  epoch: string
  n: number
  prev: string
  after?: After
  type: RecordType
  entity: string
  kind: 'create' | 'patch' | 'transition'
  unit?: string
  form?: string
  form_version?: number
  fields?: Patch
  event?: ReviewEvent
  resolve?: string[]
  trunk?: string
  reason?: Reason
  at: number
  seen: number
}

/** What somebody wants changed, before it has its place in the log. */
export type Intent = Omit<Change, 'epoch' | 'n' | 'prev' | 'after' | 'at' | 'seen'>

export type Result = 'applied' | 'merged' | 'conflict' | 'stale' | 'duplicate' | 'parked' | 'rejected' | 'retry'

export interface Outcome {
  n: number
  outcome: Result
  code?: string
  field?: string
  version?: string
  state?: State
}

export interface Conflict {
  field: string
  value?: Value | null
  by: string
  at: number
}

export interface RowReason {
  event: ReviewEvent
  text: string
  fields?: string[]
  by: string
  at: number
}

/** A reader of a higher level stated her reason and could read the entry for a day (D1). */
export interface Disclosure {
  by: string
  at: number
  reason: string
}

export interface Row {
  feed: string
  seq: number
  type: RecordType
  entity: string
  gone?: boolean
  stub?: boolean
  unit?: string
  state?: State | 'active' | ''
  form?: string
  form_version?: number
  version?: string
  content?: Content
  author?: string
  approved_version?: string
  approved?: Content
  approved_by?: string
  approved_at?: number
  conflicts?: Conflict[]
  reason?: RowReason
  refused?: { content: Content; reason: RowReason }
  flags?: string[]
  disclosures?: Disclosure[]
  case?: string
  sensitive?: boolean
  urgent?: boolean
  submitted_at?: number
  created_at?: number
  updated_at?: number
}

export interface Answer {
  protocol: number
  server_epoch: string
  server_time: number
  catalogue: string
  /** Another word whenever any campaign has changed; `""` while there is none. */
  campaigns?: string
  seats: string
  /** Number of the newest in the account's inbox; left out where there is none (N1). */
  inbox?: number
  push: { through: number; chain: string; durable: number | null; outcomes: Outcome[] | null }
  pull: {
    rows: Row[] | null
    cursors: Record<string, number>
    drop?: string[] | null
    more?: boolean
    /** Feeds that begin from nothing again (S19). */
    reset?: string[] | null
    bases?: Record<string, number> | null
    digests?: Record<string, Digest> | null
    /** Files of feeds of which this phone has nothing (W8). */
    snapshots?: Snapshot[] | null
  }
  names?: Record<string, string> | null
}

export interface Place {
  epoch: string
  n: number
  prev: string
  after?: After
  at: number
  seen: number
}

function text(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return canonicalValue(value) || '""'
  if (Array.isArray(value)) return `[${value.map(text).join(',')}]`
  if (typeof value === 'object') return object(value as Record<string, unknown>)
  return canonicalValue(value)
}

function object(from: Record<string, unknown>): string {
  const parts = Object.entries(from)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${text(key)}:${text(value)}`)
  return `{${parts.join(',')}}`
}

/** The change as the one line that is kept, sent and hashed, never written again; and its hash. */
export function line(intent: Intent, place: Place, sha256: Sha256): { change: Change; line: string; hash: string } {
  const change: Change = {
    epoch: place.epoch,
    n: place.n,
    prev: place.prev,
    after: place.after,
    type: intent.type,
    entity: intent.entity,
    kind: intent.kind,
    unit: intent.unit,
    form: intent.form,
    form_version: intent.form_version,
    fields: intent.fields,
    event: intent.event,
    resolve: intent.resolve?.length ? intent.resolve : undefined,
    trunk: intent.trunk || undefined,
    reason: intent.reason,
    at: place.at,
    seen: place.seen,
  }
  const written = object(change as unknown as Record<string, unknown>)
  return { change, line: written, hash: sha256(written) }
}
