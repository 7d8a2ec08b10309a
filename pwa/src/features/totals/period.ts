/** Periods of the figures as they are written on the wire: `2026`, `2026H1`, `2026Q3`, `2026-11`, `2026-01--2026-10`. */
export const kinds = ['month', 'quarter', 'half', 'year'] as const
export type Kind = (typeof kinds)[number]

export interface Period {
  kind: Kind
  year: number
  /** From 1: the month, quarter or half; 1 for a year. */
  part: number
}

/** Several months of a year: what of a period is over. */
export interface Months {
  kind: 'months'
  year: number
  /** From 1, both ends included. */
  part: number
  to: number
}
/** The days from one to another, both included, `YYYY-MM-DD`. `year` is the one in which they end. */
export interface Days {
  kind: 'days'
  year: number
  part: 1
  from: string
  to: string
}
/** What is looked at: a part of the calendar, or days of one's own choice. */
export type Chosen = Period | Days
export type Span = Chosen | Months

const parts: Record<Kind, number> = { month: 12, quarter: 4, half: 2, year: 1 }

export function parsePeriod(text: string): Period | undefined {
  const match = /^(\d{4})(?:H([12])|Q([1-4])|-(0[1-9]|1[0-2]))?$/.exec(text)
  if (!match) return undefined
  const year = Number(match[1])
  if (match[2]) return { kind: 'half', year, part: Number(match[2]) }
  if (match[3]) return { kind: 'quarter', year, part: Number(match[3]) }
  if (match[4]) return { kind: 'month', year, part: Number(match[4]) }
  return { kind: 'year', year, part: 1 }
}

export const daysFrom = (from: string, to: string): Days => ({
  kind: 'days',
  year: Number(to.slice(0, 4)),
  part: 1,
  from,
  to,
})

const isDay = (text: string) => {
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

/** The most years that one may look at by days. */
const longest = 10

/** What is wrong with a choice of days, if anything. */
export function daysFault(from: string | undefined, to: string | undefined): 'missing' | 'order' | 'long' | undefined {
  if (!from || !to || !isDay(from) || !isDay(to)) return 'missing'
  if (from > to) return 'order'
  return `${Number(from.slice(0, 4)) + longest}${from.slice(4)}` < to ? 'long' : undefined
}

/** What may be chosen to be looked at. */
export function parseChosen(text: string): Chosen | undefined {
  const match = /^(\d{4}-\d\d-\d\d)--(\d{4}-\d\d-\d\d)$/.exec(text)
  if (!match) return parsePeriod(text)
  const [, from, to] = match
  return daysFault(from, to) ? undefined : daysFrom(from!, to!)
}

/** What is asked for by its months too. */
export function parseSpan(text: string): Span | undefined {
  const match = /^(\d{4})-(0[1-9]|1[0-2])--(\d{4})-(0[1-9]|1[0-2])$/.exec(text)
  if (!match) return parseChosen(text)
  const [year, part, to] = [Number(match[1]), Number(match[2]), Number(match[4])]
  return match[3] === match[1] && part < to ? { kind: 'months', year, part, to } : undefined
}

export function periodKey(period: Span): string {
  const year = String(period.year).padStart(4, '0')
  const pad = (n: number) => String(n).padStart(2, '0')
  switch (period.kind) {
    case 'days':
      return `${period.from}--${period.to}`
    case 'months':
      return `${year}-${pad(period.part)}--${year}-${pad(period.to)}`
    case 'month':
      return `${year}-${pad(period.part)}`
    case 'quarter':
      return `${year}Q${period.part}`
    case 'half':
      return `${year}H${period.part}`
    case 'year':
      return year
  }
}

/** The period of a kind that holds a day. */
export function periodOf(kind: Kind, day: string): Period {
  const year = Number(day.slice(0, 4))
  const month = Number(day.slice(5, 7))
  return { kind, year, part: Math.ceil((month * parts[kind]) / 12) }
}

/** The period `by` steps later, or earlier where it is negative. */
export function stepped(period: Period, by: number): Period {
  const n = parts[period.kind]
  const at = period.year * n + (period.part - 1) + by
  return { kind: period.kind, year: Math.floor(at / n), part: (((at % n) + n) % n) + 1 }
}

/** First and last month, from 1. */
export function months(period: Period): [number, number] {
  const length = 12 / parts[period.kind]
  return [(period.part - 1) * length + 1, period.part * length]
}

/**
 * The same stretch of time in another kind: a longer one that holds it; a shorter one that is its last, but none
 * that begins after `today`.
 */
export function converted(period: Period, kind: Kind, today: string): Period {
  const [, last] = months(period)
  const pad = (n: number) => String(n).padStart(2, '0')
  const day = `${period.year}-${pad(last)}-01`
  const to = periodOf(kind, day)
  const now = periodOf(kind, today)
  return isAfter(to, now) && period.year === now.year ? now : to
}

/** Of two periods of one kind. */
export const isAfter = (a: Period, b: Period): boolean => a.year > b.year || (a.year === b.year && a.part > b.part)

const lastOf = (year: number, month: number): string => new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10)

/** The last day of a span. */
export function lastDay(span: Span): string {
  if (span.kind === 'days') return span.to
  return lastOf(span.year, span.kind === 'months' ? span.to : months(span)[1])
}

/** The first day of a period. */
export const firstDay = (period: Period): string =>
  `${String(period.year).padStart(4, '0')}-${String(months(period)[0]).padStart(2, '0')}-01`

/** The same day of the year before; the 28th of February for the 29th, and the end of a month for its end. */
function dayBefore(day: string, end: boolean): string {
  const [y, m] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))]
  const last = lastOf(y - 1, m)
  if (end && day === lastOf(y, m)) return last
  const same = `${String(y - 1).padStart(4, '0')}${day.slice(4)}`
  return same < last ? same : last
}

/** Whether days are whole months of one year: their ends are ends of months in other years too. */
const wholeMonths = (days: Days): boolean =>
  days.from.slice(0, 4) === days.to.slice(0, 4) &&
  days.from.endsWith('-01') &&
  days.to === lastOf(days.year, Number(days.to.slice(5, 7)))

/** The same stretch of the year before. */
export function yearBefore<T extends Span>(period: T): T {
  if (period.kind !== 'days') return { ...period, year: period.year - 1 }
  return { ...period, ...daysFrom(dayBefore(period.from, false), dayBefore(period.to, wholeMonths(period))) }
}

/** Whether some of it is still to come on a day. */
export const unfinished = (period: Chosen, today: string): boolean => {
  if (period.kind === 'days') return period.to > today
  const now = periodOf(period.kind, today)
  return isAfter(period, now) || (period.year === now.year && period.part === now.part)
}

/** The whole months of a period that are over where it is not: they are compared with the same of the year before. */
export function elapsed(period: Chosen, today: string): Span | undefined {
  if (period.kind === 'days' || !unfinished(period, today) || Number(today.slice(0, 4)) !== period.year)
    return undefined
  const [first] = months(period)
  const to = Number(today.slice(5, 7)) - 1
  if (to < first) return undefined
  return to === first
    ? { kind: 'month', year: period.year, part: first }
    : { kind: 'months', year: period.year, part: first, to }
}
