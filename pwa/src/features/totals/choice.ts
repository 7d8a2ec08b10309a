import { computed, ref } from 'vue'
import type { Indicator } from '@/domain/catalogue'
import { bySection, picked } from '@/domain/sections'
import { formOf, indicators, sections as named } from '@/state/places'
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

/** The form, or the section of forms, whose indicators are shown; `''` before one was chosen, `all` for those of every form. */
export const section = ref('')
/** Indicators that were left out. */
export const left = ref<ReadonlySet<string>>(new Set())
/** The indicator that is drawn. */
export const drawn = ref('')

export const all = computed(() => sections(indicators.value))

/** The same under the sections of the work. */
export const inSections = computed(() => {
  const forms = all.value.map((one) => formOf('entry', one.form)).filter((one) => one !== undefined)
  return bySection(forms, named.value).map(({ section, forms }) => ({
    section,
    groups: forms.map((form) => all.value.find((one) => one.form === form.id)!),
  }))
})

/** The indicators of what was chosen. */
export const offered = computed<Indicator[]>(() => {
  if (section.value === 'all') return all.value.flatMap((one) => one.indicators)
  const some = section.value ? all.value.filter((one) => picked(section.value, formOf('entry', one.form))) : []
  return (some.length ? some : all.value.slice(0, 1)).flatMap((one) => one.indicators)
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
