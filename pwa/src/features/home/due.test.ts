import { beforeEach, describe, expect, it } from 'vitest'
import type { Catalogue } from '@/domain/catalogue'
import type { View } from '@/domain/overlay'
import { now } from '@/state/edge'
import { catalogue } from '@/state/places'
import { entries } from '@/state/records'
import { account } from '@/state/session'
import { dayPlus, localDay } from '@/texts/format'
import { dues } from './due'

const today = localDay(now())
const visit = {
  id: 'visit',
  fields: [{ key: 'met', type: 'one' }],
  due: { form: 'visit', on: 'again', same: 'household', where: "met == 'yes'" },
}
const entry = (entity: string, content: Record<string, string>, more: Partial<View> = {}) =>
  ({ type: 'entry', entity, form: 'visit', unit: 'u', state: 'approved', createdAt: 1, content, ...more }) as View

function show(...list: View[]) {
  entries.value = list
  return dues.value.map((due) => due.entry.entity)
}
const first = entry('a', { household: 'h', occurred_on: dayPlus(today, -7), again: today, met: 'yes' })

beforeEach(() => {
  account.value = { seats: [{ role: 'volunteer', unit: 'u' }] } as unknown as typeof account.value
  catalogue.value = { forms: [visit] } as unknown as Catalogue
})

describe('follow-ups that are due', () => {
  it('stand until somebody has been there again and met them', () => {
    expect(show(first)).toEqual(['a'])
    const later = { household: 'h', occurred_on: dayPlus(today, -1) }
    expect(show(first, entry('b', { ...later, met: 'no' }))).toEqual(['a'])
    expect(show(first, entry('b', { ...later, met: 'yes' }))).toEqual([])
    expect(show(first, entry('b', { ...later, met: 'yes' }, { state: 'withdrawn' }))).toEqual(['a'])
    expect(show(first, entry('b', { ...later, met: 'yes', household: 'other' }))).toEqual(['a'])
  })
  it('are done by an entry of the same day that follows them, not by any of the same day', () => {
    const same = { household: 'h', occurred_on: dayPlus(today, -7), met: 'yes' }
    expect(show(first, entry('b', same))).toEqual(['a'])
    expect(show(first, entry('b', { ...same, follows: 'a' }))).toEqual([])
  })
  it('are not told before their day, nor of another unit, and the oldest comes first', () => {
    const of = (entity: string, again: string, more: Partial<View> = {}) =>
      entry(entity, { household: entity, occurred_on: dayPlus(today, -9), again, met: 'yes' }, more)
    expect(
      show(of('x', dayPlus(today, 1)), of('y', today, { unit: 'v' }), of('p', today), of('q', dayPlus(today, -2))),
    ).toEqual(['q', 'p'])
  })
})
