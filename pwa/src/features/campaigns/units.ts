import type { Level } from '@/domain/catalogue'
import { divisions, within } from '@/state/places'

const order: Level[] = ['city', 'county', 'township', 'village']

/** All units of a level in a unit, in the order of their codes; itself where it is of that level. */
export const unitsAt = (unit: string, level: Level): string[] =>
  [...divisions.value.values()]
    .filter((one) => one.level === level && within(one.code, unit))
    .map((one) => one.code)
    .sort()

/** The levels at and below a unit at which there are units. */
export const levelsIn = (unit: string): Level[] => {
  const own = divisions.value.get(unit)?.level
  const from = own ? order.indexOf(own) : -1
  if (from < 0) return []
  const there = new Set<Level>()
  for (const one of divisions.value.values()) if (within(one.code, unit)) there.add(one.level)
  return order.slice(from).filter((level) => there.has(level))
}
