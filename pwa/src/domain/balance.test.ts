import { beforeAll, describe, expect, it } from 'vitest'
import type { Form } from './catalogue'
import { expressionsReady } from './expressions'
import { balances, shortAfter, shorts } from './balance'
import { oddities, type Weighed } from './odd'

const text = (zh: string) => ({ zh })
const shop: Form = {
  id: 'shop',
  version: 1,
  name: text('积分'),
  action: text('记积分'),
  icon: 'points',
  order: 1,
  summary: ['home'],
  fields: [
    { key: 'home', type: 'household', label: text('户') },
    {
      key: 'way',
      type: 'one',
      label: text('加分还是兑换'),
      choices: ['in', 'out'].map((key) => ({ key, label: text(key) })),
    },
    { key: 'points', type: 'integer', label: text('分') },
    { key: 'occurred_on', type: 'date', label: text('日期') },
  ],
  balance: { of: 'home', value: 'points', spent: "way == 'out'" },
}
const plain: Form = { ...shop, id: 'plain', balance: undefined }

let last = 0
function entry(way: string, points: number, change: Partial<Weighed> = {}): Weighed {
  const day = `2026-01-${String((last % 27) + 1).padStart(2, '0')}`
  const entity = String(++last).padStart(32, '0')
  const content = { home: 'h1', way, points, occurred_on: day }
  return { entity, form: 'shop', state: 'approved', content, stub: false, flags: [], ...change }
}
const below = (all: Weighed[], one: Weighed) =>
  oddities(all, {
    formOf: (id) => [shop, plain].find((form) => form.id === id),
    indicators: [],
    today: '2026-11-22',
  })
    .get(one.entity)
    ?.filter((odd) => odd.kind === 'balance_below')

beforeAll(() => expressionsReady())

describe('a balance below nought', () => {
  it('is shown at what waits and takes more than there is, with how much is missing', () => {
    const spent = entry('out', 12, { state: 'submitted' })
    expect(below([entry('in', 10), spent], spent)).toEqual([{ kind: 'balance_below', field: 'points', value: -2 }])
    expect(below([entry('in', 12), spent], spent) ?? []).toEqual([])
  })
  it('counts all that would be approved together: two that are each within it may not be so both', () => {
    const [a, b] = [entry('out', 6, { state: 'submitted' }), entry('out', 6, { state: 'submitted' })]
    const all = [entry('in', 10), a, b]
    expect(below(all, a)).toHaveLength(1)
    expect(below(all, b)).toHaveLength(1)
  })
  it('is shown at an amendment that takes back what has been spent already', () => {
    const fewer = entry('in', 3, { state: 'amended' })
    expect(below([fewer, entry('out', 5)], fewer)).toHaveLength(1)
  })
  it('leaves out what does not stand, other households and forms without a balance', () => {
    const spent = entry('out', 5, { state: 'submitted' })
    for (const state of ['returned', 'withdrawn', 'voided', 'draft'] as const) {
      expect(below([entry('in', 100, { state }), spent], spent), state).toHaveLength(1)
    }
    const other = entry('in', 100)
    other.content.home = 'h2'
    expect(below([other, spent], spent)).toHaveLength(1)
    const free = entry('out', 5, { state: 'submitted', form: 'plain' })
    expect(below([free], free) ?? []).toEqual([])
  })
})

describe('a balance that a decision takes below nought', () => {
  const formOf = (id: string) => [shop, plain].find((form) => form.id === id)
  const after = (event: 'void' | 'return' | 'refuse' | 'reinstate' | 'approve', one: Weighed, all: Weighed[]) =>
    shortAfter(event, formOf(one.form!)!, one, balances(all, formOf))

  it('is told before what was earned is voided or returned, if it has been spent', () => {
    const earned = entry('in', 10)
    const spent = entry('out', 6)
    expect(after('void', earned, [earned, spent])).toBe(-6)
    expect(after('return', { ...earned, state: 'submitted' }, [earned, spent])).toBe(-6)
    expect(after('void', spent, [earned, spent])).toBeUndefined()
    expect(after('void', earned, [earned, entry('in', 6), spent])).toBeUndefined()
  })
  it('is told before what was spent is reinstated, and before an amendment that gave more is refused', () => {
    const spent = entry('out', 6, { state: 'voided' })
    expect(after('reinstate', spent, [entry('in', 5), spent])).toBe(-1)
    const more = entry('in', 9, { state: 'amended' })
    more.approved = { ...more.content, points: 4 }
    expect(after('refuse', more, [more, entry('out', 6)])).toBe(-2)
    expect(after('approve', more, [more, entry('out', 6)])).toBeUndefined()
    expect(after('void', entry('in', 3, { form: 'plain' }), [])).toBeUndefined()
  })
  it('stands afterwards at the entry that was changed last', () => {
    const at = (one: Weighed, updatedAt: number) => ({ ...one, updatedAt })
    const voided = at(entry('in', 10, { state: 'voided' }), 3)
    const all = [at(entry('out', 6), 2), voided, at(entry('in', 1), 1)]
    const found = shorts(all, formOf, balances(all, formOf))
    expect(found.map((one) => [one.left, one.entry])).toEqual([[-5, voided]])
    const paid = [...all, at(entry('in', 5), 4)]
    expect(shorts(paid, formOf, balances(paid, formOf))).toEqual([])
  })
})
