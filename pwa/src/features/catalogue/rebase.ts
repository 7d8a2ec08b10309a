import type { ChoiceOf } from '@/domain/catalogue'
import { alike, isTree, plain, type Base, type ChoiceRetouch, type Own } from './own'

/**
 * What was changed here, laid over what another has published meanwhile: `mine` came of `before`, as `theirs` did. What
 * only one of them changed is as that one has it; where both changed the same thing it is as here, and no choice of
 * theirs is lost.
 */
export function rebased(base: Base, before: Own, mine: Own, theirs: Own): Own {
  const tree = merged(before.retouch, mine.retouch, theirs.retouch) as Own['retouch']
  const retouch = { ...tree }
  for (const [form, { fields }] of Object.entries(retouch)) {
    for (const key of Object.keys(fields ?? {})) {
      const of = (own: Own) => own.retouch?.[form]?.fields?.[key]?.choices
      if (!of(before) && !of(mine) && !of(theirs)) continue
      const given = plain(base, theirs, form)?.fields.find((one) => one.key === key)?.choices ?? []
      const choices = met(given, of(before), of(mine), of(theirs))
      retouch[form] = { ...retouch[form], fields: { ...retouch[form]!.fields, [key]: { ...fields![key], choices } } }
    }
  }
  const out = { ...theirs, retouch }
  if (!Object.keys(retouch).length) delete (out as Own).retouch
  return out
}

function merged(before: unknown, mine: unknown, theirs: unknown): unknown {
  if (alike(before, mine)) return theirs
  if (alike(before, theirs)) return mine
  if (mine !== undefined && !isTree(mine)) return mine
  if (theirs !== undefined && !isTree(theirs)) return mine
  const [b, m, t] = [before, mine, theirs].map((one) => (isTree(one) ? one : {})) as Record<string, unknown>[]
  const out: Record<string, unknown> = {}
  for (const key of new Set([...Object.keys(m!), ...Object.keys(t!)])) {
    const value = merged(b![key], m![key], t![key])
    if (value !== undefined) out[key] = value
  }
  return Object.keys(out).length ? out : undefined
}

type List = readonly ChoiceRetouch[]

/** A list of choices that two have changed. Its order is theirs, unless choices were moved here too. */
function met(given: readonly ChoiceOf[], before?: List, here?: List, theirs?: List): ChoiceRetouch[] | undefined {
  const whole = (list: List = []): ChoiceRetouch[] => [
    ...list,
    ...given
      .filter((one) => !list.some((other) => other.key === one.key))
      .map(({ key, hidden }) => (hidden ? { key, hidden } : { key })),
  ]
  if (alike(before, here)) return theirs && [...theirs]
  const [was, is] = [whole(before), whole(theirs)]
  const mine = renumbered(was, whole(here), is)
  const keys = (list: List) => list.map((one) => one.key)
  const both = (list: List, other: List) => keys(list).filter((key) => keys(other).includes(key))
  const moved = !alike(both(mine, was), both(was, mine))
  const [order, further] = moved ? [keys(mine), keys(is)] : [keys(is), keys(mine)]
  for (const [at, key] of further.entries()) {
    // What one of them took away before anybody had it stays away.
    const gone = keys(was).includes(key)
    if (order.includes(key) || gone) continue
    order.splice(order.indexOf(further[at - 1] ?? '') + 1, 0, key)
  }
  return order.map((key) => {
    const [b, m, t] = [was, mine, is].map((list) => list.find((one) => one.key === key))
    return merged(b, m, t) as ChoiceRetouch
  })
}

/** Two who each add a choice give them the same key: the one that is not published yet gets the next. */
function renumbered(was: List, mine: List, theirs: List): ChoiceRetouch[] {
  const taken = new Set([...was, ...mine, ...theirs].map((one) => one.key))
  return mine.map((one) => {
    const other = theirs.find((each) => each.key === one.key)
    if (!other || was.some((each) => each.key === one.key) || alike(one.label, other.label)) return one
    let n = 1
    while (taken.has(`own_${n}`)) n++
    taken.add(`own_${n}`)
    return { ...one, key: `own_${n}` }
  })
}
