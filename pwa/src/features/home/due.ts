import { computed } from 'vue'
import type { View } from '@/domain/overlay'
import { holds } from '@/domain/conditions'
import { now } from '@/state/edge'
import { formOf, workUnits } from '@/state/places'
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

/** Follow-ups of the own units that are due by today and have had no later entry about the same household. */
export const dues = computed<Due[]>(() => {
  const today = localDay(now())
  const out: Due[] = []
  for (const entry of entries.value) {
    const due = formOf('entry', entry.form)?.due
    if (!due || entry.stub || !counts(entry) || !workUnits.value.includes(entry.unit)) continue
    const day = entry.content[due.on]
    const same = entry.content[due.same]
    if (typeof day !== 'string' || typeof same !== 'string' || day > today) continue
    const done = entries.value.some(
      (other) =>
        other.entity !== entry.entity &&
        other.form === due.form &&
        counts(other) &&
        other.content[due.same] === same &&
        (other.content.follows === entry.entity ||
          String(other.content.occurred_on) > String(entry.content.occurred_on)) &&
        (!due.where || holds(due.where, other.content)),
    )
    if (!done) out.push({ entry, form: due.form, field: due.same, same, day })
  }
  return out.sort((a, b) => (a.day < b.day ? -1 : 1))
})
