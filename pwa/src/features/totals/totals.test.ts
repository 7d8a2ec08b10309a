import { describe, expect, it } from 'vitest'
import type { Indicator } from '@/domain/catalogue'
import {
  changeOf,
  changeText,
  displayOf,
  figureText,
  groupOf,
  sections,
  shownText,
  sortedBy,
  stands,
  type Figure,
} from './figures'
import { catalogue } from '@/state/places'
import { officeTexts } from '@/texts'
import {
  converted,
  daysFault,
  elapsed,
  firstDay,
  isAfter,
  kinds,
  lastDay,
  months,
  parseChosen,
  parsePeriod,
  parseSpan,
  periodKey,
  periodOf,
  stepped,
  unfinished,
  yearBefore,
} from './period'
import { groupText, inFormsOrder } from './words'

describe('periods', () => {
  it('are written and read as on the wire', () => {
    for (const key of ['2026', '2026H1', '2026H2', '2026Q3', '2026-01', '2026-11']) {
      expect(periodKey(parsePeriod(key)!)).toBe(key)
    }
    for (const wrong of ['', '26', '2026Q5', '2026H3', '2026-13', '2026-00', '2026-1'])
      expect(parsePeriod(wrong)).toBeUndefined()
  })

  it('hold a day', () => {
    expect(kinds.map((kind) => periodKey(periodOf(kind, '2026-09-30')))).toEqual([
      '2026-09',
      '2026Q3',
      '2026H2',
      '2026',
    ])
    expect(periodKey(periodOf('quarter', '2026-10-01'))).toBe('2026Q4')
    expect(periodKey(periodOf('half', '2026-06-30'))).toBe('2026H1')
  })

  it('step over the year’s end both ways', () => {
    const step = (key: string, by: number) => periodKey(stepped(parsePeriod(key)!, by))
    expect([step('2026-12', 1), step('2026-01', -1), step('2026-01', -13)]).toEqual(['2027-01', '2025-12', '2024-12'])
    expect([step('2026Q4', 1), step('2026Q1', -1)]).toEqual(['2027Q1', '2025Q4'])
    expect([step('2026H2', 1), step('2026H1', -1)]).toEqual(['2027H1', '2025H2'])
    expect([step('2026', 1), step('2026', -1)]).toEqual(['2027', '2025'])
    for (const key of ['2026-05', '2026Q2', '2026H1', '2026']) {
      for (let by = -30; by <= 30; by++) expect(step(step(key, by), -by)).toBe(key)
    }
  })

  it('change their kind to the one that holds them, and never to one that has not begun', () => {
    const to = (key: string, kind: (typeof kinds)[number]) =>
      periodKey(converted(parsePeriod(key)!, kind, '2026-08-15'))
    expect(to('2026-02', 'quarter')).toBe('2026Q1')
    expect(to('2025Q2', 'month')).toBe('2025-06')
    expect(to('2026', 'month')).toBe('2026-08')
    expect(to('2026H2', 'quarter')).toBe('2026Q3')
    expect(to('2026Q1', 'year')).toBe('2026')
  })

  it('are any days too, by a name that both sides read', () => {
    for (const key of ['2026-03-05--2026-06-20', '2026-03-05--2026-03-05', '2025-11-01--2026-02-28']) {
      expect(periodKey(parseChosen(key)!)).toBe(key)
      expect(parseSpan(key)).toEqual(parseChosen(key))
    }
    for (const wrong of ['2026-03-05--2026-03-04', '2026-02-30--2026-03-01', '2026-03-01', '2010-01-01--2026-03-01'])
      expect(parseChosen(wrong), wrong).toBeUndefined()
    expect(periodKey(parseChosen('2026Q1')!)).toBe('2026Q1')
    expect([
      daysFault('2026-03-05', '2026-03-05'),
      daysFault(undefined, '2026-03-05'),
      daysFault('2026-03-06', '2026-03-05'),
      daysFault('2016-03-05', '2026-03-05'),
      daysFault('2016-03-04', '2026-03-05'),
    ]).toEqual([undefined, 'missing', 'order', undefined, 'long'])
  })

  it('have a first and a last day', () => {
    const ends = (key: string) => [firstDay(parsePeriod(key)!), lastDay(parsePeriod(key)!)]
    expect(ends('2024-02')).toEqual(['2024-02-01', '2024-02-29'])
    expect(ends('2026H2')).toEqual(['2026-07-01', '2026-12-31'])
    expect(lastDay(parseSpan('2026-01--2026-10')!)).toBe('2026-10-31')
    expect(lastDay(parseSpan('2026-03-05--2026-06-20')!)).toBe('2026-06-20')
  })

  it('have months and an order', () => {
    expect(months(parsePeriod('2026Q3')!)).toEqual([7, 9])
    expect(months(parsePeriod('2026H2')!)).toEqual([7, 12])
    expect(isAfter(parsePeriod('2027-01')!, parsePeriod('2026-12')!)).toBe(true)
    expect(isAfter(parsePeriod('2026-12')!, parsePeriod('2026-12')!)).toBe(false)
  })
})

describe('the year before', () => {
  it('has the same stretch', () => {
    for (const [key, before] of [
      ['2026-11', '2025-11'],
      ['2026Q1', '2025Q1'],
      ['2026H2', '2025H2'],
      ['2026', '2025'],
    ])
      expect(periodKey(yearBefore(parsePeriod(key!)!))).toBe(before)
  })

  it('of some days is the same days', () => {
    for (const [key, before] of [
      ['2026-03-05--2026-06-20', '2025-03-05--2025-06-20'],
      ['2024-02-29--2024-03-10', '2023-02-28--2023-03-10'],
      ['2025-01-01--2025-02-28', '2024-01-01--2024-02-29'],
      ['2025-11-01--2026-02-28', '2024-11-01--2025-02-28'],
    ])
      expect(periodKey(yearBefore(parseSpan(key!)!))).toBe(before)
    expect(elapsed(parseChosen('2026-03-05--2026-06-20')!, '2026-04-01')).toBeUndefined()
    expect(unfinished(parseChosen('2026-03-05--2026-06-20')!, '2026-06-19')).toBe(true)
    expect(unfinished(parseChosen('2026-03-05--2026-06-20')!, '2026-06-20')).toBe(false)
  })

  it('is compared in the months that are over, by a name that both sides read', () => {
    const over = (key: string, today: string) => {
      const span = elapsed(parsePeriod(key)!, today)
      return span && [periodKey(span), periodKey(yearBefore(span))]
    }
    expect(over('2026', '2026-11-22')).toEqual(['2026-01--2026-10', '2025-01--2025-10'])
    expect(over('2026H2', '2026-11-22')).toEqual(['2026-07--2026-10', '2025-07--2025-10'])
    expect(over('2026Q4', '2026-11-22')).toEqual(['2026-10', '2025-10'])
    // Nothing of it is over yet, or all of it.
    for (const [key, today] of [
      ['2026-11', '2026-11-22'],
      ['2026Q4', '2026-10-31'],
      ['2026', '2026-01-31'],
      ['2025', '2026-11-22'],
      ['2026Q3', '2026-11-22'],
      ['2027', '2026-11-22'],
    ])
      expect(over(key!, today!), `${key} on ${today}`).toBeUndefined()
    expect(parseSpan('2026-01--2026-10')).toEqual({ kind: 'months', year: 2026, part: 1, to: 10 })
    expect(periodKey(parseSpan('2026Q3')!)).toBe('2026Q3')
    for (const wrong of ['2026-10--2027-01', '2026-10--2026-10', '2026-10--2026-01', '2026-01--2026-13', '2026-01--'])
      expect(parseSpan(wrong), wrong).toBeUndefined()
  })

  it('is whole; this one may still be under way', () => {
    const under = (key: string) => unfinished(parsePeriod(key)!, '2026-11-22')
    expect(['2026-11', '2026Q4', '2026H2', '2026', '2026-12', '2027'].map(under)).not.toContain(false)
    expect(['2026-10', '2026Q3', '2026H1', '2025', '2025-12'].map(under)).not.toContain(true)
  })
})

describe('a change', () => {
  const figure = (value: number | null, more: Partial<Figure> = {}): Figure => ({
    indicator: 'x',
    group: '',
    value,
    ...more,
  })
  const hidden = figure(null, { withheld: true })

  it('is withheld where either figure is: it would give the figure away (T8)', () => {
    expect(changeOf(figure(7), figure(3))).toEqual({ value: 4 })
    for (const [now, before] of [
      [hidden, figure(3)],
      [figure(3), hidden],
      [hidden, undefined],
      [hidden, hidden],
    ] as const) {
      expect(changeOf(now, before)).toEqual({ value: null, withheld: true })
    }
    expect(changeOf(figure(3), undefined)).toEqual({ value: null })
    expect(changeOf(figure(null), figure(3))).toEqual({ value: null })
  })

  it('is written with its sign, and of a rate in points', () => {
    expect(changeText(1234, 'integer')).toBe('+1,234')
    expect(changeText(0, undefined)).toBe('0')
    expect(changeText(-5, undefined)).toBe('-5')
    expect(changeText(-250, 'percent')).toBe('-2.50')
    expect(changeText(10_000_00, 'wan_yuan')).toBe('+1.00')
    expect(changeText(null, 'percent')).toBe('—')
  })

  it('sorts rows, with what is not known last both ways', () => {
    const rows = [3, null, 1, undefined, 3, 2].map((value, at) => ({ value, at }))
    const order = (down: boolean) => sortedBy(rows, (one) => one.value, down).map((one) => one.at)
    expect(order(true)).toEqual([0, 4, 5, 2, 1, 3])
    expect(order(false)).toEqual([2, 5, 0, 4, 1, 3])
  })
})

describe('figures', () => {
  it('are written as the catalogue says', () => {
    expect(figureText(1234567, 'integer')).toBe('1,234,567')
    expect(figureText(0, undefined)).toBe('0')
    expect(figureText(6667, 'percent')).toBe('66.67%')
    expect(figureText(10_000, 'percent')).toBe('100.00%')
    expect(figureText(5, 'percent')).toBe('0.05%')
    expect(figureText(123_456_789_00, 'wan_yuan')).toBe('12,345.68')
    expect(figureText(499_999, 'wan_yuan')).toBe('0.50')
    expect(figureText(4_999, 'wan_yuan')).toBe('0.00')
    expect(figureText(5_000, 'wan_yuan')).toBe('0.01')
    expect(figureText(123_45, 'yuan')).toBe('123.45')
    expect(figureText(null, 'percent')).toBe('—')
    expect(figureText(undefined, 'integer')).toBe('—')
    expect(figureText(125, 'decimal', 1)).toBe('12.5')
    expect(figureText(-5, 'decimal', 2)).toBe('-0.05')
    expect(figureText(12_345_678, 'decimal', 2)).toBe('123,456.78')
    expect(figureText(7, 'decimal')).toBe('7')
    expect(changeText(5, 'decimal', 1)).toBe('+0.5')
  })

  it('know the field and choice of their group', () => {
    expect(groupOf('kind=family')).toEqual({ field: 'kind', choice: 'family' })
    expect(groupOf('')).toBeUndefined()
    expect(groupOf('title=family+level=city')).toEqual({ field: 'title+level', choice: 'family+city' })
    expect(groupOf('title=family+level')).toBeUndefined()
  })

  it('stand under the form they are counted from, hidden parts nowhere', () => {
    const one = (id: string, order: number, forms: string[], more: Partial<Indicator> = {}): Indicator => ({
      id,
      order,
      name: { zh: id },
      definition: { zh: id },
      measure: 'count',
      sources: forms.map((form) => ({ form })),
      ...more,
    })
    const all = [
      one('b1', 21, ['b']),
      one('a1', 11, ['a']),
      one('part', 12, ['a'], { hidden: true }),
      one('rate', 13, [], { measure: 'ratio', sources: undefined, numerator: 'a1', denominator: 'part' }),
      one('both', 22, ['a', 'b']),
    ]
    const rate = all[3]!
    expect([displayOf(rate), displayOf(all[0]), shownText(6667, rate)]).toEqual(['percent', 'integer', '66.67%'])
    const standing = one('s', 30, ['a'], { measure: 'standing' })
    const covered = one('c', 31, [], { measure: 'coverage', numerator: 's', level: 'village', sources: undefined })
    expect([standing, covered, rate].map((each) => stands(each, [...all, standing, covered]))).toEqual([
      true,
      true,
      false,
    ])
    expect(sections([...all, standing, covered])[0]!.indicators.map((each) => each.id)).toContain('c')
    expect(sections(all).map((section) => [section.form, section.indicators.map((each) => each.id)])).toEqual([
      ['a', ['a1', 'rate']],
      ['b', ['b1', 'both']],
    ])
  })
})

describe('parts of a figure', () => {
  const text = { zh: '字' }
  const choices = (...keys: string[]) => keys.map((key) => ({ key, label: { zh: key.toUpperCase() } }))
  const one = {
    id: 'n',
    measure: 'count',
    sources: [{ form: 'f' }, { form: 'g' }],
    groups: ['kind', 'kind+level'],
  } as Indicator
  const form = (id: string, fields: object[]) => ({ id, version: 1, name: text, fields })
  const said = (...groups: string[]) =>
    inFormsOrder(
      one,
      [one],
      groups.map((group) => ({ group })),
    ).map((part) => groupText(one, [one], part.group).choice)

  it('stand as the form offers its choices, those by two fields by the first of them', async () => {
    await officeTexts()
    catalogue.value = {
      forms: [
        form('f', [{ key: 'kind', type: 'one', label: text, choices: choices('z', 'b', 'a') }]),
        form('g', [{ key: 'level', type: 'one', label: text, choices: choices('y', 'x') }]),
      ],
    } as unknown as typeof catalogue.value
    expect(said('kind=a', 'kind=b', 'kind=z')).toEqual(['Z', 'B', 'A'])
    expect(said('kind=a+level=x', 'kind=a+level=y', 'kind=z+level=x')).toEqual(['Z · X', 'A · Y', 'A · X'])
    // One that the form has no more stands last; those of which nothing is known keep their order.
    expect(said('kind=gone', 'kind=also', 'kind=a')).toEqual(['A', 'gone', 'also'])
  })
})
