import type { Schemas } from '@/api/client'
import { formOf, within } from '@/state/places'
import { seats } from '@/state/session'
import { label, t } from '@/texts'
import { dayText, inBrackets } from '@/texts/format'

/** Numbers of the work itself, which no form counts; `recorded` is none: a unit's last entries. */
const numbers = ['counted', 'decided', 'returned', 'flagged', 'conflicts', 'waiting', 'recorded'] as const
export type WorkNumber = (typeof numbers)[number]
export type WorkShare = Schemas['WorkShare']

export const workOf = (indicator: string): WorkNumber | undefined => numbers.find((one) => `work:${one}` === indicator)

/** What waits by how long it has waited, or of some forms; else all of it. */
const ages = ['fresh', 'slow', 'overdue', 'recent'] as const
export type WorkPart = (typeof ages)[number] | `form:${string}`
export const partOf = (group: string): WorkPart | undefined =>
  ages.find((one) => one === group) ?? (group.startsWith('form:') ? (group as `form:${string}`) : undefined)
export const ofForms = (forms: readonly string[]): WorkPart => `form:${forms.join(',')}`
const partText = (part: WorkPart): string => {
  const age = ages.find((one) => one === part)
  if (age) return t(age === 'recent' ? 'dashboard.work.recent' : `dashboard.waiting.${age}`)
  return part
    .slice('form:'.length)
    .split(',')
    .map((id) => label(formOf('entry', id)?.name) || id)
    .join(t('dashboard.listed'))
}

export const workName = (number: WorkNumber, part?: WorkPart): string =>
  t(`dashboard.work.names.${number}`) + (part ? inBrackets(partText(part)) : '')

/** What stands now is of no period. */
export const standsNow = (number: WorkNumber): boolean =>
  number === 'conflicts' || number === 'waiting' || number === 'recorded'

/** An auditor reads numbers alone: for her there is nothing behind them. */
export const opensWork = (unit: string): boolean =>
  seats.value.some((seat) => seat.role !== 'auditor' && within(unit, seat.unit))

export const behindWork = (unit: string, period: string, number: WorkNumber, part?: WorkPart) => ({
  path: '/totals/entries',
  query: { unit, period, indicator: `work:${number}`, ...(part ? { group: part } : {}) },
})

/** A page of them has no day for what is only known to exist. */
export const dayOf = (day: string | undefined): string => (day ? dayText(day) : '')
