import { computed } from 'vue'
import type { Form } from '@/domain/catalogue'
import { divisions, formOf, recordedIn, reviews, workUnits } from './places'

/** Villages for which this account may record although it does not work there: those that it reviews (S26). */
const villagesBelow = computed(() =>
  [...divisions.value.values()].filter((one) => one.level === 'village' && reviews(one.code)).map((one) => one.code),
)

/** Where a form may be recorded: the units that this account works for, and villages that it may stand in for. */
export function placesFor(form: Form): { own: string[]; villages: string[] } {
  const recorded = (code: string) => recordedIn(form, code)
  const own = workUnits.value.filter(recorded)
  const others = form.fields.some((field) => field.key === doneBy) ? villagesBelow.value : []
  return { own, villages: others.filter((code) => recorded(code) && !own.includes(code)) }
}

/** The field that says who did the work, of what is recorded for another unit. */
export const doneBy = 'done_by'

/** Whether one of this form may be begun for a unit by this account. */
export function recordable(id: string, unit: string): boolean {
  const form = formOf('entry', id)
  if (!form || form.hidden) return false
  const { own, villages } = placesFor(form)
  return own.includes(unit) || villages.includes(unit)
}
