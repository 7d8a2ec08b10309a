import { computed, shallowRef } from 'vue'
import type { Totals } from './data'

/** How far entries are counted anew after the definitions changed, as the figures on the page were told with. */
export const recount = shallowRef<Totals['recount']>()

const concerned = computed(() => new Set(recount.value?.indicators))

/** Whether the figures of an indicator are not done. */
export const undone = (id: string | undefined): boolean => !!id && concerned.value.has(id)

/** What stands beside a name whose figures are not done. */
export const mark = '※'

/** Whole parts of a hundred, never all of them: it is not done while it is told. */
export const percent = (one: NonNullable<Totals['recount']>): number =>
  Math.min(99, Math.floor((100 * one.done) / Math.max(1, one.all)))

/** How soon the page asks again while figures are not done. */
export const askAgainAfter = 3000
