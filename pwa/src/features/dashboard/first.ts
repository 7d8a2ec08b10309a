import type { Dashboard, Progress, Target } from './data'

/** What a reader is to look at first; the words for it are the card's. */
export type Line =
  | { what: 'missed' | 'behind'; target: Target; units: Progress[] }
  | { what: 'backlog'; count: number; oldest?: string; units: { name: string; n: number; own: boolean }[] }
  | { what: 'silent'; silent: number; never: number; days: number; own: boolean; units: { name: string; n: number }[] }
  | { what: 'returned'; decided: number; returned: number }
  | { what: 'conflicts'; count: number }

/** Of so many decisions a share of returned ones says something. */
const enough = 10
/** One in five. */
const many = 5

const late = (one: Progress) => one.pace === 'behind' || one.pace === 'missed'

/** How far a unit is from its target, as a share of it: the furthest stands first. */
const share = (one: Progress) => (one.approved === null || !one.target ? 1 : one.approved / one.target)

const byCount = <T extends { name: string; n: number }>(rows: T[]) =>
  rows.filter((one) => one.n > 0).sort((a, b) => b.n - a.n)

/** Whether anything was ever recorded here. */
export function isEmpty(of: Dashboard): boolean {
  const { week, coverage, waiting, quality } = of
  return (
    !week.entries.withheld &&
    !week.entries.value &&
    !week.entries.before &&
    !waiting.count &&
    !quality.whole.decided &&
    coverage.never === coverage.villages &&
    of.figures.every((one) => !one.value.withheld && !one.value.value && !one.before.withheld && !one.before.value)
  )
}

/**
 * What is behind: targets that are past their day or will not be reached, entries that wait for a week, villages that
 * record nothing, much that is returned, what two people contradict each other in. In the order in which it presses.
 */
export function firstOf(of: Dashboard): Line[] {
  const out: Line[] = []
  const behind = of.targets.filter((one) => one.state === 'running' && late(one.whole))
  for (const what of ['missed', 'behind'] as const) {
    for (const target of behind.filter((one) => one.whole.pace === what)) {
      out.push({ what, target, units: target.units.filter(late).sort((a, b) => share(a) - share(b)) })
    }
  }
  const { waiting, coverage, quality } = of
  if (waiting.ages.overdue) {
    out.push({
      what: 'backlog',
      count: waiting.ages.overdue,
      oldest: waiting.oldest,
      units:
        of.level === 'village'
          ? []
          : byCount(waiting.units.map((one) => ({ name: one.name, n: one.ages.overdue, own: one.unit === of.unit }))),
    })
  }
  if (coverage.silent) {
    out.push({
      what: 'silent',
      silent: coverage.silent,
      never: coverage.never,
      days: coverage.days,
      own: of.level === 'village',
      units:
        of.level === 'village' || of.level === 'township'
          ? []
          : byCount(coverage.units.map((one) => ({ name: one.name, n: one.silent }))),
    })
  }
  const { decided, returned, conflicts } = quality.whole
  if (conflicts) out.push({ what: 'conflicts', count: conflicts })
  if (decided >= enough && returned * many >= decided) out.push({ what: 'returned', decided, returned })
  return out
}
