import { computed, shallowRef } from 'vue'
import type { Catalogue, Form, Indicator, Level } from '@/domain/catalogue'
import { definition } from '@/domain/catalogue'
import type { RecordType } from '@/domain/content'
import { getMeta } from '@/db/meta'
import { t } from '@/texts'
import { seats, type Role } from './session'

/** The catalogue and the divisions, as last fetched; both work without a network. */
export interface Division {
  code: string
  name: string
  level: Level
  parent: string
}

export const catalogue = shallowRef<Catalogue>()
export const divisions = shallowRef<Map<string, Division>>(new Map())

export async function loadPlaces(): Promise<void> {
  const [forms, places] = await Promise.all([getMeta('catalogue'), getMeta('divisions')])
  catalogue.value = forms as Catalogue | undefined
  divisions.value = new Map(((places as Division[] | undefined) ?? []).map((one) => [one.code, one]))
}

export const forms = computed<Form[]>(() => [...(catalogue.value?.forms ?? [])].sort((a, b) => a.order - b.order))
export const indicators = computed<Indicator[]>(() =>
  [...(catalogue.value?.indicators ?? [])].sort((a, b) => (a.order ?? 0) - (b.order ?? 0)),
)

export const sections = computed(() => catalogue.value?.sections ?? [])

/** Forms by their id: a list of twenty thousand entries asks for the form of each. */
const entryForms = computed(() => new Map(catalogue.value?.forms.map((one) => [one.id, one])))
export const formOf = (type: RecordType, form?: string): Form | undefined =>
  type === 'entry' ? entryForms.value.get(form ?? '') : catalogue.value && definition(catalogue.value, type, form)

export const unitName = (code: string): string => divisions.value.get(code)?.name ?? code

/** The unit with the one above it: two villages of one county may bear the same name. */
export function unitLong(code: string): string {
  const unit = divisions.value.get(code)
  if (!unit) return code
  const parent = divisions.value.get(unit.parent)
  return unit.level === 'village' && parent ? `${parent.name} ${unit.name}` : unit.name
}

/** The unit with all that it lies in below `top`: who looks from a city wants to know in which county a township is. */
export function unitBelow(code: string, top: string): string {
  const names: string[] = []
  for (let unit = divisions.value.get(code); unit && unit.code !== top; unit = divisions.value.get(unit.parent)) {
    names.unshift(unit.name)
  }
  return names.join(' ') || unitName(code)
}

export const levelName = (level: Level): string => t(`level.${level}`)

export const childrenOf = (code: string): Division[] =>
  [...divisions.value.values()].filter((one) => one.parent === code).sort((a, b) => (a.code < b.code ? -1 : 1))

/** Whether `unit` is `top` or lies below it, by the divisions that the phone has. */
export function within(unit: string, top: string): boolean {
  for (let code: string | undefined = unit; code; code = divisions.value.get(code)?.parent) {
    if (code === top) return true
  }
  return false
}

export const unitsOf = (...roles: Role[]): string[] => [
  ...new Set(seats.value.filter((seat) => roles.includes(seat.role)).map((seat) => seat.unit)),
]

/** Units for which this account records: where it has a seat and works. */
export const workUnits = computed(() => unitsOf('volunteer', 'reviewer'))

/** The unit that reviews entries of `unit`: right above; the city's its own. */
export function reviewingUnit(unit: string): string {
  const division = divisions.value.get(unit)
  if (!division) return ''
  return division.level === 'city' ? unit : division.parent
}

const reviewed = computed(() => new Set(unitsOf('reviewer')))

/** Whether this account reviews entries of the unit (R4). */
export const reviews = (unit: string): boolean => reviewed.value.has(reviewingUnit(unit))

/** Whether a form is one of the unit's level. */
export function recordedIn(form: Form, unit: string): boolean {
  const level = divisions.value.get(unit)?.level
  return !level || !form.levels || form.levels.includes(level)
}

/** Forms that may be begun for a unit. */
export const formsFor = (unit: string): Form[] => forms.value.filter((form) => !form.hidden && recordedIn(form, unit))
