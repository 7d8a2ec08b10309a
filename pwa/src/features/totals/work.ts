import type { Schemas } from '@/api/client'
import { within } from '@/state/places'
import { seats } from '@/state/session'
import { t } from '@/texts'
import { dayText } from '@/texts/format'

/** Numbers of the work itself, which no form counts; `recorded` is none: a unit's last entries. */
const numbers = ['decided', 'returned', 'flagged', 'conflicts', 'waiting', 'recorded'] as const
export type WorkNumber = (typeof numbers)[number]
export type WorkShare = Schemas['WorkShare']

export const workOf = (indicator: string): WorkNumber | undefined => numbers.find((one) => `work:${one}` === indicator)
export const workName = (number: WorkNumber): string => t(`dashboard.work.names.${number}`)

/** What stands now is of no period. */
export const standsNow = (number: WorkNumber): boolean =>
  number === 'conflicts' || number === 'waiting' || number === 'recorded'

/** An auditor reads numbers alone: for her there is nothing behind them. */
export const opensWork = (unit: string): boolean =>
  seats.value.some((seat) => seat.role !== 'auditor' && within(unit, seat.unit))

export const behindWork = (unit: string, period: string, number: WorkNumber) => ({
  path: '/totals/entries',
  query: { unit, period, indicator: `work:${number}` },
})

/** A page of them has no day for what is only known to exist. */
export const dayOf = (day: string | undefined): string => (day ? dayText(day) : '')
