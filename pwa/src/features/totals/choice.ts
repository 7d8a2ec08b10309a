import { computed, ref } from 'vue'
import type { Indicator } from '@/domain/catalogue'
import { indicators } from '@/state/places'
import { sections } from './figures'

/** How the figures are looked at; the same on the way down to a unit and back from the entries behind a figure. */
export const views = ['table', 'charts', 'parts'] as const
export type View = (typeof views)[number]
export const view = ref<View>('table')

/** With last year beside. */
export const compare = ref(true)

/** Of a period that is not over: beside its months that are, the same of last year; or all of last year's. */
export const against = ref<'alike' | 'whole'>('alike')

/** By which column the units stand; by none in the order of their codes. */
export type Part = 'now' | 'alike' | 'before' | 'change'
export const order = ref<{ id: string; part: Part; down: boolean }>()

/** The form whose indicators are shown; `''` before one was chosen, `all` for those of every form. */
export const section = ref('')
/** Indicators that were left out. */
export const left = ref<ReadonlySet<string>>(new Set())
/** The indicator that is drawn. */
export const drawn = ref('')

export const all = computed(() => sections(indicators.value))

/** The indicators of the section. */
export const offered = computed<Indicator[]>(() => {
  if (section.value === 'all') return all.value.flatMap((one) => one.indicators)
  return (all.value.find((one) => one.form === section.value) ?? all.value[0])?.indicators ?? []
})

/** Those of them that are shown; never none. */
export const chosen = computed<Indicator[]>(() => {
  const some = offered.value.filter((one) => !left.value.has(one.id))
  return some.length ? some : offered.value
})

export function choose(ids: readonly string[]): void {
  const next = new Set(left.value)
  for (const one of offered.value) {
    if (ids.includes(one.id)) next.delete(one.id)
    else next.add(one.id)
  }
  left.value = next
}
