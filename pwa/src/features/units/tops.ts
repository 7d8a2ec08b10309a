import { computed } from 'vue'
import type { Level } from '@/domain/catalogue'
import { divisions, within } from '@/state/places'
import { seats } from '@/state/session'

const order: Level[] = ['province', 'city', 'county', 'township', 'village']

/** The units from which this account may look down, the highest first; one that lies in another is not named twice. */
export const tops = computed<string[]>(() => {
  const all = [...new Set(seats.value.map((seat) => seat.unit))]
  const rank = (code: string) => order.indexOf(divisions.value.get(code)?.level ?? 'village')
  return all
    .filter((code) => !all.some((other) => other !== code && within(code, other)))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
})

/** The one of them that a unit lies in. */
export const topOf = (unit: string, among: readonly string[]): string =>
  among.find((one) => within(unit, one)) ?? among[0] ?? ''
