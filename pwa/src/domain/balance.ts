import type { Form } from './catalogue'
import type { Content } from './content'
import { holds } from './expressions'
import type { View } from './overlay'

/** What of an entry is added up here. */
type Added = Pick<View, 'form' | 'state' | 'content' | 'stub'>

const keyOf = (form: Form, content: Content): string | undefined => {
  const of = form.balance && content[form.balance.of]
  return typeof of === 'string' && of !== '' ? `${form.id}\n${of}` : undefined
}

/**
 * What households have left by the entries that this phone holds, for forms that keep a balance: what was approved,
 * and what waits, as if it were approved too.
 */
export function balances(all: readonly Added[], formOf: (id: string) => Form | undefined): Map<string, number> {
  const out = new Map<string, number>()
  for (const entry of all) {
    const form = entry.form && !entry.stub ? formOf(entry.form) : undefined
    if (!form?.balance || !['submitted', 'approved', 'amended'].includes(entry.state)) continue
    const key = keyOf(form, entry.content)
    const value = entry.content[form.balance.value]
    if (key === undefined || typeof value !== 'number') continue
    const sign = holds(form, form.balance.spent, entry.content) ? -1 : 1
    out.set(key, (out.get(key) ?? 0) + sign * value)
  }
  return out
}

/** The balance of the household that an entry is about; `undefined` where its form keeps none. */
export function balanceOf(form: Form, content: Content, all: ReadonlyMap<string, number>): number | undefined {
  const key = keyOf(form, content)
  return key === undefined ? undefined : all.get(key)
}
