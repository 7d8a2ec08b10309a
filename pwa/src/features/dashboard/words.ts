import { indicators } from '@/state/places'
import { hasRole, seats } from '@/state/session'
import { label, t } from '@/texts'
import { unitLong, within } from '@/state/places'
import type { RouteLocationRaw } from 'vue-router'
import { doneText, shown } from '../campaigns/words'
import { figureText } from '../totals/figures'
import { parseSpan } from '../totals/period'
import { periodText, shortPeriodText } from '../totals/words'
import type { Progress, Target, Time } from './data'

/** A span by its name on the wire, in words; short where a column has little room. */
export function spanText(name: string, short = false): string {
  const span = parseSpan(name)
  return span ? (short ? shortPeriodText(span) : periodText(span)) : name
}

/** The word behind a number of a target. */
export const wordOf = (target: Pick<Target, 'money' | 'own' | 'indicator'>): string =>
  target.money
    ? t('campaigns.yuan')
    : target.own
      ? ''
      : label(indicators.value.find((one) => one.id === target.indicator)?.unit)

export const amountOf = (target: Target, n: number | null | undefined): string =>
  typeof n === 'number' ? `${shown(n, target)} ${wordOf(target)}`.trim() : t('totals.withheld')

type Tone = 'ok' | 'warn' | 'bad' | 'plain'
/** A pace is told by a mark and a word; its colour is the third. */
export const paces: Record<Progress['pace'], { mark: string; tone: Tone }> = {
  untold: { mark: '—', tone: 'plain' },
  not_begun: { mark: '○', tone: 'plain' },
  begun: { mark: '○', tone: 'plain' },
  reached: { mark: '✓', tone: 'ok' },
  on_track: { mark: '✓', tone: 'ok' },
  behind: { mark: '▲', tone: 'warn' },
  missed: { mark: '■', tone: 'bad' },
}
export const paceText = (pace: Progress['pace']): string => `${paces[pace].mark} ${t(`dashboard.targets.pace.${pace}`)}`
/** The same where there is room for a word. */
export const paceShort = (pace: Progress['pace']): string => `${paces[pace].mark} ${t(`dashboard.units.pace.${pace}`)}`

/** How much of a target is approved. */
export const rateText = (one: Pick<Progress, 'approved' | 'target'>): string =>
  one.approved === null ? t('totals.withheld') : doneText(one.approved, one.target)

/** What was returned of what was decided. */
export const shareText = (returned: number, decided: number): string =>
  decided ? figureText(Math.round((10_000 * returned) / decided), 'percent') : '—'

/** The first few of a list, and how many there are. */
export function fewText(names: readonly string[]): string {
  const few = names.slice(0, 3).join(t('dashboard.listed'))
  return names.length > 3 ? t('dashboard.first.more', { units: few, n: names.length }) : few
}

/** How a table of a unit is called as a file. */
export const fileName = (unit: string, what: string): string => `${unitLong(unit)} ${what}`

/** A campaign's page: who only records has one of her own. */
export const campaignPage = (id: string, unit: string): RouteLocationRaw =>
  hasRole('reviewer') || hasRole('manager') || hasRole('auditor')
    ? { path: `/campaigns/${id}`, query: { unit } }
    : `/campaign/${id}`

export const dashboardOf = (unit: string, time?: Pick<Time, 'quarter'>): RouteLocationRaw => ({
  path: '/dashboard',
  query: { unit, ...(time?.quarter ? { time: 'quarter' } : {}) },
})

/** Whether she reviews or leads the unit, or one above it. */
export const leads = (unit: string): boolean =>
  seats.value.some((seat) => (seat.role === 'reviewer' || seat.role === 'manager') && within(unit, seat.unit))

export const decides = (unit: string): boolean =>
  seats.value.some((seat) => seat.role === 'reviewer' && within(unit, seat.unit))
