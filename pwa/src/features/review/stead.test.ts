import { describe, expect, it } from 'vitest'
import type { Change, Outcome } from '@/domain/change'
import type { Logged } from '@/domain/overlay'
import { choiceFate, fate, steadSteps, stillAsked } from './stead'

const logged = (change: Partial<Change>, outcome?: Outcome, acked?: number): Logged => ({
  change: { epoch: 'e', n: 1, prev: '', type: 'entry', entity: 'x', kind: 'transition', at: 5, seen: 0, ...change },
  outcome,
  acked,
})
const approved = logged({ event: 'approve', trunk: 'v' }, { n: 1, outcome: 'applied' }, 100)

describe('deciding in another’s stead (R4)', () => {
  it('waits, takes effect, comes too late or is refused', () => {
    expect(fate([])).toBeUndefined()
    expect(fate([logged({ event: 'approve' })])).toEqual({ event: 'approve', how: 'unsent' })
    expect(fate([approved])).toEqual({ event: 'approve', how: 'done' })
    expect(fate([logged({ event: 'approve' }, { n: 1, outcome: 'duplicate' }, 100)])?.how).toBe('done')
    expect(fate([logged({ event: 'return' }, { n: 1, outcome: 'stale' }, 100)])).toEqual({
      event: 'return',
      how: 'stale',
    })
    expect(fate([logged({ event: 'approve' }, { n: 1, outcome: 'rejected', code: 'own_entry' }, 100)])).toEqual({
      event: 'approve',
      how: 'rejected',
      code: 'own_entry',
    })
  })

  it('the last word counts', () => {
    const stale = logged({ event: 'approve' }, { n: 1, outcome: 'stale' }, 90)
    expect(fate([stale, logged({ n: 2, event: 'return' })])).toEqual({ event: 'return', how: 'unsent' })
  })

  it('an entry that was submitted again waits for a new one', () => {
    expect(fate([approved], 99)?.how).toBe('done')
    expect(fate([approved], 100)).toBeUndefined()
    expect(stillAsked(fate([approved], 100))).toBe(true)
    expect(stillAsked(fate([approved], 99))).toBe(false)
    expect(stillAsked(fate([logged({ event: 'approve' })]))).toBe(true)
  })

  it('tells what became of a choice between two values, apart from the decision (M7)', () => {
    const chose: Partial<Change> = { kind: 'patch', resolve: ['cash'], fields: { cash: 2 }, trunk: 'v' }
    expect(choiceFate([approved])).toBeUndefined()
    expect(choiceFate([logged(chose)])).toEqual({ how: 'unsent' })
    expect(choiceFate([logged(chose, { n: 1, outcome: 'applied' }, 100), approved])).toEqual({ how: 'done' })
    expect(choiceFate([logged(chose, { n: 1, outcome: 'stale' }, 100)])).toEqual({ how: 'stale' })
    expect(choiceFate([logged(chose, { n: 1, outcome: 'rejected', code: 'not_allowed' }, 100)])).toEqual({
      how: 'rejected',
      code: 'not_allowed',
    })
    expect(fate([logged(chose)])).toBeUndefined()
  })

  it('is a word on what waits and nothing else', () => {
    expect(steadSteps('submitted')).toEqual(['approve', 'return'])
    expect(steadSteps('amended')).toEqual(['approve', 'refuse'])
    for (const state of ['approved', 'voided', 'returned', 'draft', ''] as const) expect(steadSteps(state)).toEqual([])
  })
})
