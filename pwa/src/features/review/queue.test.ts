import { describe, expect, it } from 'vitest'
import type { Form } from '@/domain/catalogue'
import type { Content } from '@/domain/content'
import { look, oddities, queue, rankOf, type Entry } from './queue'

const text = (zh: string) => ({ zh })
const sheet: Form = {
  id: 'gift',
  version: 1,
  name: text('礼'),
  action: text('记礼'),
  icon: 'aid',
  order: 1,
  summary: ['who'],
  fields: [
    { key: 'who', type: 'household', label: text('户') },
    { key: 'yuan', type: 'money', label: text('钱') },
    { key: 'occurred_on', type: 'date', label: text('日期') },
  ],
}
const formOf = (id: string) => (id === 'gift' ? sheet : undefined)

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

describe('what is odd', () => {
  it('the same household twice on one day, also beside an approved one', () => {
    const a = entry({ who: 'h1', occurred_on: '2026-11-20' })
    const b = entry({ who: 'h1', occurred_on: '2026-11-20' }, { state: 'approved' })
    const c = entry({ who: 'h1', occurred_on: '2026-11-21' })
    const odd = oddities([a, b, c], formOf)
    expect(odd.get(a.entity)).toEqual(['same_day'])
    expect(odd.has(b.entity)).toBe(false)
    expect(odd.has(c.entity)).toBe(false)
  })

  it('but not beside one that was withdrawn, or of another form', () => {
    const a = entry({ who: 'h1', occurred_on: '2026-11-20' })
    const b = entry({ who: 'h1', occurred_on: '2026-11-20' }, { state: 'withdrawn' })
    const c = entry({ who: 'h1', occurred_on: '2026-11-20' }, { form: 'other' })
    expect(oddities([a, b, c], formOf).size).toBe(0)
  })

  it('an amount far above the usual, once there are enough to compare', () => {
    const usual = Array.from({ length: 8 }, (_, n) =>
      entry({ who: `h${n}`, yuan: 50_000 + n, occurred_on: '2026-11-01' }),
    )
    const high = entry({ who: 'x', yuan: 500_000, occurred_on: '2026-11-02' })
    expect(oddities([...usual, high], formOf).get(high.entity)).toEqual(['amount_odd'])
    expect(oddities([usual[0]!, high], formOf).has(high.entity)).toBe(false)
  })

  it('what the server has flagged', () => {
    const a = entry({ occurred_on: '2027-01-01' }, { flags: ['date_odd', 'clock_off'] })
    expect(oddities([a], formOf).get(a.entity)).toEqual(['date_odd', 'clock_off'])
  })
})

describe('the queue', () => {
  it('has urgent first, then conflicts, oddities, what has to be compared, and the ordinary rest', () => {
    const plain = entry({})
    const later = entry({}, { submittedAt: 1_000 })
    const amended = entry({}, { state: 'amended' })
    const back = entry({}, { reason: { event: 'return', text: 'x', by: 'r', at: 1 } })
    const flagged = entry({}, { flags: ['date_odd'] })
    const conflict = entry({}, { conflicts: [{ field: 'yuan', value: 1, by: 'b', at: 1 }] })
    const urgent = entry({}, { urgent: true, conflicts: conflict.conflicts })
    const all = [later, plain, amended, back, flagged, conflict, urgent]
    const got = queue(all, oddities(all, formOf), {})
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
