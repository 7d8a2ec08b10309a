import type { Dashboard, UnitRow } from './data'

/** Something of a tile besides its number, in a mark and a word. */
export type Note =
  { what: 'old' | 'waiting' | 'silent'; n: number } | { what: 'silentOwn'; days: number } | { what: 'fine' }

/** What piles up or is missing in a unit right below: at most two things, the worse first. */
export function notesOf(row: Pick<UnitRow, 'unit' | 'level'>, of: Dashboard): Note[] {
  const waiting = of.waiting.units.find((one) => one.unit === row.unit)
  const coverage = of.coverage.units.find((one) => one.unit === row.unit)
  const out: Note[] = []
  if (waiting?.ages.overdue) out.push({ what: 'old', n: waiting.ages.overdue })
  else if (waiting?.count) out.push({ what: 'waiting', n: waiting.count })
  if (coverage?.silent) {
    out.push(
      row.level === 'village' ? { what: 'silentOwn', days: of.coverage.days } : { what: 'silent', n: coverage.silent },
    )
  }
  if (!out.some((one) => one.what !== 'waiting')) out.push({ what: 'fine' })
  return out
}

/** Those right below the unit, or those below them; the unit itself stands first in the answer. */
export const rowsBelow = (rows: readonly UnitRow[], unit: string, deep: boolean): UnitRow[] =>
  rows.slice(1).filter((one) => ((one.parent ?? unit) === unit) !== deep)

/** As they are ranked; what is not told stands last, in the order of the codes. */
export const ranked = (rows: readonly UnitRow[]): UnitRow[] =>
  [...rows].sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || (a.unit < b.unit ? -1 : 1))

/** The rows under the units that they lie in, in the order of the codes. */
export function grouped(rows: readonly UnitRow[]): { parent: string; rows: UnitRow[] }[] {
  const out = new Map<string, UnitRow[]>()
  for (const one of rows) {
    const of = out.get(one.parent ?? '')
    if (of) of.push(one)
    else out.set(one.parent ?? '', [one])
  }
  return [...out].map(([parent, rows]) => ({ parent, rows }))
}

/** By what the units are compared before anybody has chosen: the target that is worst off, else the first figure. */
export function usual(of: Dashboard): string {
  const told = of.targets.filter((one) => !one.gone && !one.elsewhere && one.state === 'running' && one.units.length)
  const target = (['missed', 'behind', 'on_track', 'begun'] as const)
    .map((pace) => told.find((one) => one.whole.pace === pace))
    .find((one) => one !== undefined)
  if (target) return `c:${target.campaign}`
  const figure = of.figures.find((one) => !one.value.withheld && one.value.value) ?? of.figures[0]
  return figure ? `i:${figure.indicator}` : ''
}
