import { dayPlus } from '@/domain/days'
import { t } from '@/texts'
import { fullDay, periodText } from '../totals/words'
import { daysFault } from '../totals/period'

/** How the span of a report is chosen. */
export const kinds = ['months', 'year', 'half', 'quarter', 'days'] as const
export type Kind = (typeof kinds)[number]

export interface Choice {
  kind: Kind
  year: number
  /** From 1: half or quarter, or the first month of several. */
  part: number
  /** The last of several months. */
  to: number
  from: string
  until: string
}

const pad = (n: number) => String(n).padStart(2, '0')
const first = (year: number, month: number) => `${year}-${pad(month)}-01`
const last = (year: number, month: number) => (month === 12 ? `${year}-12-31` : dayPlus(first(year, month + 1), -1))

/** What is written in December, or in any other month: from January to this one. */
export function usual(today: string): Choice {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))]
  return { kind: 'months', year, part: 1, to: month, from: first(year, 1), until: today }
}

/** The days of a choice; what is wrong with it, where it is none. */
export function daysOf(choice: Choice): { from: string; to: string } | 'order' | 'missing' | 'long' {
  const { kind, year, part, to } = choice
  const months = (a: number, b: number) => ({ from: first(year, a), to: last(year, b) })
  switch (kind) {
    case 'year':
      return months(1, 12)
    case 'half':
      return months(part * 6 - 5, part * 6)
    case 'quarter':
      return months(part * 3 - 2, part * 3)
    case 'months':
      return part > to ? 'order' : months(part, to)
    case 'days': {
      const fault = daysFault(choice.from, choice.until)
      return fault ?? { from: choice.from, to: choice.until }
    }
  }
}

/** 2026年1月至11月; whole months as months, other days as days. */
export function spanText(from: string, to: string): string {
  if (from === to) return fullDay(from)
  const year = Number(from.slice(0, 4))
  const [a, b] = [Number(from.slice(5, 7)), Number(to.slice(5, 7))]
  if (from.slice(0, 4) !== to.slice(0, 4) || from !== first(year, a) || to !== last(year, b))
    return t('totals.days', { a: fullDay(from), b: fullDay(to) })
  if (a === 1 && b === 12) return periodText({ kind: 'year', year, part: 1 })
  if (a === b) return periodText({ kind: 'month', year, part: a })
  return periodText({ kind: 'months', year, part: a, to: b })
}
