import { computed } from 'vue'
import { balances } from '@/domain/balance'
import { awaits, flagged, oddities, overspent, type Oddity } from '@/domain/odd'
import type { View } from '@/domain/overlay'
import { now } from '@/state/edge'
import { formOf, indicators, reviews } from '@/state/places'
import { entries } from '@/state/records'
import { localDay } from '@/texts/format'

const form = (id: string) => formOf('entry', id)
const weigh = (list: readonly View[]): Map<string, Oddity[]> =>
  oddities(list, { formOf: form, indicators: indicators.value, today: localDay(now()) })

/** The entries of the units that she reviews, and what is odd about those that wait. */
export const reviewed = computed(() => entries.value.filter((one) => reviews(one.unit)))
export const oddReviewed = computed(() => weigh(reviewed.value))

/**
 * What is odd about one entry. While it waits it is seen beside others, as in the review: for who reviews it beside those of
 * the units that she reviews, else beside all of its form that this phone has. Afterwards there is what the server found when
 * it came, which the dashboard counts, and a household that has less than nothing.
 */
export function whyOdd(entry: View): Oddity[] {
  const sheet = formOf('entry', entry.form)
  if (entry.stub || !sheet) return []
  const hers = reviews(entry.unit)
  const beside = () => (hers ? reviewed.value : entries.value).filter((one) => one.form === entry.form)
  if (awaits(entry)) return (hers ? oddReviewed.value : weigh(beside())).get(entry.entity) ?? []
  const odd = entry.state === 'approved' || entry.state === 'returned' ? flagged(entry.flags) : []
  return sheet.balance ? [...odd, ...overspent(sheet, entry.content, balances(beside(), form))] : odd
}
