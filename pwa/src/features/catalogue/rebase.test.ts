import { describe, expect, it } from 'vitest'
import { base, form, nothing } from '@/test/base'
import { between } from './between'
import {
  added,
  changeChoices,
  hidden,
  hideField,
  hideForm,
  moved,
  moveForm,
  renamed,
  setHint,
  shownForms,
  textOf,
  without,
  type Own,
} from './own'
import { rebased as over } from './rebase'

const rebased = (before: Own, mine: Own, theirs: Own) => over(base, before, mine, theirs)
const field = (own: Own, key = 'purposes') =>
  shownForms(base, own)
    .find((one) => one.id === 'home_visit')!
    .fields.find((one) => one.key === key)!
const choices = (own: Own) => field(own).choices!.map((one) => one.key + (one.hidden ? ' hidden' : ''))
const words = (own: Own) => Object.fromEntries(field(own).choices!.map((one) => [one.key, one.label.zh]))
const edit = (own: Own, change: Parameters<typeof changeChoices>[4]) =>
  changeChoices(base, own, 'home_visit', 'purposes', change)
const plainKeys = choices(nothing)

describe('when another has published meanwhile', () => {
  const before = edit(nothing, added(textOf('节水宣传', '')))

  it('keeps what was changed here and takes what they changed elsewhere', () => {
    const mine = hideField(before, 'home_visit', 'text', true)
    const theirs = { ...hideForm(before, 'need', true), forms: [form('evaluation')] }
    const both = rebased(before, mine, theirs)
    expect(both.forms).toEqual(theirs.forms)
    expect(both.retouch!.need).toEqual({ hidden: true })
    expect(both.retouch!.home_visit!.fields!.text).toEqual({ hidden: true })
    expect(choices(both).at(-1)).toBe('own_1')
  })
  it('loses no choice that they have added to the list that was changed here', () => {
    const mine = edit(before, hidden('policy', true))
    const theirs = edit(before, added(textOf('防溺水', '')))
    expect(choices(rebased(before, mine, theirs))).toEqual([
      ...plainKeys.map((key) => (key === 'policy' ? 'policy hidden' : key)),
      'own_1',
      'own_2',
    ])
  })
  it('takes what they hid, moved and worded in the list in which a choice was added here', () => {
    const mine = edit(before, added(textOf('防溺水', '')))
    const theirs = edit(
      edit(edit(before, hidden('policy', true)), moved('own_1', -1)),
      renamed('own_1', textOf('节约用水', '')),
    )
    const both = rebased(before, mine, theirs)
    const [last] = plainKeys.slice(-1)
    expect(choices(both)).toEqual([
      ...plainKeys.slice(0, -1).map((key) => (key === 'policy' ? 'policy hidden' : key)),
      'own_1',
      'own_2',
      last,
    ])
    expect(words(both)).toMatchObject({ own_1: '节约用水', own_2: '防溺水' })
  })
  it('has another key for a choice that was added here where they have published one under it', () => {
    const mine = edit(edit(before, added(textOf('防溺水', ''))), moved('own_2', -1))
    const theirs = edit(before, added(textOf('反诈宣传', '')))
    const both = rebased(before, mine, theirs)
    expect(words(both)).toMatchObject({ own_1: '节水宣传', own_2: '反诈宣传', own_3: '防溺水' })
    // The same choice, added by both, is one.
    const same = rebased(before, edit(before, added(textOf('反诈宣传', ''))), theirs)
    expect(choices(same)).toEqual(choices(theirs))
  })
  it('is in the order of here where choices were moved here', () => {
    const mine = edit(before, moved(plainKeys[1]!, -1))
    const theirs = edit(edit(before, moved(plainKeys[3]!, -1)), added(textOf('防溺水', '')))
    expect(choices(rebased(before, mine, theirs))).toEqual([...choices(mine), 'own_2'])
  })
  it('does not bring back a choice that was taken away here before anybody had it', () => {
    const mine = edit(before, without('own_1'))
    expect(choices(rebased(before, mine, hideForm(before, 'need', true)))).toEqual(plainKeys)
  })
  it('is theirs where nothing was changed here, and here where nothing was changed there', () => {
    const changed = hideForm(before, 'need', true)
    expect(rebased(before, before, changed)).toEqual(changed)
    expect(rebased(before, changed, before)).toEqual(changed)
    expect(rebased(changed, nothing, changed)).toEqual({})
  })
})

describe('what others have published', () => {
  it('is told in the words of a check', () => {
    let theirs = hideForm(nothing, 'need', true)
    theirs = moveForm(base, theirs, 'evaluation', -1)
    theirs = hideField(theirs, 'home_visit', 'voice', true)
    theirs = setHint(base, theirs, 'home_visit', 'purposes', '可以选几样', '')
    theirs = edit(theirs, hidden('policy', true))
    theirs = edit(theirs, moved('policy', -1))
    theirs = edit(theirs, added(textOf('节水宣传', '')))
    const said = between(base, nothing, theirs).map((one) =>
      [one.what, one.form, one.field, one.choice].filter(Boolean).join(' '),
    )
    expect([...said].sort()).toEqual(
      [
        'choice_hidden home_visit purposes policy',
        'choice_added home_visit purposes own_1',
        'choices_moved home_visit purposes',
        'field_hidden home_visit voice',
        'form_hidden need',
        'form_moved need',
        'form_moved evaluation',
        'field_changed home_visit purposes',
      ].sort(),
    )
    expect(between(base, theirs, theirs)).toEqual([])
    const worded = edit(theirs, renamed('own_1', textOf('节约用水', '')))
    expect(between(base, theirs, worded)).toEqual([
      { what: 'choice_renamed', form: 'home_visit', field: 'purposes', choice: 'own_1' },
    ])
    expect(between(base, theirs, hideForm(theirs, 'need', false)).map((one) => one.what)).toEqual(['form_shown'])
    const whole = {
      ...theirs,
      forms: [{ ...form('evaluation'), id: 'tea' }],
      sections: [{ id: 'x', order: 9, name: textOf('新', '') }],
    }
    expect(between(base, theirs, whole)).toEqual([
      { what: 'section_added', section: 'x' },
      { what: 'form_added', form: 'tea' },
    ])
  })
})
