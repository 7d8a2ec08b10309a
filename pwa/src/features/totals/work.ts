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
/** Of a campaign: its entries that wait, as the dashboard counts them, and those that would change its number. */
export type CampaignPart = `target:${string}` | `progress:${string}`
export type WorkPart = (typeof ages)[number] | `form:${string}` | CampaignPart
export const partOf = (group: string): WorkPart | undefined =>
  ages.find((one) => one === group) ?? (/^(form|target|progress):/.test(group) ? (group as WorkPart) : undefined)
/** The campaign whose waiting entries these are. */
export const campaignOf = (part: string | undefined): string | undefined =>
  /^(?:target|progress):(\w+)$/.exec(part ?? '')?.[1]
export const ofForms = (forms: readonly string[]): WorkPart => `form:${forms.join(',')}`
const partText = (part: WorkPart, campaign?: string): string => {
  const age = ages.find((one) => one === part)
  if (age) return t(age === 'recent' ? 'dashboard.work.recent' : `dashboard.waiting.${age}`)
  if (campaignOf(part)) return campaign ?? ''
  return part
    .slice('form:'.length)
    .split(',')
    .map((id) => label(formOf('entry', id)?.name) || id)
    .join(t('dashboard.listed'))
}

export function workName(number: WorkNumber, part?: WorkPart, campaign?: string): string {
  const of = part ? partText(part, campaign) : ''
  return t(`dashboard.work.names.${number}`) + (of ? inBrackets(of) : '')
}

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
