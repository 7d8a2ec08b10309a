import { describe, expect, it } from 'vitest'
import type { Content } from '@/domain/content'
import { look, queue, rankOf, type Entry } from './queue'

let last = 0
function entry(content: Content, change: Partial<Entry> = {}): Entry {
  const n = ++last
  return {
    entity: String(n).padStart(32, '0'),
    unit: '530923101201',
    form: 'gift',
    state: 'submitted',
    version: `v${n}`,
    content,
    author: 'a',
    stub: false,
    sensitive: false,
    urgent: false,
    conflicts: [],
    flags: [],
    submittedAt: n,
    updatedAt: n,
    ...change,
  }
}

describe('the queue', () => {
  it('has urgent first, then conflicts, oddities, what has to be compared, and the ordinary rest', () => {
    const plain = entry({})
    const later = entry({}, { submittedAt: 1_000 })
    const amended = entry({}, { state: 'amended' })
    const back = entry({}, { reason: { event: 'return', text: 'x', by: 'r', at: 1 } })
    const flagged = entry({})
    const conflict = entry({}, { conflicts: [{ field: 'yuan', value: 1, by: 'b', at: 1 }] })
    const urgent = entry({}, { urgent: true, conflicts: conflict.conflicts })
    const all = [later, plain, amended, back, flagged, conflict, urgent]
    const got = queue(all, new Map([[flagged.entity, [{ kind: 'date_odd' }]]]), {})
    expect(got.map((one) => one.entry)).toEqual([urgent, conflict, flagged, amended, back, plain, later])
    expect(got.map((one) => one.rank)).toEqual([
      'urgent',
      'conflict',
      'flagged',
      'changed',
      'changed',
      'ordinary',
      'ordinary',
    ])
  })

  it('never counts a sensitive entry as ordinary: a list does not show what it says', () => {
    expect(rankOf(entry({}, { sensitive: true }), undefined, undefined)).toBe('changed')
  })

  it('takes a flag that only the server knows as one', () => {
    expect(rankOf(entry({}, { flags: ['some_new_flag'] }), undefined, undefined)).toBe('flagged')
  })

  it('tells new from changed since she looked', () => {
    const a = entry({ yuan: 1 })
    const b = entry({ yuan: 2 })
    const c = entry({ yuan: 3 })
    const got = queue([a, b, c], new Map(), {
      [b.entity]: { version: b.version, content: b.content },
      [c.entity]: { version: 'older', content: { yuan: 9 } },
    })
    const of = (one: Entry) => got.find((each) => each.entry === one)!
    expect([of(a).fresh, of(a).changed]).toEqual([true, false])
    expect([of(b).fresh, of(b).changed]).toEqual([false, false])
    expect([of(c).fresh, of(c).changed, of(c).rank]).toEqual([false, true, 'changed'])
  })
})

describe('what she has looked at', () => {
  it('keeps the version before, so that the difference is still there when she comes back', () => {
    const first = look(undefined, { version: 'v1', content: { a: 1 } })
    expect(first).toEqual({ version: 'v1', content: { a: 1 } })
    const second = look(first, { version: 'v2', content: { a: 2 } })
    expect(second.before).toEqual({ version: 'v1', content: { a: 1 } })
    expect(look(second, { version: 'v2', content: { a: 2 } })).toBe(second)
    expect(look(second, { version: 'v3', content: {} }).before).toEqual({ version: 'v2', content: { a: 2 } })
  })
})
