import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Catalogue, Form } from '@/domain/catalogue'
import { catalogue, divisions, type Division } from '@/state/places'
import { asked, fromCel, presetOf, summed, toCel } from './conditions'
import { targetsOf } from './drafts'
import { daysTo, easyOf, paceOf, spanOf, toMonths, wholeMonths } from './span'
import { levelsIn, unitsAt } from './units'
import { askedOf, numberOf, shown, typedOf } from './words'

const text = (zh: string) => ({ zh })
const choices = (...keys: string[]) => keys.map((key) => ({ key, label: text(key) }))
const form: Form = {
  id: 'call',
  version: 1,
  name: text('走访'),
  action: text('记走访'),
  icon: 'visit',
  order: 1,
  summary: [],
  sensitive: "'violence' in signs",
  fields: [
    { key: 'purposes', type: 'many', label: text('目的'), choices: choices('greet', 'check', 'help') },
    { key: 'met', type: 'one', label: text('见到'), choices: choices('yes', 'no') },
    { key: 'signs', type: 'many', label: text('情况'), choices: choices('violence', 'debt') },
    { key: 'amount', type: 'money', label: text('金额') },
    { key: 'hours', type: 'decimal', scale: 1, label: text('小时') },
    { key: 'done', type: 'yes_no', label: text('办完') },
    { key: 'head', type: 'one', personal: true, label: text('户主'), choices: choices('a') },
    { key: 'text', type: 'long_text', label: text('说明') },
  ],
}

describe('conditions that are chosen', () => {
  it('are CEL, and CEL that they can say is chosen again', () => {
    const all = [
      { field: 'purposes', answers: ['greet', 'check'] },
      { field: 'met', answers: ['yes'] },
      { field: 'amount', answers: [], least: 5000 },
      { field: 'hours', answers: [], least: 15 },
      { field: 'done', answers: [], yes: false },
    ]
    const cel = toCel(form, all)
    expect(cel).toBe(
      "('greet' in purposes || 'check' in purposes) && met == 'yes' && amount >= 5000 && hours >= 1.5 && !done",
    )
    expect(fromCel(form, cel)).toEqual(all)
    expect(fromCel(form, '')).toEqual([])
    // One that is not finished is not there yet.
    expect(toCel(form, [{ field: 'met', answers: [] }, { field: 'amount', answers: [] }, all[1]!])).toBe("met == 'yes'")
  })
  it('leave alone what somebody wrote that they cannot say', () => {
    for (const where of [
      'amount > 500',
      "met == 'yes' || amount >= 5",
      "('greet' in purposes || met == 'yes')",
      "'violence' in signs",
      "text == 'x'",
      'size(purposes) > 1',
      "dance == 'tango'",
    ])
      expect(fromCel(form, where), where).toBeUndefined()
  })
  it('ask for nothing that is personal or by which an entry is sensitive', () => {
    expect(asked(form).map((one) => one.key)).toEqual(['purposes', 'met', 'amount', 'hours', 'done'])
    expect(summed(form).map((one) => one.key)).toEqual(['amount', 'hours'])
  })
  it('fill in beforehand what they fix to one answer', () => {
    const where = "'greet' in purposes && met == 'yes' && done && amount >= 5"
    expect(presetOf(form, { form: 'call', where })).toEqual({ purposes: ['greet'], met: 'yes', done: true })
    expect(presetOf(form, { form: 'call', where: "(met == 'yes' || met == 'no')" })).toEqual({})
    expect(presetOf(form, { indicator: 'calls', group: 'purposes=check+met=no' })).toEqual({
      purposes: ['check'],
      met: 'no',
    })
  })
})

describe('spans', () => {
  it('of a year, the next, a quarter and a month by one tap', () => {
    expect(spanOf('year', '2026-11-23')).toEqual({ start: '2026-01-01', deadline: '2026-12-31' })
    expect(spanOf('next', '2026-11-23')).toEqual({ start: '2027-01-01', deadline: '2027-12-31' })
    expect(spanOf('quarter', '2026-02-23')).toEqual({ start: '2026-01-01', deadline: '2026-03-31' })
    expect(spanOf('month', '2028-02-23')).toEqual({ start: '2028-02-01', deadline: '2028-02-29' })
    expect(easyOf({ start: '2026-10-01', deadline: '2026-12-31' }, '2026-11-23')).toBe('quarter')
    expect(easyOf({ start: '2026-10-02', deadline: '2026-12-31' }, '2026-11-23')).toBeUndefined()
  })
  it('that are not of whole months of one year can be made so, outwards (T14)', () => {
    expect(toMonths({ start: '2026-11-10', deadline: '2026-12-20' })).toEqual({
      start: '2026-11-01',
      deadline: '2026-12-31',
    })
    for (const [start, deadline] of [
      ['2026-11-01', '2026-12-31'],
      ['2026-12-10', '2027-01-20'],
      ['', '2026-12-31'],
      ['2026-12-31', '2026-12-01'],
    ] as const)
      expect(toMonths({ start, deadline })).toBeUndefined()
    expect(wholeMonths({ start: '2026-11-01', deadline: '2026-12-31' })).toBe(true)
    expect(wholeMonths({ start: '2026-11-01', deadline: '2027-01-31' })).toBe(false)
  })
  it('are compared with what is done', () => {
    const span = { start: '2026-11-01', deadline: '2026-11-30' }
    const on = (approved: number, today: string, closed = false) => paceOf(span, closed, approved, 60, today)
    expect(on(60, '2026-11-10').standing).toBe('done')
    expect(on(10, '2026-10-31').standing).toBe('early')
    expect(on(10, '2026-12-01').standing).toBe('over')
    expect(on(10, '2026-11-20', true).standing).toBe('closed')
    expect(on(20, '2026-11-10')).toEqual({ standing: 'ontrack', perDay: 2, needed: 40 / 21 })
    expect(on(10, '2026-11-10').standing).toBe('behind')
    expect(on(0, '2026-11-01').standing).toBe('begun')
    expect(on(2, '2026-11-02').standing).toBe('ontrack')
    expect(on(1, '2026-11-02').standing).toBe('behind')
    expect(daysTo('2026-02-27', '2026-03-01')).toBe(2)
  })
})

describe('numbers and units', () => {
  const before = { catalogue: catalogue.value, divisions: divisions.value }
  beforeAll(() => {
    const all: Division[] = [
      { code: '5309', name: '市', level: 'city', parent: '' },
      { code: '530923', name: '县', level: 'county', parent: '5309' },
      { code: '530923101', name: '镇', level: 'township', parent: '530923' },
      { code: '530923101201', name: '一村', level: 'village', parent: '530923101' },
      { code: '530923101202', name: '二村', level: 'village', parent: '530923101' },
    ]
    divisions.value = new Map(all.map((one) => [one.code, one]))
    catalogue.value = { hash: '', forms: [form], registers: [], indicators: [] } as Catalogue
  })
  afterAll(() => {
    catalogue.value = before.catalogue
    divisions.value = before.divisions
  })
  it('of money are typed in yuan, of decimals with them', () => {
    const money = { money: true, decimals: 0 }
    const tenths = { money: false, decimals: 1 }
    const plain = { money: false, decimals: 0 }
    expect(numberOf('1,200.5', money)).toBe(120050)
    expect(numberOf('1.5', tenths)).toBe(15)
    expect(numberOf(' 12 ', plain)).toBe(12)
    for (const wrong of ['', '0', '-3', '2.5', '许多', '1e9', '9999999999999'])
      expect(numberOf(wrong, plain), wrong).toBeUndefined()
    expect(numberOf('0.001', money)).toBeUndefined()
    expect(shown(120050, money)).toBe('1,200.50')
    expect(typedOf(120050, money)).toBe('1200.50')
    expect(typedOf(15, tenths)).toBe('1.5')
    expect(targetsOf({ a: '3', b: ' ', c: '许多' }, { form: 'call', measure: 'entries' })).toEqual([
      { unit: 'a', n: 3 },
      { unit: 'c', n: 0 },
    ])
    expect(targetsOf({ a: '3' }, { form: 'call', measure: 'sum', field: 'amount' })).toEqual([{ unit: 'a', n: 300 }])
  })
  it('a unit without a target of its own is asked what those in it are', () => {
    const campaign = {
      targets: [
        { unit: '530923101', n: 7 },
        { unit: '530923101201', n: 4 },
      ],
    }
    expect(['5309', '530923101', '530923101201', '530923101202'].map((unit) => askedOf(campaign, unit))).toEqual([
      7, 7, 4, 0,
    ])
    expect(levelsIn('5309')).toEqual(['city', 'county', 'township', 'village'])
    expect(levelsIn('530923101')).toEqual(['township', 'village'])
    expect(unitsAt('530923', 'village')).toEqual(['530923101201', '530923101202'])
  })
})
