import { describe, expect, it } from 'vitest'
import { happened, linesOf, newsFor, readsAlong, type Inbox, type Notice } from './inbox'
import type { View } from './overlay'

const li = 'l'.repeat(32)
const wang = 'w'.repeat(32)
const version = 'a'.repeat(64)
const day = 24 * 60 * 60 * 1000
const now = 400 * day

const entry = (more: Partial<View> = {}): View =>
  ({
    type: 'entry',
    entity: 'e'.repeat(32),
    unit: '1',
    state: 'submitted',
    author: li,
    stub: false,
    conflicts: [],
    serverVersion: version,
    ...more,
  }) as View
const notice = (more: Partial<Notice> = {}): Notice => ({
  id: 'n1',
  num: 1,
  kind: 'message',
  at: now - day,
  params: {},
  ...more,
})
const inbox = (more: Partial<Inbox> = {}) =>
  linesOf({
    notices: [],
    entries: [],
    read: new Set(),
    account: li,
    now,
    dayOf: (ms) => String(Math.floor(ms / day)),
    ...more,
  })
const returned = (at: number) => entry({ state: 'returned', reason: { event: 'return', text: '缺照片', by: wang, at } })
const approved = (n: number, at: number) =>
  entry({ entity: String(n).repeat(32), state: 'approved', approvedBy: wang, approvedAt: at })

describe('N14 what became of an entry is told from its row', () => {
  it('returned, not accepted, voided, approved and in conflict, each under an id of its own', () => {
    const said = (one: View) => happened(one, li).map((each) => `${each.event} ${each.id}`)
    const id = (event: string, at: number) => `${event} entry:${'e'.repeat(32)}:${version}:${event}_${at}`
    const reason = (event: 'void' | 'refuse', at: number) => ({ event, text: '', by: wang, at })
    expect(said(returned(7))).toEqual([id('return', 7)])
    expect(said(entry({ state: 'voided', reason: reason('void', 8) }))).toEqual([id('void', 8)])
    expect(said(entry({ state: 'approved', approvedBy: wang, approvedAt: 9 }))).toEqual([id('approve', 9)])
    const refused = { content: {}, reason: reason('refuse', 10) }
    expect(said(entry({ state: 'approved', approvedBy: wang, approvedAt: 9, refused }))).toEqual([id('refuse', 10)])
    const conflicts = [
      { field: 'text', by: wang, at: 11 },
      { field: 'met', by: li, at: 12 },
    ]
    expect(said(entry({ conflicts }))).toEqual([id('conflict', 12)])
    expect(said(entry({ conflicts, author: wang }))).toEqual([id('conflict', 12)])
    // The server takes no other ids.
    const taken = /^entry:[0-9a-f]{32}:[0-9a-f]{64}:[a-z0-9_]{1,32}$/
    expect(happened(entry({ conflicts }), li)[0]!.id).toMatch(taken)
    expect(happened(returned(Date.UTC(2099, 1)), li)[0]!.id).toMatch(taken)
  })
  it('not of others’ entries, of her own decisions, of what waits here or was never there, nor of a stub', () => {
    const own = { event: 'return', text: '', by: li, at: 7 } as const
    for (const one of [
      entry(),
      { ...returned(7), author: wang },
      entry({ state: 'returned', reason: own }),
      entry({ state: 'approved', approvedBy: li, approvedAt: 5 }),
      { ...returned(7), serverVersion: '' },
      { ...returned(7), stub: true },
      entry({ conflicts: [{ field: 'text', by: wang, at: 1 }], author: wang }),
      entry({ type: 'household', state: 'active' }),
    ]) {
      expect(happened(one, li)).toEqual([])
    }
  })
  // A record was returned, submitted again as it was, and returned again: the second time stood there as read.
  it('what happens again is another one, though the entry says the same', () => {
    const first = inbox({ entries: [returned(now - 2 * day)] })
    const read = new Set(first[0]!.ids)
    expect(inbox({ entries: [returned(now - 2 * day)], read })[0]!.unread).toBe(false)
    expect(inbox({ entries: [returned(now - day)], read })[0]!.unread).toBe(true)
  })
  it('approvals of a day are one line, and unread while one of them is', () => {
    const at = now - day
    const entries = [approved(1, at), approved(2, at + 5), approved(3, at - 3 * day)]
    const lines = inbox({ entries })
    expect(lines.map((one) => [one.entities.length, one.at, one.unread])).toEqual([
      [2, at + 5, true],
      [1, at - 3 * day, true],
    ])
    expect(lines[0]!.entities[0]).toBe('2'.repeat(32))
    const read = new Set([...lines[0]!.ids.slice(0, 1), ...lines[1]!.ids])
    expect(inbox({ entries, read }).map((one) => one.unread)).toEqual([true, false])
  })
  it('what is older than a month is no news; time is the server’s', () => {
    const entries = [returned(now - newsFor), approved(1, now - newsFor - 1), approved(2, now - newsFor + 1)]
    expect(inbox({ entries }).map((one) => one.entities)).toEqual([['2'.repeat(32)]])
  })
})

describe('N13 the inbox', () => {
  it('stands newest first; what has ended is gone, what was read anywhere is read', () => {
    const notices = [
      notice({ id: 'old', at: now - 9 * day, read_at: 5 }),
      notice({ id: 'read', at: now - 8 * day }),
      notice({ id: 'ended', expires: now }),
      notice({ id: 'lasts', at: now - 7 * day, expires: now + 1 }),
    ]
    const lines = inbox({ notices, entries: [returned(now - day)], read: new Set(['read']) })
    expect(lines.map((one) => [one.notice?.id ?? one.event, one.unread])).toEqual([
      ['return', true],
      ['lasts', true],
      ['read', false],
      ['old', false],
    ])
  })
  it('N8 what is urgent is not read along with the rest', () => {
    const notices = (['reminder', 'message', 'urgent', 'raised'] as const).map((kind, at) =>
      notice({ id: kind, kind, at: now - at }),
    )
    expect(inbox({ notices }).map(readsAlong)).toEqual([true, true, false, false])
  })
})
