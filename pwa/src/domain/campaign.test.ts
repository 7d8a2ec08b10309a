import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  addedBy,
  gapOf,
  gaugeOf,
  presetOf,
  progressOf,
  targetOf,
  visitedIn,
  type Added,
  type Campaign,
  type Counted,
} from './campaign'
import type { Catalogue, Form, Level } from './catalogue'
import { daysFrom, timeBy, villageDay } from './days'
import { equalities } from './expressions'

interface Division {
  code: string
  level: Level
  parent: string
}
interface Case {
  name: string
  counts: Campaign['counts']
  start?: string
  deadline?: string
  entries: (Omit<Counted, 'case' | 'unsent'> & { id: string; case?: string; unsent?: boolean })[]
  want: Record<string, [number, number]>
  unsent?: Record<string, number>
}
/** The server runs the same table (sync/engine/progress_table_test.go). */
const file = JSON.parse(readFileSync('../sync/testdata/campaigns.json', 'utf8')) as {
  divisions: Division[]
  today: string
  start: string
  deadline: string
  catalogue: Catalogue
  cases: Case[]
}
const places = new Map(file.divisions.map((one) => [one.code, one]))
const within = (unit: string, top: string): boolean =>
  unit === top || (places.has(unit) && within(places.get(unit)!.parent, top))
const county = file.divisions[0]!.code
const village = '530923101201'

const campaign = (counts: Campaign['counts'], more: Partial<Campaign> = {}): Campaign => ({
  id: 'c'.repeat(32),
  version: 1,
  unit: county,
  state: 'running',
  title: '秋季走访',
  text: '',
  counts,
  start: file.start,
  deadline: file.deadline,
  targets: [],
  preset: {},
  ...more,
})

describe('campaigns.json: how far a unit has come (T18)', () => {
  it.each(file.cases)('$name', (one) => {
    const { start = file.start, deadline = file.deadline } = one
    const gauge = gaugeOf(campaign(one.counts, { start, deadline }), file.catalogue)!
    const added = one.entries.map((entry): [Counted, Added] => {
      const counted = { ...entry, case: entry.case ?? entry.id, unsent: !!entry.unsent }
      return [counted, addedBy(gauge, counted, places.get(entry.unit)?.level)]
    })
    for (const [unit, [approved, waits]] of Object.entries(one.want)) {
      const got = progressOf(
        gauge,
        added.filter(([entry]) => within(entry.unit, unit)),
        file.today,
      )
      const unsent = one.unsent?.[unit] ?? 0
      expect({ unit, ...got }).toEqual({ unit, approved, submitted: waits - unsent, unsent })
    }
  })
})

describe('what is asked and what is missing', () => {
  it('a unit is asked for its own target, or for those of the units below', () => {
    const children = (unit: string) => file.divisions.filter((one) => one.parent === unit).map((one) => one.code)
    const of = (targets: Campaign['targets'], unit: string) =>
      targetOf(campaign({ form: 'visit' }, { targets }), unit, children)
    const each = [
      { unit: '530923101201', n: 3 },
      { unit: '530923101202', n: 4 },
      { unit: '530923102201', n: 5 },
    ]
    expect(of(each, '530923101202')).toBe(4)
    expect(of(each, '530923101000')).toBe(7)
    expect(of(each, county)).toBe(12)
    expect(of([...each, { unit: '530923101000', n: 20 }], county)).toBe(25)
    expect(of([{ unit: county, n: 9 }], '530923101201')).toBe(0)
  })
  it('the gap reckons in what waits and what is not sent, and is never below nought', () => {
    expect(gapOf(6, { approved: 2, submitted: 1, unsent: 1 })).toBe(2)
    expect(gapOf(6, { approved: 7, submitted: 1, unsent: 0 })).toBe(0)
    expect(gapOf(6, { approved: 2, submitted: 3, unsent: -2 })).toBe(3)
  })
  it('households of every state that is under way have been visited, returned ones have not', () => {
    const gauge = gaugeOf(campaign({ form: 'visit', measure: 'households' }), file.catalogue)!
    expect(gauge.households).toBe(true)
    const visit = (household: string, state: Counted['state']): Added =>
      addedBy(
        gauge,
        {
          unit: village,
          form: 'visit',
          state,
          content: { household, occurred_on: file.today },
          case: '',
          unsent: false,
        },
        'village',
      )
    const been = visitedIn([
      visit('a', 'approved'),
      visit('b', 'submitted'),
      visit('c', 'returned'),
      visit('d', 'draft'),
    ])
    expect([...been].sort()).toEqual(['a', 'b'])
  })
  it('what the catalogue does not have any more, or does not count from nought, is counted by nobody', () => {
    expect(gaugeOf(campaign({ form: 'nothing', measure: 'entries' }), file.catalogue)).toBeUndefined()
    expect(gaugeOf(campaign({ form: 'visit', measure: 'sum', field: 'gone' }), file.catalogue)).toBeUndefined()
    expect(gaugeOf(campaign({ indicator: 'gone' }), file.catalogue)).toBeUndefined()
    const rate = { ...file.catalogue.indicators[0]!, id: 'rate', measure: 'ratio' as const }
    const more = { ...file.catalogue, indicators: [rate] }
    expect(gaugeOf(campaign({ indicator: 'rate' }), more)).toBeUndefined()
  })
  it('what another entry decides the phone does not count by itself', () => {
    const [visits] = file.catalogue.indicators
    const met = { ...visits!, id: 'met', sources: [{ form: 'visit', fulfilled: true }] }
    const gauge = gaugeOf(campaign({ indicator: 'met' }), { ...file.catalogue, indicators: [met] })
    expect(gauge?.alone).toBe(false)
    expect(gaugeOf(campaign({ indicator: 'visits' }), file.catalogue)?.alone).toBe(true)
  })
})

describe('what the form begins with', () => {
  const [visit, aid] = file.catalogue.forms as [Form, Form]
  it('is what the filter says by equality, where all of it has to hold', () => {
    expect(equalities(visit, "'policy' in purposes && met == 'met' && minutes == 10")).toEqual({
      purposes: ['policy'],
      met: 'met',
      minutes: 10,
    })
    expect(equalities(aid, "'spring' == programme && thanked && entry.cash == 500")).toEqual({
      programme: 'spring',
      thanked: true,
      cash: 500,
    })
    expect(equalities(aid, 'thanked == true && hours == 2.0')).toMatchObject({ thanked: true })
  })
  it('and nothing where one or the other may hold, or where it is denied', () => {
    for (const where of [
      "met == 'met' || minutes == 10",
      "!(met == 'met')",
      "met != 'met'",
      'minutes > 3',
      'purposes.exists(x, x == met)',
      'not even an expression',
    ])
      expect(equalities(visit, where), where).toEqual({})
  })
  it('with the part of the indicator that counts, and over it what the campaign presets', () => {
    const preset = (counts: Campaign['counts'], own: Campaign['preset'] = {}) => {
      const one = campaign(counts, { preset: own })
      return presetOf(one, gaugeOf(one, file.catalogue)!, counts.indicator === 'given' ? aid : visit)
    }
    expect(preset({ indicator: 'visits', group: 'purposes=care' })).toEqual({ met: 'met', purposes: ['care'] })
    expect(preset({ indicator: 'given', group: 'programme=spring+groups=girls' })).toEqual({
      programme: 'spring',
      groups: ['girls'],
    })
    expect(
      preset({ form: 'visit', measure: 'entries', where: "met == 'met'" }, { purposes: ['policy'], minutes: 5 }),
    ).toEqual({ met: 'met', purposes: ['policy'], minutes: 5 })
    // No choice that is not offered, and no field that is not asked.
    expect(preset({ form: 'visit', measure: 'entries', where: "met == 'gone'" }, { follows: 'x' })).toEqual({})
  })
})

describe('days, by a phone whose clock may be wrong', () => {
  const at = Date.UTC(2026, 10, 23, 15, 30) // 23:30 in the villages
  it('are those of the villages, wherever the phone thinks that it is', () => {
    expect(villageDay(at)).toBe('2026-11-23')
    expect(villageDay(at + 31 * 60_000)).toBe('2026-11-24')
    expect(daysFrom('2026-11-23', '2026-11-25')).toBe(2)
    expect(daysFrom('2026-12-31', '2027-01-01')).toBe(1)
    expect(daysFrom('2026-11-25', '2026-11-23')).toBe(-2)
  })
  it('go on from what the server said, whatever the phone’s clock is set to', () => {
    expect(timeBy(undefined, at)).toBe(at)
    const year = 365 * 86_400_000
    for (const off of [0, year, -56 * year]) {
      const clocks = { server: at, phone: at + off }
      expect(timeBy(clocks, at + off + 86_400_000)).toBe(at + 86_400_000)
    }
    // A battery that died sets it back to 1970: time stands at what the server said last.
    expect(timeBy({ server: at, phone: at }, 0)).toBe(at)
  })
})
