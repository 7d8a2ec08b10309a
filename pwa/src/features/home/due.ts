import { computed } from 'vue'
import type { View } from '@/domain/overlay'
import { expressionsReady, holds } from '@/domain/expressions'
import { now } from '@/state/edge'
import { formOf, forms, workUnits } from '@/state/places'
import { entries } from '@/state/records'
import { localDay } from '@/texts/format'

export interface Due {
  entry: View
  form: string
  field: string
  same: string
  day: string
}

const counts = (one: View) => one.state !== 'withdrawn' && one.state !== 'voided'

/** What was to be followed up by today in the own units, met or not. */
export const expected = computed<Due[]>(() => {
  const today = localDay(now())
  const out: Due[] = []
  const units = new Set(workUnits.value)
  const rules = new Map(
    forms.value
      .filter((form) => form.due && !formOf('entry', form.due.form)?.hidden)
      .map((form) => [form.id, form.due!]),
  )
  for (const entry of entries.value) {
    const due = rules.get(entry.form ?? '')
    if (!due || entry.stub || !counts(entry) || !units.has(entry.unit)) continue
    const day = entry.content[due.on]
    const same = entry.content[due.same]
    if (typeof day !== 'string' || typeof same !== 'string' || day > today) continue
    out.push({ entry, form: due.form, field: due.same, same, day })
  }
  return out
})

/** Of these, what has had no later entry about the same household. It asks the forms' conditions. */
export const dues = computed<Due[]>(() => {
  const out = expected.value
  // One look at all entries for all that is due: a year of visits is looked through at every save.
  const open = new Map<string, Due[]>()
  const about = (form: string, field: string, same: string) => `${form} ${field} ${same}`
  const pairs = new Set(out.map((due) => `${due.form} ${due.field}`))
  for (const due of out) {
    const key = about(due.form, due.field, due.same)
    open.set(key, [...(open.get(key) ?? []), due])
  }
  const done = new Set<Due>()
  for (const pair of pairs) {
    const [form, field] = pair.split(' ') as [string, string]
    for (const other of entries.value) {
      const same = other.content[field]
      if (other.form !== form || typeof same !== 'string' || !counts(other)) continue
      for (const due of open.get(about(form, field, same)) ?? []) {
        const where = formOf('entry', due.entry.form)?.due?.where
        const later =
          other.content.follows === due.entry.entity ||
          String(other.content.occurred_on) > String(due.entry.content.occurred_on)
        if (other !== due.entry && later && holds(formOf('entry', form)!, where, other.content)) done.add(due)
      }
    }
  }
  return out.filter((due) => !done.has(due)).sort((a, b) => (a.day < b.day ? -1 : 1))
})

/** What is due, once the forms' conditions can be asked. */
export async function asked(): Promise<Due[]> {
  if (expected.value.length) await expressionsReady()
  return dues.value
}
