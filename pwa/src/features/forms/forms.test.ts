import { describe, expect, it } from 'vitest'
import type { Form } from '@/domain/catalogue'
import { bySection, picked, wholeSection } from '@/domain/sections'
import { lastUsed } from './used'

const text = (zh: string) => ({ zh, en: zh })
const form = (id: string, order: number, section?: string): Form => ({
  id,
  version: 1,
  name: text(id),
  action: text(id),
  icon: 'form',
  ...(section ? { section } : {}),
  order,
  summary: ['occurred_on'],
  fields: [],
})
const care = { id: 'care', order: 2, name: text('关爱') }
const visiting = { id: 'visiting', order: 1, name: text('走访') }
const empty = { id: 'empty', order: 3, name: text('空') }

describe('forms by section', () => {
  const forms = [form('aid', 3, 'care'), form('gift', 2, 'care'), form('visit', 1, 'visiting'), form('old', 9)]
  it('stand in the order of sections and of forms; none is lost, and no section is empty', () => {
    expect(
      bySection(forms, [care, empty, visiting]).map((one) => [one.section?.id, one.forms.map((f) => f.id)]),
    ).toEqual([
      ['visiting', ['visit']],
      ['care', ['gift', 'aid']],
      [undefined, ['old']],
    ])
  })
  it('of a catalogue without sections stand in one list', () => {
    expect(bySection(forms, []).map((one) => one.forms.map((f) => f.id))).toEqual([['visit', 'gift', 'aid', 'old']])
  })
  it('are picked one by one or by their section', () => {
    const among = (pick: string) => forms.filter((one) => picked(pick, one)).map((one) => one.id)
    expect(among('')).toHaveLength(4)
    expect(among('aid')).toEqual(['aid'])
    expect(among(wholeSection(care))).toEqual(['aid', 'gift'])
    // A form that is called like a section is not taken for it.
    expect(picked('care', form('visit', 1, 'care'))).toBe(false)
    expect(picked('aid', undefined)).toBe(false)
  })
})

describe('forms that were used last', () => {
  it('are her own, each once, the newest first', () => {
    const one = (form: string, author = 'her') => ({ form, author })
    const entries = [one('aid'), one('visit', 'other'), one('aid'), one('gift'), one('visit'), one('a'), one('b')]
    expect(lastUsed(entries, 'her')).toEqual(['aid', 'gift', 'visit', 'a'])
    expect(lastUsed(entries, 'nobody')).toEqual([])
  })
})
