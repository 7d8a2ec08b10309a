import type { Logged } from '@/domain/overlay'
import { isDecision, next, type ReviewEvent, type State } from '@/domain/review'

/** What became of a decision that this phone took on an entry which it does not keep. */
export interface Fate {
  event: ReviewEvent
  how: 'unsent' | 'done' | 'stale' | 'rejected'
  code?: string
}

/** Her last decision on an entry, unless the entry was submitted anew after it. */
export function fate(log: readonly Logged[], submitted = 0): Fate | undefined {
  const last = [...log].reverse().find((one) => one.change.event && isDecision(one.change.event))
  if (!last || (last.acked !== undefined && last.acked <= submitted)) return undefined
  return { event: last.change.event!, ...became(last) }
}

/** Her last choice between values that stand against each other (M7). */
export function choiceFate(log: readonly Logged[]): Omit<Fate, 'event'> | undefined {
  const last = [...log].reverse().find((one) => one.change.resolve?.length)
  return last && became(last)
}

function became(one: Logged): Omit<Fate, 'event'> {
  if (one.acked === undefined) return { how: 'unsent' }
  switch (one.outcome?.outcome) {
    case 'stale':
      return { how: 'stale' }
    case 'rejected':
    case 'parked':
      return { how: 'rejected', code: one.outcome.code }
    default:
      return { how: 'done' }
  }
}

/** The steps of who decides in another's stead: a word on what waits, nothing else. */
export function steadSteps(state: State | 'active' | ''): ('approve' | 'return' | 'refuse')[] {
  if (state !== 'submitted' && state !== 'amended') return []
  return (['approve', 'return', 'refuse'] as const).filter((event) => next(state, event, 'reviewer') !== undefined)
}

/** What she has decided on already need not be asked of her again. */
export const stillAsked = (one: Fate | undefined): boolean => one?.how !== 'done'
