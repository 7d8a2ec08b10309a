import type { View } from './overlay'

/** What the server put into this account's inbox (SPEC N1), as the phone keeps it. */
export interface Notice {
  id: string
  num: number
  kind: 'reminder' | 'message' | 'urgent' | 'raised'
  at: number
  unit?: string
  ref?: string
  params: Record<string, unknown>
  expires?: number
  read_at?: number
  /** Name of the account that it is from. */
  by?: string
}

/** What became of an entry, as its row says it: nothing of this is told by the server besides. */
export type Event = 'return' | 'refuse' | 'void' | 'approve' | 'conflict'

export interface Happened {
  /** `entry:ID:VERSION:EVENT_TIME`: the same on each of her phones, and another one when it happens again. */
  id: string
  entity: string
  event: Event
  at: number
}

/** A line of the inbox: a notice, something that happened to one entry, or all that was approved on one day. */
export interface Line {
  key: string
  at: number
  /** Ids that are read with it. */
  ids: string[]
  unread: boolean
  notice?: Notice
  event?: Event
  /** The newest first. */
  entities: string[]
}

/** For how long an entry's row is told of as news. */
export const newsFor = 30 * 24 * 60 * 60 * 1000

const version = /^[0-9a-f]{64}$/

/** What of an entry is news to an account (N14). What she did herself is none, and what has been dealt with is none any more. */
export function happened(one: View, account: string): Happened[] {
  const out: Happened[] = []
  const of = one.serverVersion
  if (one.type !== 'entry' || one.stub || !version.test(of)) return out
  const add = (event: Event, at = 0, by = '') => {
    if (at > 0 && by !== account) {
      out.push({ id: `entry:${one.entity}:${of}:${event}_${at}`, entity: one.entity, event, at })
    }
  }
  if (one.author === account) {
    if (one.state === 'returned') add('return', one.reason?.at, one.reason?.by)
    else if (one.state === 'voided') add('void', one.reason?.at, one.reason?.by)
    else if (one.state === 'approved' && one.refused) add('refuse', one.refused.reason.at, one.refused.reason.by)
    else if (one.state === 'approved') add('approve', one.approvedAt, one.approvedBy)
  }
  const open = one.conflicts
  if (open.length && (one.author === account || open.some((each) => each.by === account))) {
    add('conflict', Math.max(...open.map((each) => each.at)))
  }
  return out
}

export interface Inbox {
  notices: readonly Notice[]
  entries: readonly View[]
  /** Ids that were read, on this phone or another. */
  read: ReadonlySet<string>
  account: string
  /** The newest server time that the phone knows: its own clock may be years off. */
  now: number
  dayOf: (ms: number) => string
}

/** All lines, the newest first. Approvals are gathered by day: forty of an evening are one line and one number. */
export function linesOf({ notices, entries, read, account, now, dayOf }: Inbox): Line[] {
  const lines: Line[] = []
  for (const notice of notices) {
    if (notice.expires && notice.expires <= now) continue
    const unread = !notice.read_at && !read.has(notice.id)
    lines.push({ key: notice.id, at: notice.at, ids: [notice.id], unread, notice, entities: [] })
  }
  const approved = new Map<string, Happened[]>()
  for (const entry of entries) {
    for (const one of happened(entry, account)) {
      if (one.at <= now - newsFor) continue
      if (one.event === 'approve') {
        const day = dayOf(one.at)
        approved.set(day, [...(approved.get(day) ?? []), one])
      } else {
        const unread = !read.has(one.id)
        lines.push({ key: one.id, at: one.at, ids: [one.id], unread, event: one.event, entities: [one.entity] })
      }
    }
  }
  for (const [day, all] of approved) {
    all.sort((a, b) => b.at - a.at)
    lines.push({
      key: `approved:${day}`,
      at: all[0]!.at,
      ids: all.map((one) => one.id),
      unread: all.some((one) => !read.has(one.id)),
      event: 'approve',
      entities: all.map((one) => one.entity),
    })
  }
  return lines.sort((a, b) => b.at - a.at || (a.key < b.key ? -1 : 1))
}

/** Whether a line is read with many others at once: an urgent one is opened, or it counts as opened by nobody (N8). */
export const readsAlong = (line: Line): boolean => line.notice?.kind !== 'urgent' && line.notice?.kind !== 'raised'
