import { describe, expect, it } from 'vitest'
import type { Form } from './catalogue'
import { pruned, validate } from './validate'

const text = { zh: '字' }
const form: Form = {
  id: 'f',
  version: 1,
  name: text,
  action: text,
  icon: 'form',
  order: 1,
  summary: [],
  fields: [
    { key: 'occurred_on', type: 'date', label: text, required: true },
    {
      key: 'kind',
      type: 'one',
      label: text,
      required: true,
      choices: [
        { key: 'a', label: text },
        { key: 'b', label: text },
      ],
    },
    { key: 'why', type: 'text', label: text, required: true, visible: "kind == 'b'" },
    { key: 'cash', type: 'money', label: text },
    { key: 'items', type: 'items', label: text },
    { key: 'people', type: 'people', label: text },
  ],
  require_any: [['cash', 'items']],
}
const good = { occurred_on: '2026-11-22', kind: 'a', cash: 100 }
const codes = (content: Parameters<typeof validate>[1]) =>
  validate(form, content).map((one) => `${one.field} ${one.code}`)

describe('validate', () => {
  it('passes what is right', () => expect(codes(good)).toEqual([]))
  it('asks for what is shown alone', () => {
    expect(codes({ ...good, kind: 'b' })).toEqual(['why required'])
  })
  it('asks for one of several', () =>
    expect(codes({ occurred_on: '2026-11-22', kind: 'a' })).toEqual(['cash requireAny']))
  it('knows the calendar', () => expect(codes({ ...good, occurred_on: '2026-02-30' })).toEqual(['occurred_on date']))
  it('refuses fractions, negative money and numbers that could not be read', () => {
    expect(codes({ ...good, cash: 1.5 })).toEqual(['cash wrongType'])
    expect(codes({ ...good, cash: -1 })).toEqual(['cash min'])
    expect(codes({ ...good, cash: NaN })).toEqual(['cash wrongType'])
    expect(codes({ ...good, people: { unnamed: NaN } })).toEqual(['people wrongType'])
  })
  it('an item has a name and a quantity', () =>
    expect(codes({ ...good, items: [{ name: '', quantity: 1 }] })).toEqual(['items items']))
  it('refuses text that would not hash the same everywhere', () => {
    expect(codes({ ...good, kind: 'b', why: '\ud800' })).toEqual(['why text'])
  })
  it('drops the answer to a question that is no longer asked', () => {
    expect(pruned(form, { ...good, why: 'x' })).toEqual(good)
  })
  it('holds days to those that follow today, where it knows which day that is', () => {
    const bounded: Form = {
      ...form,
      fields: [...form.fields, { key: 'day', type: 'date', label: text, min: 'today-7', max: 'today' }],
    }
    const at = (day: string, today?: string) =>
      validate(bounded, { ...good, day }, today).map((one) => [one.code, one.day])
    expect(at('2026-11-15', '2026-11-22')).toEqual([])
    expect(at('2026-11-14', '2026-11-22')).toEqual([['early', '2026-11-15']])
    expect(at('2026-11-23', '2026-11-22')).toEqual([['late', '2026-11-22']])
    expect(at('1999-01-01')).toEqual([])
  })
  it('tells the checks of a form once all else is right, at fields that are asked', () => {
    const checked: Form = {
      ...form,
      checks: [
        { rule: 'cash < 1000', field: 'cash', message: { zh: '太多' } },
        { rule: "why != 'x'", field: 'why', message: { zh: '写清楚' } },
        { rule: '1000 / cash > 1', field: 'cash', message: { zh: '不该说' } },
      ],
    }
    const said = (content: Parameters<typeof validate>[1]) =>
      validate(checked, content).map((one) => one.message?.zh ?? one.code)
    expect(said({ ...good, cash: 999 })).toEqual(['不该说'])
    expect(said({ ...good, cash: 0 })).toEqual([])
    expect(said({ ...good, cash: 1000 })).toEqual(['太多', '不该说'])
    expect(said({ ...good, cash: 100, why: 'x' })).toEqual([])
    expect(said({ ...good, cash: 100, kind: 'b', why: 'x' })).toEqual(['写清楚'])
    expect(said({ occurred_on: 'x', kind: 'a', cash: 1000 })).toEqual(['date'])
  })
  it('keeps nothing of what is derived', () => {
    const computed: Form = {
      ...form,
      fields: [...form.fields, { key: 'twice', type: 'computed', result: 'money', value: 'cash * 2', label: text }],
    }
    expect(pruned(computed, { ...good, twice: 7 })).toEqual(good)
    expect(validate(computed, { ...good, twice: 7 })).toEqual([])
  })
})
