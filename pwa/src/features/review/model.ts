import { computed } from 'vue'
import { balances, shortAfter, shorts } from '@/domain/balance'
import { awaits, overspent, type Oddity } from '@/domain/odd'
import type { ReviewEvent } from '@/domain/review'
import { formOf } from '@/state/places'
import { logOf } from '@/state/records'
import type { View } from '@/domain/overlay'
import { oddReviewed, reviewed } from '../entry/odd'
import { pendingDecision } from './decisions'
import { looked } from './looked'
import { queue } from './queue'

const form = (id: string) => formOf('entry', id)

/** What households have left, of forms that keep a balance. */
const left = computed(() => balances(reviewed.value, form))

/** What the household of an entry would have after a decision, where that is below nought and less than now. */
export function shortIf(event: ReviewEvent, entry: View): number | undefined {
  const sheet = formOf('entry', entry.form)
  return sheet?.balance && !entry.stub ? shortAfter(event, sheet, entry, left.value) : undefined
}

/** That the household of an entry has less than nothing, whatever became of the entry. */
export function below(entry: View): Oddity[] {
  const sheet = formOf('entry', entry.form)
  return sheet && !entry.stub ? overspent(sheet, entry.content, left.value) : []
}

/** The form and the household whose balance an entry changes. */
const purse = (entry: View): string => {
  const of = formOf('entry', entry.form)?.balance?.of
  return of ? [entry.form, entry.content[of]].join() : ''
}

/** Households that have less than nothing by what was decided; where something of theirs waits, that says so itself. */
export const shortHouseholds = computed(() => {
  const said = new Set(reviewed.value.filter(awaits).map(purse))
  return shorts(reviewed.value, form, left.value).filter((one) => !said.has(purse(one.entry)))
})

/** All that waits for this reviewer, in the order in which she should look at it. */
export const waitingQueue = computed(() => queue(reviewed.value.filter(awaits), oddReviewed.value, looked.value))

/** Decided here and not yet sent. */
const decidedHere = computed(() =>
  reviewed.value
    .map((entry) => ({ entry, event: entry.waiting.length ? pendingDecision(logOf(entry.entity)) : undefined }))
    .filter((one) => one.event !== undefined && !awaits(one.entry)),
)

/** What was decided, by whomever, newest first; decisions that wait to be sent come first. */
export const settled = computed<View[]>(() => {
  const unsent = new Set(decidedHere.value.map((one) => one.entry.entity))
  return reviewed.value
    .filter((entry) => ['approved', 'returned', 'voided'].includes(entry.state))
    .sort((a, b) => Number(unsent.has(b.entity)) - Number(unsent.has(a.entity)) || b.updatedAt - a.updatedAt)
})
