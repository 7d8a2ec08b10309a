import { dayPlus } from '@/domain/days'
import { firstDay, lastDay, periodOf, stepped } from '../totals/period'

/** The days of a campaign, both included. */
export interface Span {
  start: string
  deadline: string
}

export const easy = ['year', 'next', 'quarter', 'month'] as const
export type Easy = (typeof easy)[number]

export function spanOf(which: Easy, today: string): Span {
  const period = which === 'next' ? stepped(periodOf('year', today), 1) : periodOf(which, today)
  return { start: firstDay(period), deadline: lastDay(period) }
}

export const easyOf = (span: Span, today: string): Easy | undefined =>
  easy.find((one) => {
    const { start, deadline } = spanOf(one, today)
    return start === span.start && deadline === span.deadline
  })

const endOfMonth = (day: string) => lastDay(periodOf('month', day))
const isDay = (day: string) => /^\d{4}-\d\d-\d\d$/.test(day)

/** Whether a span is of whole months of one year: only then may every unit's numbers be told (T14). */
export const wholeMonths = ({ start, deadline }: Span): boolean =>
  start.slice(0, 4) === deadline.slice(0, 4) && start.endsWith('-01') && deadline === endOfMonth(deadline)

/** The whole months that hold a span, where they are of one year and it is not of whole months already. */
export function toMonths(span: Span): Span | undefined {
  const { start, deadline } = span
  if (!isDay(start) || !isDay(deadline) || start > deadline || start.slice(0, 4) !== deadline.slice(0, 4))
    return undefined
  return wholeMonths(span) ? undefined : { start: `${start.slice(0, 8)}01`, deadline: endOfMonth(deadline) }
}

/** How many days from one to another; 0 for the same. */
export function daysTo(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)
}

export type Standing = 'done' | 'closed' | 'early' | 'begun' | 'over' | 'behind' | 'ontrack'

export interface Pace {
  standing: Standing
  /** What was done a day so far, and what a day needs from now on, today included. */
  perDay?: number
  needed?: number
}

/** How what is approved of a target compares with the days that have passed. */
export function paceOf(span: Span, closed: boolean, approved: number, target: number, today: string): Pace {
  if (target > 0 && approved >= target) return { standing: 'done' }
  if (closed) return { standing: 'closed' }
  if (today < span.start) return { standing: 'early' }
  if (today > span.deadline) return { standing: 'over' }
  const passed = daysTo(span.start, today) + 1
  const all = daysTo(span.start, span.deadline) + 1
  // Today may still bring something: it is measured against the days before it (T20).
  const standing = passed === 1 ? 'begun' : approved * all >= target * (passed - 1) ? 'ontrack' : 'behind'
  return { standing, perDay: approved / passed, needed: (target - approved) / (daysTo(today, span.deadline) + 1) }
}

export const dayAfter = (day: string): string => dayPlus(day, 1)
