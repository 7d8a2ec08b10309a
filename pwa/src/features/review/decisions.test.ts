import { describe, expect, it, vi } from 'vitest'
import { version } from '@/domain/canonical'
import type { Form } from '@/domain/catalogue'
import type { Change, Outcome } from '@/domain/change'
import type { Logged, View } from '@/domain/overlay'
import { getMeta } from '@/db/meta'
import { useAccount } from '@/db/open'
import { sha256 } from '@/state/edge'
import { choiceOf, decision, pendingDecision, staleDecision, staleResolution, steps, wrote } from './decisions'
import { fieldChanges } from './diff'
import { fieldsMeant, readyReasons } from './reasons'

const logged = (change: Partial<Change>, outcome?: Outcome['outcome'], acked?: number): Logged => ({
  change: { epoch: 'e', n: 1, prev: '', type: 'entry', entity: 'x', kind: 'transition', at: 5, seen: 0, ...change },
  outcome: outcome && { n: 1, outcome },
  acked,
})
const view = (change: Partial<View>): View =>
  ({ state: 'submitted', author: 'a', stub: false, problems: [], ...change }) as View

describe('decisions', () => {
  const content = { note: '到家里看过' }
  const right = version(content, sha256)

  it('name the version on the screen (R2)', () => {
    expect(decision('x', { version: right, content }, 'return', { text: '日期不对', fields: ['d'] })).toEqual({
      type: 'entry',
      entity: 'x',
      kind: 'transition',
      event: 'return',
      trunk: right,
      reason: { text: '日期不对', fields: ['d'] },
    })
  })

  // Storage failed under an entry, and a reviewer approved by its name what she had not read.
  it('name what is shown, not what the server called it (P14)', async () => {
    useAccount('p14')
    const other = { note: '\ufeff?' }
    expect(decision('x', { version: right, content: other }, 'approve').trunk).toBe(version(other, sha256))
    expect(choiceOf('x', { version: right, content: other }, 1, ['note'], {}).trunk).toBe(version(other, sha256))
    await vi.waitFor(async () => expect(await getMeta('counted')).toBe(0)) // all is counted anew with the next exchange
    expect(decision('x', { version: '', content: {} }, 'approve').trunk).toBe('') // of a stub nothing is shown
  })

  it('come back stale until the next one is taken', () => {
    const stale = logged({ event: 'approve', trunk: 'v1' }, 'stale', 9)
    expect(staleDecision([stale])).toEqual({ event: 'approve', trunk: 'v1' })
    expect(staleDecision([stale, logged({ n: 2, event: 'return' })])).toBeUndefined()
    expect(staleDecision([logged({ event: 'approve' }, 'applied', 9)])).toBeUndefined()
  })

  it('a choice between values can come too late as well (M7)', () => {
    expect(staleResolution([logged({ kind: 'patch', resolve: ['a'] }, 'stale', 9)])).toBe(true)
    expect(staleResolution([logged({ kind: 'patch', resolve: ['a'] }, 'applied', 9)])).toBe(false)
  })

  it('wait until they are sent', () => {
    expect(pendingDecision([logged({ event: 'approve' })])).toBe('approve')
    expect(pendingDecision([logged({ event: 'approve' }, 'applied', 9)])).toBeUndefined()
  })

  it('are not for who wrote any part of what is pending (R3)', () => {
    expect(wrote(view({ author: 'me' }), [], 'me')).toBe(true)
    expect(wrote(view({}), [], 'me')).toBe(false)
    const patch = logged({ kind: 'patch', fields: { a: 1 } }, 'applied', 10)
    expect(wrote(view({}), [patch], 'me')).toBe(true)
    expect(wrote(view({ approvedAt: 20 }), [patch], 'me')).toBe(false)
    expect(wrote(view({}), [logged({ kind: 'patch', fields: { a: 2 }, resolve: ['a'] }, 'applied', 10)], 'me')).toBe(
      false,
    )
  })

  it('are those that the table allows', () => {
    expect(steps(view({}))).toEqual(['approve', 'return'])
    expect(steps(view({ state: 'amended' }))).toEqual(['approve', 'refuse', 'void'])
    expect(steps(view({ state: 'approved' }))).toEqual(['void'])
    expect(steps(view({ state: 'voided' }))).toEqual(['reinstate'])
    expect(steps(view({ state: 'returned' }))).toEqual([])
    expect(steps(view({ stub: true }))).toEqual([])
  })
})

const text = (zh: string) => ({ zh })
const form = {
  fields: [
    { key: 'who', type: 'household', label: text('户') },
    { key: 'due', type: 'date', label: text('回访') },
    { key: 'occurred_on', type: 'date', label: text('日期') },
    { key: 'first', type: 'money', label: text('钱') },
    { key: 'second', type: 'money', label: text('钱') },
  ],
} as unknown as Form

describe('differences', () => {
  it('stand in the form’s order, unknown keys last, and equal values not at all', () => {
    const got = fieldChanges(form, { second: 1, who: 'a', old: 1 }, { who: 'b', first: 2, second: 1 })
    expect(got.map((one) => [one.key, one.before, one.after])).toEqual([
      ['who', 'a', 'b'],
      ['first', undefined, 2],
      ['old', 1, undefined],
    ])
  })

  it('a set in another order is the same', () => {
    expect(fieldChanges(form, { tags: ['a', 'b'] }, { tags: ['a', 'b'] })).toEqual([])
  })
})

describe('ready-made reasons', () => {
  const reason = (key: string) => readyReasons.find((one) => one.key === key)!
  it('mark the field that they usually mean', () => {
    expect(fieldsMeant(reason('date'), form, {})).toEqual(['occurred_on'])
    expect(fieldsMeant(reason('household'), form, {})).toEqual(['who'])
    expect(fieldsMeant(reason('amount'), form, { second: 5 })).toEqual(['second'])
    expect(fieldsMeant(reason('people'), form, {})).toEqual([])
    expect(fieldsMeant(reason('other'), form, {})).toEqual([])
  })
})
