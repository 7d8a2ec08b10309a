import { describe, expect, it } from 'vitest'
import type { Form, Indicator } from './catalogue'
import type { Content } from './content'
import { oddities, type Known, type Weighed } from './odd'

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
    { key: 'sort', type: 'one', label: text('哪一种') },
    { key: 'tags', type: 'many', label: text('标签') },
    { key: 'fen', type: 'money', label: text('钱') },
    { key: 'goods', type: 'items', label: text('物') },
    { key: 'guests', type: 'integer', label: text('人') },
    { key: 'occurred_on', type: 'date', label: text('日期') },
  ],
}
const sum = (value: { field?: string; items?: string }): Indicator => ({
  id: JSON.stringify(value),
  name: text('和'),
  definition: text('和'),
  measure: 'sum',
  order: 1,
  groups: ['tags', 'sort'],
  sources: [{ form: 'gift', value }],
})
const known: Known = {
  formOf: (id) => (id === 'gift' ? sheet : undefined),
  indicators: [sum({ field: 'fen' }), sum({ items: 'goods' })],
  today: '2026-11-22',
}

let last = 0
function entry(content: Content, change: Partial<Weighed> = {}): Weighed {
  const entity = String(++last).padStart(32, '0')
  return { entity, form: 'gift', state: 'submitted', content, stub: false, flags: [], ...change }
}
const approved = (content: Content) => entry({ occurred_on: '2026-11-01', ...content }, { state: 'approved' })
const many = (n: number, content: (n: number) => Content) => Array.from({ length: n }, (_, at) => approved(content(at)))
/** What is odd about the first, beside the others. */
const odd = (one: Weighed, others: Weighed[], change: Partial<Known> = {}) =>
  oddities([...others, one], { ...known, ...change }).get(one.entity)
const kinds = (one: Weighed, others: Weighed[]) => odd(one, others)?.map((each) => each.kind)

describe('the same household twice on a day', () => {
  const day = { who: 'h1', occurred_on: '2026-11-20' }

  it('is odd beside one that waits, was returned or approved, and names it', () => {
    const a = entry(day)
    for (const state of ['submitted', 'returned', 'approved', 'amended'] as const) {
      const b = entry(day, { state })
      expect(odd(a, [b])).toEqual([{ kind: 'same_day', others: [b.entity] }])
      if (state === 'approved') expect(oddities([a, b], known).has(b.entity)).toBe(false)
    }
  })

  it('but not beside a draft or one withdrawn, of another day, household or form, or one that shows nothing', () => {
    const a = entry(day)
    const others = [
      entry(day, { state: 'withdrawn' }),
      entry(day, { state: 'draft' }),
      entry({ ...day, occurred_on: '2026-11-21' }),
      entry({ ...day, who: 'h2' }),
      entry(day, { form: 'other' }),
      entry(day, { stub: true }),
    ]
    expect(odd(a, others)).toBeUndefined()
  })
})

describe('an amount far from the usual', () => {
  /** 200 to 390 yuan: nineteen of twenty lie up to 380, and one in twenty up to 200. */
  const twenty = many(20, (n) => ({ sort: 'help', fen: 200_00 + n * 10_00 }))
  const of = (fen: number, sort = 'help') => entry({ sort, fen, occurred_on: '2026-11-20' })

  it('is more than three times what nineteen of twenty keep to, and says what is usual', () => {
    expect(odd(of(1140_00), twenty)).toBeUndefined()
    expect(odd(of(1140_01), twenty)).toEqual([
      {
        kind: 'amount_odd',
        field: 'fen',
        value: 1140_01,
        usual: { low: 200_00, high: 380_00, of: 20, choice: { field: 'sort', key: 'help' } },
      },
    ])
  })

  it('or less than a third', () => {
    expect(odd(of(66_67), twenty)).toBeUndefined()
    expect(kinds(of(66_66), twenty)).toEqual(['amount_odd'])
  })

  it('is measured by its own kind first, and by the whole form where that kind is new', () => {
    const dear = many(10, () => ({ sort: 'illness', fen: 10_000_00 }))
    expect(odd(of(10_000_00, 'illness'), [...twenty, ...dear])).toBeUndefined()
    expect(kinds(of(300_00, 'illness'), [...twenty, ...dear])).toEqual(['amount_odd'])
    const [fresh] = odd(of(10_000_00, 'flood'), twenty)!
    expect(fresh).toMatchObject({ kind: 'amount_odd', usual: { of: 20, choice: undefined } })
  })

  it('needs ten approved entries of the last twelve months; what waits or is old does not say what is usual', () => {
    const high = of(50_000_00)
    expect(kinds(high, twenty.slice(0, 10))).toEqual(['amount_odd'])
    expect(odd(high, twenty.slice(0, 9))).toBeUndefined()
    expect(odd(high, [...twenty.slice(0, 9), of(210_00), of(220_00)])).toBeUndefined()
    const old = many(20, (n) => ({ sort: 'help', fen: 200_00 + n, occurred_on: '2025-11-22' }))
    expect(odd(high, old)).toBeUndefined()
    expect(odd(high, old, { today: '2026-11-21' })).toHaveLength(1)
    const later = many(20, (n) => ({ sort: 'help', fen: 200_00 + n, occurred_on: '2026-11-23' }))
    expect(odd(high, later)).toBeUndefined()
  })

  it('of an amendment: what was approved of the others counts, and never its own', () => {
    const amended = twenty.map((one) => ({
      ...one,
      state: 'amended' as const,
      approved: one.content,
      content: { ...one.content, fen: 9_000_00 },
    }))
    const found = oddities(amended, known)
    expect(found.size).toBe(20)
    expect(found.get(amended[0]!.entity)).toMatchObject([{ usual: { low: 210_00, of: 19 } }])
  })

  it('is seen in whole numbers and in goods too, each by itself', () => {
    const others = many(12, (n) => ({
      sort: 'help',
      guests: 30 + n,
      goods: [
        { name: 'a', value: 50_00 },
        { name: 'b', value: n },
      ],
    }))
    const goods = (value: number) => [{ name: 'c', value }]
    expect(odd(entry({ guests: 90, goods: goods(60_00) }), others)).toBeUndefined()
    expect(odd(entry({ guests: 900, goods: goods(600_00) }), others)).toMatchObject([
      { field: 'goods', value: 600_00 },
      { field: 'guests', value: 900 },
    ])
    expect(odd(entry({ sort: 'help' }), others)).toBeUndefined()
  })
})

describe('what the server has flagged', () => {
  it('comes first, and a flag that is not known is shown once', () => {
    const a = entry({ occurred_on: '2027-01-01' }, { flags: ['date_odd', 'new_one', 'clock_off', 'newer'] })
    expect(kinds(a, [])).toEqual(['date_odd', 'other', 'clock_off'])
  })

  it('is of what waits alone', () => {
    expect(odd(entry({}, { flags: ['date_odd'], state: 'approved' }), [])).toBeUndefined()
    expect(odd(entry({}, { flags: ['date_odd'], stub: true }), [])).toBeUndefined()
  })
})
