import type { Totals } from './data'
import { changeOf, find, sortedBy, type Change, type Figure } from './figures'
import type { Part } from './choice'
import { periodKey, type Chosen, type Span } from './period'

/** What is shown beside each other: a period, and where it is compared what of it is, and the same of the year before. */
export interface Beside {
  now: Totals
  period: Chosen
  compare: boolean
  /** What of the period is compared, if not all of it; its figures may still be on their way. */
  part?: Span
  alike?: Totals
  last: Span
  before?: Totals
}

type Row = Totals['rows'][number]

export const partsOf = (of: Beside): Part[] =>
  !of.compare ? ['now'] : of.part ? ['now', 'alike', 'before', 'change'] : ['now', 'before', 'change']

export const spanOf = (of: Beside, part: Exclude<Part, 'change'>): Span =>
  part === 'now' ? of.period : part === 'alike' ? (of.part ?? of.period) : of.last

/** A large table asks for its rows thousands of times. */
const tables = new WeakMap<Totals, Map<string, Row>>()
function byUnit(table: Totals): Map<string, Row> {
  let rows = tables.get(table)
  if (!rows) tables.set(table, (rows = new Map(table.rows.map((row) => [row.unit, row]))))
  return rows
}

/** A unit's figure, by where it stands. */
export function figureAt(of: Beside, unit: string, id: string, part: Exclude<Part, 'change'>): Figure | undefined {
  const table = part === 'now' || (part === 'alike' && !of.part) ? of.now : part === 'alike' ? of.alike : of.before
  return find((table && byUnit(table).get(unit)?.values) ?? [], id)
}

export const changeAt = (of: Beside, unit: string, id: string): Change =>
  changeOf(figureAt(of, unit, id, 'alike'), figureAt(of, unit, id, 'before'))

/** Whether the figures of a column are there. */
export const known = (of: Beside, part: Part): boolean =>
  part === 'now' || (part === 'alike' ? !of.part || !!of.alike : !!of.before)

/** The unit, and those below it in the order that was chosen. */
export function ordered(of: Beside, by: { id: string; part: Part; down: boolean } | undefined): Row[] {
  const [whole, ...below] = of.now.rows
  if (!whole) return []
  // A column that is not shown any more orders nothing.
  if (!by || !partsOf(of).includes(by.part)) return [whole, ...below]
  const value = (row: Row) =>
    by.part === 'change' ? changeAt(of, row.unit, by.id).value : figureAt(of, row.unit, by.id, by.part)?.value
  return [whole, ...sortedBy(below, value, by.down)]
}

/** The last month of what is compared, as the server is asked for it in a file. */
export function through(of: Pick<Beside, 'compare' | 'part'>): string | undefined {
  if (!of.compare || !of.part) return undefined
  if (of.part.kind === 'days') return undefined
  const part = of.part.kind === 'months' ? of.part.to : of.part.part
  return periodKey({ kind: 'month', year: of.part.year, part })
}
