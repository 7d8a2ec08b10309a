import { computed } from 'vue'
import { awaits, oddities } from '@/domain/odd'
import { now } from '@/state/edge'
import { formOf, indicators, reviews } from '@/state/places'
import { entries, logOf } from '@/state/records'
import type { View } from '@/domain/overlay'
import { localDay } from '@/texts/format'
import { pendingDecision } from './decisions'
import { looked } from './looked'
import { queue } from './queue'

const mine = computed(() => entries.value.filter((one) => reviews(one.unit)))

const odd = computed(() =>
  oddities(mine.value, {
    formOf: (id) => formOf('entry', id),
    indicators: indicators.value,
    today: localDay(now()),
  }),
)

export const oddOf = (entity: string) => odd.value.get(entity) ?? []

/** All that waits for this reviewer, in the order in which she should look at it. */
export const waitingQueue = computed(() => queue(mine.value.filter(awaits), odd.value, looked.value))

/** Decided here and not yet sent. */
const decidedHere = computed(() =>
  mine.value
    .map((entry) => ({ entry, event: entry.waiting.length ? pendingDecision(logOf(entry.entity)) : undefined }))
    .filter((one) => one.event !== undefined && !awaits(one.entry)),
)

/** What was decided, by whomever, newest first; decisions that wait to be sent come first. */
export const settled = computed<View[]>(() => {
  const unsent = new Set(decidedHere.value.map((one) => one.entry.entity))
  return mine.value
    .filter((entry) => ['approved', 'returned', 'voided'].includes(entry.state))
    .sort((a, b) => Number(unsent.has(b.entity)) - Number(unsent.has(a.entity)) || b.updatedAt - a.updatedAt)
})
