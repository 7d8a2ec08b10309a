import { describe, expect, it } from 'vitest'
import type { Form } from '@/domain/catalogue'
import { base, form, nothing } from '@/test/base'
import { placeOf } from './draft'
import {
  added,
  alike,
  changeChoices,
  hidden,
  hideField,
  hideForm,
  listed,
  moved,
  moveForm,
  renamed,
  setHint,
  shownForms,
  textOf,
  without,
  type Base,
  type Own,
} from './own'

const shown = (own: Own, id = 'home_visit') => shownForms(base, own).find((one) => one.id === id)!
const field = (own: Own, key: string) => shown(own).fields.find((one) => one.key === key)!
const choices = (own: Own, key = 'purposes') =>
  field(own, key).choices!.map((one) => one.key + (one.hidden ? ' hidden' : ''))
const edit = (own: Own, change: Parameters<typeof changeChoices>[4], key = 'purposes') =>
  changeChoices(base, own, 'home_visit', key, change)
const plainKeys = choices(nothing)

describe('what the city makes of a form', () => {
  it('is nothing while nothing was changed, and nothing again when it was changed back', () => {
    expect(shownForms(base, nothing)).toEqual(base.forms)
    let own = hideForm(nothing, 'home_visit', true)
    own = hideField(own, 'home_visit', 'text', true)
    own = setHint(base, own, 'home_visit', 'purposes', '可以选几样', '')
    own = edit(own, hidden('policy', true))
    own = edit(own, moved('policy', -1))
    own = edit(own, added(textOf('节水宣传', 'Water')))
    expect(alike(own, nothing)).toBe(false)
    own = edit(own, without('own_1'))
    own = edit(own, moved('policy', 1))
    own = edit(own, hidden('policy', false))
    own = setHint(base, own, 'home_visit', 'purposes', '', '')
    own = hideField(own, 'home_visit', 'text', false)
    own = hideForm(own, 'home_visit', false)
    expect(own).toEqual({})
  })
  it('never touches what it was made from', () => {
    const before = JSON.stringify(base)
    const own = edit(edit(nothing, hidden('policy', true)), added(textOf('节水宣传', '')))
    const was = JSON.stringify(own)
    edit(own, renamed('own_1', textOf('节约用水', '')))
    moveForm(base, own, 'need', -1)
    expect(JSON.stringify(own)).toBe(was)
    expect(JSON.stringify(base)).toBe(before)
  })
  it('hides a form, a question and a choice, and says so to the phones', () => {
    let own = hideForm(nothing, 'need', true)
    own = hideField(own, 'home_visit', 'text', true)
    own = edit(own, hidden('policy', true))
    expect(shown(own, 'need').hidden).toBe(true)
    expect(shown(own).hidden).toBeUndefined()
    expect(field(own, 'text').hidden).toBe(true)
    expect(choices(own)).toEqual(plainKeys.map((key) => (key === 'policy' ? 'policy hidden' : key)))
    // Hidden, it keeps its words: an entry that has it still reads them.
    expect(field(own, 'purposes').choices!.find((one) => one.key === 'policy')!.label.zh).toBe('政策宣传')
  })
  it('adds choices under keys of their own, at the end, and takes them anywhere', () => {
    let own = edit(nothing, added(textOf('节水宣传', '')))
    own = edit(own, added(textOf('防溺水', 'Drowning')))
    expect(choices(own)).toEqual([...plainKeys, 'own_1', 'own_2'])
    expect(
      field(own, 'purposes')
        .choices!.slice(-2)
        .map((one) => one.label),
    ).toEqual([
      { zh: '节水宣传', en: '节水宣传' },
      { zh: '防溺水', en: 'Drowning' },
    ])
    own = edit(own, moved('own_2', -1))
    expect(choices(own)).toEqual([...plainKeys, 'own_2', 'own_1'])
    own = edit(own, renamed('own_1', textOf(' 节约用水 ', '')))
    expect(field(own, 'purposes').choices!.at(-1)!.label.zh).toBe('节约用水')
    // At an end it stays where it is.
    expect(alike(edit(own, moved('own_1', 1)), own)).toBe(true)
    // A key that was taken away before it was published may be given again, none that is there.
    expect(choices(edit(edit(own, without('own_1')), added(textOf('三', ''))))).toEqual([
      ...plainKeys,
      'own_2',
      'own_1',
    ])
  })
  it('has at the end what a newer program adds to a list that the city has put in order', () => {
    const own = edit(nothing, moved('policy', -1))
    const newer: Base = {
      forms: base.forms.map((one) =>
        one.id === 'home_visit'
          ? {
              ...one,
              fields: one.fields.map((each) =>
                each.key === 'purposes'
                  ? { ...each, choices: [{ key: 'newest', label: { zh: '新' } }, ...each.choices!] }
                  : each,
              ),
            }
          : one,
      ),
    }
    const keys = shownForms(newer, own)
      .find((one) => one.id === 'home_visit')!
      .fields.find((one) => one.key === 'purposes')!
      .choices!.map((one) => one.key)
    expect(keys.at(-1)).toBe('newest')
    expect(keys.slice(0, -1)).toEqual(choices(own))
  })
  it('knows which choices are the city’s, and which of them nobody can have yet', () => {
    const first = edit(nothing, added(textOf('节水宣传', '')))
    const own = edit(first, added(textOf('防溺水', '')))
    const list = listed(base, own, first, 'home_visit', 'purposes')
    const of = (key: string) => list.find((one) => one.key === key)!
    expect([of('policy'), of('own_1'), of('own_2')].map((one) => [one.mine, one.fresh])).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ])
  })
  it('changes a hint, and the form’s own hint is no change', () => {
    const own = setHint(base, nothing, 'home_visit', 'purposes', ' 可以选几样 ', '')
    expect(field(own, 'purposes').hint).toEqual({ zh: '可以选几样', en: '可以选几样' })
    const given = base.forms[0]!.fields.find((one) => one.hint)!
    expect(setHint(base, own, 'home_visit', given.key, given.hint!.zh, given.hint!.en ?? '')).toEqual(own)
    expect(setHint(base, own, 'home_visit', 'purposes', ' ', '')).toEqual({})
  })
})

describe('the order of the forms', () => {
  const order = (own: Own, section: string) =>
    shownForms(base, own)
      .filter((one) => one.section === section)
      .sort((a, b) => a.order - b.order)
      .map((one) => one.id)

  it('changes within a section, and no other form has another place', () => {
    expect(order(nothing, 'visiting')).toEqual(['home_visit', 'need', 'evaluation'])
    const own = moveForm(base, nothing, 'evaluation', -1)
    expect(order(own, 'visiting')).toEqual(['home_visit', 'evaluation', 'need'])
    expect(Object.keys(own.retouch!).sort()).toEqual(['evaluation', 'need'])
    expect(moveForm(base, own, 'evaluation', 1)).toEqual({})
    expect(moveForm(base, nothing, 'home_visit', -1)).toEqual({})
  })
  it('also where two have the same number', () => {
    const level: Base = { forms: base.forms.map((one) => ({ ...one, order: 4 })) }
    const before = shownForms(level, nothing)
    expect(before.every((one) => one.order === 4)).toBe(true)
    // By their names: evaluation, home_visit, need.
    const own = moveForm(level, nothing, 'need', -1)
    const after = shownForms(level, own)
      .filter((one) => one.section === 'visiting')
      .sort((a, b) => a.order - b.order)
    expect(after.map((one) => one.id)).toEqual(['evaluation', 'need', 'home_visit'])
    expect(new Set(after.map((one) => one.order)).size).toBe(3)
  })
})

describe('a form of the city’s own', () => {
  const tea: Form = {
    ...form('evaluation'),
    id: 'tea_party',
    order: 90,
    fields: [{ key: 'kind', type: 'one', label: { zh: '什么' }, choices: [{ key: 'a', label: { zh: '甲' } }] }],
  }
  it('stands among the others and is retouched like them', () => {
    const own = changeChoices(base, { forms: [tea] }, 'tea_party', 'kind', added(textOf('乙', '')))
    expect(shown(own, 'tea_party').fields[0]!.choices!.map((one) => one.key)).toEqual(['a', 'own_1'])
    // The definition itself is left as it was brought.
    expect(own.forms).toEqual([tea])
  })
  it('takes the place of one of the same id', () => {
    const own: Own = { forms: [{ ...form('need'), name: { zh: '心愿' } }] }
    expect(shownForms(base, own).filter((one) => one.id === 'need')).toHaveLength(1)
    expect(shown(own, 'need').name.zh).toBe('心愿')
  })
})

describe('where a problem stands', () => {
  it.each([
    ['retouch.home_visit.fields.purposes.choices[2].label.zh', { form: 'home_visit', field: 'purposes', choice: 2 }],
    ['retouch.home_visit.fields.purposes.hidden', { form: 'home_visit', field: 'purposes' }],
    ['retouch.home_visit.order', { form: 'home_visit' }],
    ['forms[0].fields[3].key', {}],
    ['', {}],
  ])('%s', (path, place) => expect(placeOf(path)).toEqual(place))
})
