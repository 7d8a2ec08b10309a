import type { Intent, Reason } from '@/domain/change'
import type { Patch } from '@/domain/content'
import type { Logged, View } from '@/domain/overlay'
import { isDecision, next, type ReviewEvent } from '@/domain/review'
import { onScreen, type Shown } from '@/state/onscreen'

/** A decision is about what was on the screen when it was taken (R2, P14), not about what is there at this moment. */
export const decision = (entity: string, shown: Shown, event: ReviewEvent, reason?: Reason): Intent => ({
  type: 'entry',
  entity,
  kind: 'transition',
  event,
  trunk: onScreen(shown),
  ...(reason ? { reason } : {}),
})

/** A choice between values that stand against each other: `fields` has those chosen, `resolve` all that are decided (M7). */
export const choiceOf = (
  entity: string,
  shown: Shown,
  formVersion: number | undefined,
  resolve: string[],
  fields: Patch,
): Intent => ({
  type: 'entry',
  entity,
  kind: 'patch',
  form_version: formVersion,
  fields,
  resolve,
  trunk: onScreen(shown),
})

/** The last decision of this phone on a record that the server found to be about an older version. */
export function staleDecision(log: readonly Logged[]): { event: ReviewEvent; trunk: string } | undefined {
  const last = [...log].reverse().find((one) => one.change.event && isDecision(one.change.event))
  if (last?.outcome?.outcome !== 'stale') return undefined
  return { event: last.change.event!, trunk: last.change.trunk ?? '' }
}

/** The last choice between conflicting values came too late: somebody changed the entry meanwhile (M7). */
export function staleResolution(log: readonly Logged[]): boolean {
  const last = [...log].reverse().find((one) => one.change.resolve?.length)
  return last?.outcome?.outcome === 'stale'
}

/** A decision that waits to be sent. */
export function pendingDecision(log: readonly Logged[]): ReviewEvent | undefined {
  const last = [...log]
    .reverse()
    .find((one) => one.acked === undefined && one.change.event && isDecision(one.change.event))
  return last?.change.event
}

/** What the server would not do, with its reason. */
export function refusedDecision(view: View): string | undefined {
  return view.problems.find(
    (one) => one.outcome.outcome === 'rejected' && one.change.event && isDecision(one.change.event),
  )?.outcome.code
}

/**
 * Whether the account has written what it would approve (R3): it made the entry, or this phone has changed its
 * content since the last approval. Choosing between the values of others is no writing. Another phone of hers is unknown here; the server has the last word.
 */
export function wrote(view: View, log: readonly Logged[], account: string): boolean {
  if (view.author === account) return true
  const approved = view.approvedAt ?? 0
  return log.some(
    (one) =>
      one.change.kind === 'patch' &&
      Object.keys(one.change.fields ?? {}).some((key) => !one.change.resolve?.includes(key)) &&
      one.outcome?.outcome !== 'rejected' &&
      one.outcome?.outcome !== 'stale' &&
      one.outcome?.outcome !== 'duplicate' &&
      (one.acked ?? one.change.at) > approved,
  )
}

/** The steps that a reviewer can take on an entry now. */
export function steps(view: View): ReviewEvent[] {
  if (view.state === 'active' || view.stub) return []
  const from = view.state
  const all: ReviewEvent[] = ['approve', 'return', 'refuse', 'void', 'reinstate']
  return all.filter((event) => next(from, event, 'reviewer') !== undefined)
}
