import type { Form } from './catalogue'
import type { Content } from './content'
import { holds } from './expressions'
import type { View } from './overlay'
import type { ReviewEvent } from './review'

/** What of an entry is added up here. */
type Added = Pick<View, 'form' | 'state' | 'content' | 'stub'>
type FormOf = (id: string) => Form | undefined

const keyOf = (form: Form, content: Content): string | undefined => {
  const of = form.balance && content[form.balance.of]
  return typeof of === 'string' && of !== '' ? `${form.id}\n${of}` : undefined
}

/** What an entry adds to what its household has, or takes from it; nothing where no amount stands in it. */
function adds(form: Form, content: Content): number {
  const value = form.balance && content[form.balance.value]
  if (typeof value !== 'number') return 0
  return holds(form, form.balance!.spent, content) ? -value : value
}

const counts = (state: string): boolean => ['submitted', 'approved', 'amended'].includes(state)

/**
 * What households have left by the entries that this phone holds, for forms that keep a balance: what was approved,
 * and what waits, as if it were approved too.
 */
export function balances(all: readonly Added[], formOf: FormOf): Map<string, number> {
  const out = new Map<string, number>()
  for (const entry of all) {
    const form = entry.form && !entry.stub ? formOf(entry.form) : undefined
    if (!form?.balance || !counts(entry.state)) continue
    const key = keyOf(form, entry.content)
    if (key !== undefined) out.set(key, (out.get(key) ?? 0) + adds(form, entry.content))
  }
  return out
}

/** The balance of the household that an entry is about; `undefined` where its form keeps none. */
export function balanceOf(form: Form, content: Content, all: ReadonlyMap<string, number>): number | undefined {
  const key = keyOf(form, content)
  return key === undefined ? undefined : all.get(key)
}

/**
 * What the household of an entry would have left after a decision on it, where that is below nought and less than now:
 * points that were earned by what is voided may have been spent long ago.
 */
export function shortAfter(
  event: ReviewEvent,
  form: Form,
  entry: Pick<View, 'content' | 'approved'>,
  all: ReadonlyMap<string, number>,
): number | undefined {
  const now = balanceOf(form, entry.content, all) ?? 0
  const key = keyOf(form, entry.content)
  if (key === undefined) return undefined
  let after = now
  if (event === 'reinstate') after += adds(form, entry.content)
  else if (event === 'void' || event === 'return' || event === 'refuse') after -= adds(form, entry.content)
  // Of what was approved before, all counts again.
  if (event === 'refuse' && entry.approved && keyOf(form, entry.approved) === key) after += adds(form, entry.approved)
  return after < 0 && after < now ? after : undefined
}

/** A household that has less than nothing left, with the entry of it that was changed last. */
export interface Short<E> {
  form: Form
  left: number
  entry: E
}

/** All of them, the newest first: a decision may have taken away what was spent before, and no entry that waits says so. */
export function shorts<E extends Added & Pick<View, 'updatedAt'>>(
  all: readonly E[],
  formOf: FormOf,
  left: ReadonlyMap<string, number>,
): Short<E>[] {
  const out = new Map<string, Short<E>>()
  for (const entry of all) {
    const form = entry.form && !entry.stub ? formOf(entry.form) : undefined
    const key = form?.balance && keyOf(form, entry.content)
    const has = key === undefined ? 0 : (left.get(key) ?? 0)
    if (!form || key === undefined || has >= 0) continue
    const known = out.get(key)
    if (!known || known.entry.updatedAt < entry.updatedAt) out.set(key, { form, left: has, entry })
  }
  return [...out.values()].sort((a, b) => b.entry.updatedAt - a.entry.updatedAt)
}
