import type { Gauge } from '@/domain/campaign'
import { inMeasure } from '@/domain/campaign'
import { fieldOf } from '@/domain/catalogue'
import { indicators } from '@/state/places'
import type { Line } from '@/state/campaigns'
import { label, language, t } from '@/texts'
import { dayText, yuanText } from '@/texts/format'

/** In what a campaign's numbers are told. */
function unitOf({ campaign }: Line, gauge: Gauge, n: number): string {
  const { counts } = campaign
  if (gauge.money) return t('countdown.yuan')
  if (counts.form && counts.measure === 'entries') return t(n === 1 ? 'countdown.entryUnitOne' : 'countdown.entryUnit')
  if (gauge.households) return t(n === 1 ? 'countdown.householdUnitOne' : 'countdown.householdUnit')
  if (counts.form) return label(fieldOf(gauge.sources[0]?.form, counts.field ?? '')?.unit)
  return label(indicators.value.find((one) => one.id === counts.indicator)?.unit)
}

/** A number of a campaign with its unit: 3 户, 3,500 元. */
export function amount(line: Line, n: number): string {
  const { gauge } = line
  if (!gauge) return String(n)
  const written = gauge.money
    ? yuanText(n)
    : inMeasure(gauge, n).toLocaleString(language.value === 'en' ? 'en-US' : 'zh-CN', {
        maximumFractionDigits: gauge.decimals,
      })
  return t('countdown.amount', { n: written, unit: unitOf(line, gauge, n) }).trim()
}

/** 差 3 户, 已完成, or what else is to be said of how far it is. */
export function gapText(line: Line): string {
  if (line.withheld) return t('countdown.hidden')
  if (line.unknown) return t('countdown.notYet')
  if (!line.target) return t('countdown.did', { n: amount(line, line.approved + line.submitted + line.unsent) })
  if (line.gap > 0) return t('countdown.gap', { n: amount(line, line.gap) })
  if (line.approved >= line.target) return t('countdown.done')
  return t(line.approved + line.submitted >= line.target ? 'countdown.doneSubmitted' : 'countdown.doneUnsent')
}

export const finished = (line: Line): boolean => line.target > 0 && !line.unknown && !line.withheld && line.gap === 0

/** 还有 2 天, 今天截止, 已过期 3 天. */
export function leftText(line: Line): string {
  if (line.campaign.state === 'closed') return t('countdown.closed')
  if (line.begins > 0) return t('countdown.begins', { day: dayText(line.campaign.start) })
  if (line.left === 0) return t('countdown.today')
  if (line.left > 0) return line.left === 1 ? t('countdown.dayLeft') : t('countdown.daysLeft', { n: line.left })
  if (finished(line) || !line.target) return t('countdown.ended')
  return line.left === -1 ? t('countdown.overOne') : t('countdown.over', { n: -line.left })
}

/** 差 3 户，还有 2 天 */
export function countdownText(line: Line): string {
  const left = leftText(line)
  return left ? t('countdown.pair', { a: gapText(line), b: left }) : gapText(line)
}

export const overdue = (line: Line): boolean =>
  line.campaign.state === 'running' && line.left < 0 && line.target > 0 && !finished(line)
