import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Catalogue } from '@/domain/catalogue'
import { catalogue } from '@/state/places'
import { officeTexts } from '@/texts'
import type { Dashboard, Progress, Target, UnitRow } from './data'
import { firstOf, isEmpty } from './first'
import { grouped, notesOf, ranked, rowsBelow, usual } from './tiles'
import { amountOf, fewText, paceText, rateText, shareText, spanText } from './words'

const progress = (unit: string, more: Partial<Progress> = {}): Progress => ({
  unit,
  name: unit,
  target: 10,
  approved: 5,
  waiting: 0,
  gap: 5,
  pace: 'on_track',
  ...more,
})
const target = (campaign: string, pace: Progress['pace'], more: Partial<Target> = {}): Target => ({
  campaign,
  title: campaign,
  unit: 'c',
  indicator: 'visits',
  group: '',
  own: false,
  state: 'running',
  kind: 'other',
  start: '2026-11-01',
  deadline: '2026-12-31',
  period: '2026-11--2026-12',
  decimals: 0,
  money: false,
  whole: progress('c', { pace }),
  units: [progress('c1', { pace })],
  ...more,
})
const none = { fresh: 0, slow: 0, overdue: 0 }
const blank: Dashboard = {
  unit: 'c',
  name: 'c',
  level: 'county',
  period: '2026',
  as_of: 0,
  seq: 0,
  today: '2026-11-23',
  compare: { period: '2026', before: '2025' },
  week: {
    period: '2026-11-17--2026-11-23',
    before: '2026-11-10--2026-11-16',
    entries: { value: 0, before: 0 },
    waiting: 0,
    figures: [],
  },
  figures: [],
  targets: [],
  waiting: { count: 0, ages: none, forms: [], units: [] },
  coverage: { days: 30, since: '2026-10-25', villages: 4, silent: 0, never: 0, units: [] },
  quality: { whole: { unit: 'c', name: 'c', decided: 0, returned: 0, flagged: 0, conflicts: 0 }, units: [] },
}
const whatOf = (of: Dashboard) => firstOf(of).map((one) => one.what)

describe('what is looked at first', () => {
  it('is nothing where all goes well', () => {
    expect(firstOf({ ...blank, targets: [target('a', 'on_track'), target('b', 'reached')] })).toEqual([])
  })

  it('begins with what is past its day, then what will not be reached; what has ended or is not told is left out', () => {
    const targets = [
      target('slow', 'behind'),
      target('late', 'missed'),
      target('old', 'missed', { state: 'closed' }),
      target('hidden', 'untold'),
    ]
    expect(firstOf({ ...blank, targets }).map((one) => 'target' in one && one.target.campaign)).toEqual([
      'late',
      'slow',
    ])
  })

  it('names the units that are furthest behind first', () => {
    const units = [
      progress('half', { pace: 'behind' }),
      progress('fine'),
      progress('least', { pace: 'missed', approved: 1 }),
      progress('hidden', { pace: 'untold', approved: null }),
    ]
    const [line] = firstOf({ ...blank, targets: [target('a', 'behind', { units })] })
    expect(line && 'target' in line && line.units.map((one) => one.unit)).toEqual(['least', 'half'])
  })

  it('has what waits for a week, silent villages, contradictions and much that is returned, each with where', () => {
    const unit = (name: string, overdue: number) => ({
      unit: name,
      name,
      count: 9,
      ages: { ...none, overdue },
    })
    const silent = (name: string, n: number) => ({ unit: name, name, villages: 9, silent: n, never: 0 })
    const of: Dashboard = {
      ...blank,
      waiting: {
        count: 30,
        ages: { fresh: 20, slow: 7, overdue: 3 },
        oldest: '2026-11-02',
        forms: [],
        units: [unit('a', 1), unit('b', 0), unit('d', 2)],
      },
      coverage: { ...blank.coverage, silent: 3, never: 1, units: [silent('a', 1), silent('b', 2), silent('d', 0)] },
      quality: { whole: { ...blank.quality.whole, decided: 10, returned: 2, conflicts: 1 }, units: [] },
    }
    expect(firstOf(of)).toEqual([
      {
        what: 'backlog',
        count: 3,
        oldest: '2026-11-02',
        units: [
          { name: 'd', n: 2, own: false },
          { name: 'a', n: 1, own: false },
        ],
      },
      {
        what: 'silent',
        silent: 3,
        never: 1,
        days: 30,
        own: false,
        units: [
          { name: 'b', n: 2 },
          { name: 'a', n: 1 },
        ],
      },
      { what: 'conflicts', count: 1 },
      { what: 'returned', decided: 10, returned: 2 },
    ])
    // A village is where it is.
    const village = firstOf({ ...of, level: 'village' })
    expect(village.every((one) => !('units' in one) || !one.units.length)).toBe(true)
  })

  it('says nothing of returns where few were decided, or few returned', () => {
    const of = (decided: number, returned: number): Dashboard => ({
      ...blank,
      quality: { whole: { ...blank.quality.whole, decided, returned }, units: [] },
    })
    expect([of(9, 9), of(10, 1), of(100, 19)].flatMap(whatOf)).toEqual([])
    expect([of(10, 2), of(100, 20)].flatMap(whatOf)).toEqual(['returned', 'returned'])
  })
})

describe('a new city', () => {
  it('is one in which nothing was ever recorded', () => {
    const fresh = { ...blank, coverage: { ...blank.coverage, silent: 4, never: 4 } }
    expect(isEmpty(fresh)).toBe(true)
    expect(isEmpty({ ...fresh, waiting: { ...fresh.waiting, count: 1 } })).toBe(false)
    expect(isEmpty({ ...fresh, coverage: { ...fresh.coverage, never: 3 } })).toBe(false)
    // What is not told may be anything.
    const hidden = { value: null, withheld: true, indicator: 'visits', group: '' }
    const told = { value: 0, indicator: 'visits', group: '' }
    expect(isEmpty({ ...fresh, figures: [{ indicator: 'visits', value: hidden, before: told }] })).toBe(false)
    expect(isEmpty({ ...fresh, figures: [{ indicator: 'visits', value: told, before: told }] })).toBe(true)
  })
})

describe('tiles', () => {
  const row = (unit: string, more: Partial<UnitRow> = {}): UnitRow => ({ unit, level: 'township', name: unit, ...more })
  const of: Dashboard = {
    ...blank,
    waiting: {
      ...blank.waiting,
      units: [
        { unit: 'a', name: 'a', count: 3, ages: { fresh: 2, slow: 0, overdue: 1 } },
        { unit: 'b', name: 'b', count: 2, ages: { fresh: 2, slow: 0, overdue: 0 } },
      ],
    },
    coverage: { ...blank.coverage, units: [{ unit: 'a', name: 'a', villages: 3, silent: 2, never: 0 }] },
  }

  it('say what piles up, and where nothing does', () => {
    expect(notesOf(row('a'), of)).toEqual([
      { what: 'old', n: 1 },
      { what: 'silent', n: 2 },
    ])
    expect(notesOf(row('b'), of)).toEqual([{ what: 'waiting', n: 2 }, { what: 'fine' }])
    expect(notesOf(row('d'), of)).toEqual([{ what: 'fine' }])
    expect(notesOf(row('a', { level: 'village' }), of)[1]).toEqual({ what: 'silentOwn', days: 30 })
  })

  it('are of those right below, or of those below them under the unit that they are in', () => {
    const rows = [row('c'), row('a', { parent: 'c' }), row('b', { parent: 'c' }), row('a1', { parent: 'a' })]
    expect(rowsBelow(rows, 'c', false).map((one) => one.unit)).toEqual(['a', 'b'])
    expect(rowsBelow(rows, 'c', true).map((one) => one.unit)).toEqual(['a1'])
    expect(grouped([rows[3]!, row('b1', { parent: 'b' }), row('a2', { parent: 'a' })])).toMatchObject([
      { parent: 'a', rows: [{ unit: 'a1' }, { unit: 'a2' }] },
      { parent: 'b', rows: [{ unit: 'b1' }] },
    ])
  })

  it('are ranked with what is not told at the end', () => {
    const rows = [row('x'), row('b', { rank: 2 }), row('a', { rank: 2 }), row('d', { rank: 1 }), row('w')]
    expect(ranked(rows).map((one) => one.unit)).toEqual(['d', 'a', 'b', 'w', 'x'])
  })

  it('begin with the target that is worst off, else with a figure that is there', () => {
    const told = (n: number | null) => ({ indicator: '', group: '', value: n, withheld: n === null || undefined })
    const figures = [
      { indicator: 'hidden', value: told(null), before: told(null) },
      { indicator: 'visits', value: told(3), before: told(0) },
    ]
    expect(usual({ ...blank, figures })).toBe('i:visits')
    expect(usual({ ...blank, figures, targets: [target('a', 'on_track'), target('b', 'behind')] })).toBe('c:b')
    expect(usual({ ...blank, figures, targets: [target('a', 'missed', { elsewhere: true })] })).toBe('i:visits')
    expect(usual({ ...blank, figures, targets: [target('a', 'missed', { units: [] })] })).toBe('i:visits')
    expect(usual(blank)).toBe('')
  })
})

describe('words', () => {
  beforeAll(async () => {
    await officeTexts()
    catalogue.value = { indicators: [{ id: 'visits', unit: { zh: '户次' } }] } as unknown as Catalogue
  })
  afterAll(() => (catalogue.value = undefined))

  it('say a pace by a mark and words', () => {
    expect(paceText('behind')).toBe('▲ 按现在的速度完不成')
    expect(paceText('on_track')).toBe('✓ 按现在的速度能完成')
    const marks = (['reached', 'behind', 'missed', 'not_begun', 'untold'] as const).map((pace) => paceText(pace)[0])
    expect(new Set(marks).size).toBe(5)
  })

  it('never show what is withheld as nought', () => {
    expect(rateText({ approved: null, target: 10 })).toBe('不显示')
    expect(amountOf(target('a', 'untold'), null)).toBe('不显示')
    expect(rateText({ approved: 0, target: 10 })).toBe('0%')
    expect(rateText({ approved: 9999, target: 10_000 })).toBe('99.9%')
    expect(rateText({ approved: 4, target: 630 })).toBe('0.6%')
    expect(rateText({ approved: 1, target: 5730 })).toBe('<0.1%')
    expect(rateText({ approved: 10, target: 10 })).toBe('100%')
    expect(rateText({ approved: 1, target: 0 })).toBe('—')
    expect(amountOf(target('a', 'behind'), 1200)).toBe('1,200 户次')
    expect(amountOf(target('a', 'behind', { money: true }), 120_050)).toBe('1,200.50 元')
    expect(shareText(1, 0)).toBe('—')
    expect(shareText(1, 3)).toBe('33.33%')
  })

  it('name spans and lists shortly', () => {
    expect(spanText('2026-01--2026-10')).toBe('2026年1–10月')
    expect(spanText('2026-11-17--2026-11-23', true)).toBe('2026/11/17–11/23')
    expect(spanText('2026Q4')).toBe('2026年第4季度')
    expect(fewText(['a', 'b', 'c'])).toBe('a、b、c')
    expect(fewText(['a', 'b', 'c', 'd'])).toBe('a、b、c等 4 个')
  })
})
