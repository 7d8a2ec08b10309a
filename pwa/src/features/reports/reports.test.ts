import { beforeAll, describe, expect, it } from 'vitest'
import { catalogue } from '@/state/places'
import { officeTexts } from '@/texts'
import type { Document, Figure } from './data'
import { changed, draftOf, partsOf } from './drafts'
import { headsOf } from './jumping'
import { daysOf, spanText, usual } from './span'
import {
  columnText,
  differences,
  editable,
  exactText,
  figureWords,
  namesOf,
  opens,
  overridesBack,
  parsed,
  plainText,
  readIn,
  stepsOf,
  typedValue,
} from './words'

const CITY = '530900000000'
const figure = (id: string, name: string, n: number | undefined, more: Partial<Figure> = {}): Figure => ({
  id,
  unit: CITY,
  name,
  value: n === undefined ? {} : { n },
  written: n === undefined ? '若干' : String(n),
  pending: 0,
  ...more,
})
const visits = figure('visits', '走访户次', 12, { indicator: 'visits', unit_word: '户次' })
const grown = figure('visits', '走访户次', 12, { style: 'change', written: '，同比增长20%' })
const policy = figure('visits/purposes=policy', '走访户次（政策宣传）', 3, { indicator: 'visits', unit_word: '户次' })
const rate = figure('x_rate', '比例', 6667, { value: { n: 6667, numerator: 2, denominator: 3 }, written: '66.67%' })
const money = figure('aid', '救助金', 850_050, { indicator: 'aid', unit_word: '元', written: '8500.5' })

const document = (paragraphs: Document['parts'][0]['sections'][0]['paragraphs'], title = '报告'): Document => ({
  id: 'r',
  version: 1,
  title,
  unit: { code: CITY, name: '临沧市', level: 'city' },
  from: '2026-01-01',
  to: '2026-11-30',
  mark: { server: '', seq: 1, line: '', definitions: '', divisions: '', at: 0 },
  parts: [{ key: 'review', title: '工作回顾', sections: [{ key: 'rights', title: '维权', paragraphs }] }],
  tables: [],
})
const whole = document([
  {
    key: 'a',
    runs: [{ text: '走访' }, { figure: visits }, { figure: grown }, { text: '，政策宣传' }, { figure: policy }],
  },
  { key: 'b', runs: [{ text: '比例' }, { figure: rate }, { text: '，' }, { figure: money }, { text: '。' }] },
])

beforeAll(async () => {
  await officeTexts()
  catalogue.value = {
    hash: '',
    forms: [],
    registers: [],
    indicators: [
      { id: 'visits', name: { zh: '走访户次' }, definition: { zh: '' }, measure: 'count', order: 1 },
      { id: 'aid', name: { zh: '救助金' }, definition: { zh: '' }, measure: 'sum', display: 'wan_yuan', order: 2 },
      { id: 'loans', name: { zh: '贷款笔数' }, definition: { zh: '' }, measure: 'count', order: 3 },
    ],
  }
})

describe('the span of a report', () => {
  it('is from January to this month, unless another is chosen', () => {
    const now = usual('2026-11-23')
    expect(daysOf(now)).toEqual({ from: '2026-01-01', to: '2026-11-30' })
    expect(daysOf({ ...now, kind: 'year' })).toEqual({ from: '2026-01-01', to: '2026-12-31' })
    expect(daysOf({ ...now, kind: 'half', part: 2 })).toEqual({ from: '2026-07-01', to: '2026-12-31' })
    expect(daysOf({ ...now, kind: 'quarter', part: 1, year: 2024 })).toEqual({ from: '2024-01-01', to: '2024-03-31' })
    expect(daysOf({ ...now, part: 2, to: 2, year: 2024 })).toEqual({ from: '2024-02-01', to: '2024-02-29' })
    expect(daysOf({ ...now, kind: 'days', from: '2026-03-05', until: '2026-06-20' })).toEqual({
      from: '2026-03-05',
      to: '2026-06-20',
    })
  })
  it('says what is wrong with a choice', () => {
    const now = usual('2026-11-23')
    expect(daysOf({ ...now, part: 12, to: 1 })).toBe('order')
    expect(daysOf({ ...now, kind: 'days', from: '2026-06-20', until: '2026-03-05' })).toBe('order')
    expect(daysOf({ ...now, kind: 'days', from: '', until: '2026-03-05' })).toBe('missing')
    expect(daysOf({ ...now, kind: 'days', from: '2006-01-01', until: '2026-03-05' })).toBe('long')
  })
  it('is told by its months where it has whole ones', () => {
    expect(spanText('2026-01-01', '2026-11-30')).toBe('2026年1–11月')
    expect(spanText('2026-01-01', '2026-12-31')).toBe('2026年')
    expect(spanText('2024-02-01', '2024-02-29')).toBe('2024年2月')
    expect(spanText('2026-03-05', '2026-03-05')).toBe('2026年3月5日')
    expect(spanText('2026-03-05', '2026-06-20')).toBe('2026年3月5日到2026年6月20日')
  })
})

describe('figures in words', () => {
  it('are exact in their own steps', () => {
    expect([visits, rate, money].map((one) => exactText(one, one.value))).toEqual(['12 户次', '66.67%', '8,500.50 元'])
    expect(exactText(figure('w', '', undefined), {})).toBe('—')
    expect([visits, rate, money].map((one) => stepsOf(one).steps)).toEqual([1, 100, 100])
  })
  // A column says 救助金（万元）: 1900 yuan below it were read as nineteen million.
  it('stand in a table in the unit of its column', () => {
    const aid = (n: number) => figure('aid', '救助金', n, { indicator: 'aid', unit_word: '元', written: '2.1万余' })
    expect([190_000, 2_160_000, 0].map((n) => columnText(aid(n)))).toEqual(['0.19', '2.16', '0.00'])
    expect(columnText(figure('visits', '走访户次', 12_345, { indicator: 'visits', written: '1.2万余' }))).toBe('12,345')
    expect(columnText(figure('v', '家暴线索数', undefined, { withheld: true }))).toBe('若干')
  })
  it('take a number that was typed, and no other', () => {
    expect(['0', '1,200', '12.5%', '8500.05'].map((text) => typedValue(text, 100))).toEqual([0, 120_000, 1250, 850_005])
    for (const wrong of ['', '-1', '1.5', '十', '1e3', '9'.repeat(20)])
      expect(typedValue(wrong, 1), wrong).toBeUndefined()
  })
  it('open unless they are withheld or say a change', () => {
    const withheld = figure('v', '家暴线索数', undefined, { withheld: true, unit_word: '件' })
    expect([visits, grown, withheld].map(opens)).toEqual([true, false, false])
    expect(figureWords(withheld)).toBe('若干件')
    expect(plainText(whole.parts[0]!.sections[0]!.paragraphs[0]!.runs)).toBe('走访12户次，同比增长20%，政策宣传3户次')
  })
})

describe('what is nought', () => {
  it('is written and not read: a paragraph of nothing else leaves, with its heading', () => {
    const nought = document([{ key: 'v', runs: [{ text: '线索' }, { figure: figure('v', '线索', 0) }], read: [] }])
    expect(readIn(nought.parts[0]!.sections[0]!)).toEqual([])
    expect(headsOf(nought)).toEqual([])
    expect(headsOf(whole).map((one) => one.title)).toEqual(['工作回顾', '维权'])
  })
})

describe('words while they are edited', () => {
  it('have figures by their names, and come back the same', () => {
    const names = namesOf(whole)
    const text = editable(names, whole.parts[0]!.sections[0]!.paragraphs[0]!.runs)
    expect(text).toBe('走访{{走访户次}}{{走访户次|增减}}，政策宣传{{走访户次（政策宣传）}}')
    const back = parsed(names, text)
    expect(back.unknown).toEqual([])
    expect(back.runs.map((run) => run.text ?? `${run.figure!.id}|${run.figure!.style ?? ''}`)).toEqual([
      '走访',
      'visits|',
      'visits|change',
      '，政策宣传',
      'visits/purposes=policy|',
    ])
  })
  it('take marks as people type them, and any figure of the definitions', () => {
    const names = namesOf(whole)
    const said = parsed(names, '｛｛ 走访户次 ｜ 约 ｝｝和{{走访户次(政策宣传)}}、{{贷款笔数}}')
    expect(said.unknown).toEqual([])
    expect(said.runs.filter((run) => run.figure).map((run) => run.figure!.id)).toEqual([
      'visits',
      'visits/purposes=policy',
      'loans',
    ])
    expect(said.runs[0]!.figure!.style).toBe('about')
  })
  it('point out a mark that names nothing, or is not closed', () => {
    const names = namesOf(whole)
    expect(parsed(names, '{{跳舞次数}}、{{走访户次|大概}}').unknown).toEqual(['{{跳舞次数}}', '{{走访户次|大概}}'])
    expect(parsed(names, '走访{{走访户次').unknown).toEqual(['走访{{走访户次'])
  })
  it('of two figures of one name each has its own', () => {
    const other = document([
      {
        key: 'a',
        runs: [
          { figure: visits },
          { figure: { ...policy, name: '走访户次' } },
          { figure: { ...visits, id: 'visits@530923000000', unit: '530923000000' } },
        ],
      },
    ])
    const names = namesOf(other)
    const text = editable(names, other.parts[0]!.sections[0]!.paragraphs[0]!.runs)
    expect(text).toBe('{{走访户次}}{{走访户次#visits/purposes=policy}}{{530923000000·走访户次}}')
    expect(parsed(names, text).runs.map((run) => run.figure!.id)).toEqual([
      'visits',
      'visits/purposes=policy',
      'visits@530923000000',
    ])
  })
  it('are counted by the places that are others, and leave out what is empty', () => {
    const names = namesOf(whole)
    const draft = draftOf(whole, names)
    expect(changed(draft, whole, names)).toBe(0)
    draft.title = '我市的报告'
    draft.parts[0]!.sections[0]!.paragraphs[1]!.text = ''
    draft.parts[0]!.sections[0]!.paragraphs.push({ key: 'n', text: '新的一段{{没有}}' })
    expect(changed(draft, whole, names)).toBe(3)
    const sent = partsOf(draft, names)
    expect(sent.parts[0]!.sections[0]!.paragraphs.map((one) => one.key)).toEqual(['a', 'n'])
    expect(sent.unknown).toEqual({ 'review/rights/n': ['{{没有}}'] })
  })
})

describe('versions', () => {
  const by = { value: 15, reason: '纸上还有三户', by: 'x', at: 0, was: { n: 12 } }
  const instead = { ...visits, value: { n: 15 }, written: '15', override: by }
  const next = document(
    [
      { key: 'a', runs: [{ text: '走访' }, { figure: instead }] },
      { key: 'c', runs: [{ text: '新的。' }] },
    ],
    '我市的报告',
  )
  it('say which sentences and numbers became others', () => {
    expect(differences(whole, next)).toEqual([
      { kind: 'changed', where: '标题', was: '报告', now: '我市的报告' },
      { kind: 'changed', where: '维权', was: '走访12户次，同比增长20%，政策宣传3户次', now: '走访15户次' },
      { kind: 'added', where: '维权', was: '', now: '新的。' },
      { kind: 'dropped', where: '维权', was: '比例66.67%，8500.5元。', now: '' },
      { kind: 'number', where: '走访户次', was: '12 户次', now: '15 户次' },
    ])
    expect(differences(whole, whole)).toEqual([])
  })
  it('take numbers back with them, and leave what is withheld', () => {
    expect(overridesBack(next, whole)).toEqual([{ figure: 'visits', value: null, reason: '' }])
    expect(overridesBack(whole, next)).toEqual([{ figure: 'visits', value: 15, reason: '纸上还有三户' }])
    const hidden = document([{ key: 'a', runs: [{ figure: { ...instead, withheld: true } }] }])
    expect(overridesBack(hidden, whole)).toEqual([])
  })
})
