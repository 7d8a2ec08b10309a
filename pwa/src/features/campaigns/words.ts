import { fieldOf, type Field } from '@/domain/catalogue'
import { valueType } from '@/domain/field'
import { childrenOf, divisions, formOf, indicators, within } from '@/state/places'
import { seats } from '@/state/session'
import { label, t } from '@/texts'
import { dayText, inBrackets, yuanText } from '@/texts/format'
import { figureText } from '../totals/figures'
import { groupText } from '../totals/words'
import { fromCel, isNumber, type Condition } from './conditions'
import type { Campaign, Counts } from './data'
import { daysTo } from './span'

/** What a number of a campaign is in: fen, or steps of so many decimals. */
export interface Scale {
  money: boolean
  decimals: number
}

const plain: Scale = { money: false, decimals: 0 }

const scaleOfField = (field: Field | undefined): Scale =>
  !field
    ? plain
    : { money: valueType(field) === 'money', decimals: valueType(field) === 'decimal' ? (field.scale ?? 0) : 0 }

export function scaleOf(counts: Counts): Scale {
  if (counts.form)
    return counts.measure === 'sum' ? scaleOfField(fieldOf(formOf('entry', counts.form), counts.field ?? '')) : plain
  const one = indicators.value.find((each) => each.id === counts.indicator)
  if (!one) return plain
  return {
    money: one.display === 'yuan' || one.display === 'wan_yuan',
    decimals: one.display === 'decimal' ? (one.scale ?? 0) : 0,
  }
}

/** A number of a campaign as it is read. */
export const shown = (n: number, scale: Scale): string =>
  scale.money ? yuanText(n) : figureText(n, scale.decimals ? 'decimal' : 'integer', scale.decimals)

/** The same as it is typed: no commas. */
export const typedOf = (n: number, scale: Scale): string => shown(n, scale).replaceAll(',', '')

/** What was typed as a number of a campaign; `undefined` where it is none that a target may be. */
export function numberOf(text: string, scale: Scale): number | undefined {
  const clean = text.trim().replaceAll(/[,，]/g, '')
  if (!/^\d+(\.\d+)?$/.test(clean)) return undefined
  const steps = scale.money ? 100 : 10 ** scale.decimals
  const n = Math.round(Number(clean) * steps)
  return n >= 1 && n <= 1e12 && Math.abs(n - Number(clean) * steps) < 1e-6 ? n : undefined
}

/** The word behind a number of a campaign. */
export function unitWord(counts: Counts): string {
  if (scaleOf(counts).money) return t('campaigns.yuan')
  if (counts.form) {
    if (counts.measure === 'sum') return label(fieldOf(formOf('entry', counts.form), counts.field ?? '')?.unit)
    return counts.measure ? t(`campaigns.byHead.${counts.measure}`) : ''
  }
  return label(indicators.value.find((each) => each.id === counts.indicator)?.unit)
}

export const amount = (n: number, counts: Counts): string => `${shown(n, scaleOf(counts))} ${unitWord(counts)}`.trim()

/** How much of a target is approved, never rounded up: what is not reached is not 100%. */
export function doneText(approved: number | null, target: number): string {
  if (approved === null || !target) return '—'
  const tenths = Math.floor((1000 * approved) / target)
  return approved > 0 && !tenths ? '<0.1%' : `${tenths / 10}%`
}

export function conditionText(formId: string, one: Condition): string {
  const field = fieldOf(formOf('entry', formId), one.field)
  const name = label(field?.label) || one.field
  if (isNumber(field))
    return `${name} ≥ ${shown(one.least ?? 0, scaleOfField(field))}${field?.unit ? ` ${label(field.unit)}` : ''}`
  if (field?.type === 'yes_no') return `${name} = ${t(one.yes ? 'campaigns.edit.yes' : 'campaigns.edit.no')}`
  const answers = one.answers.map((key) => label(field?.choices?.find((each) => each.key === key)?.label) || key)
  return `${name} = ${answers.join(' / ')}`
}

/** What counts, in words. */
export function countsText(counts: Counts): string {
  if (!counts.form) {
    const one = indicators.value.find((each) => each.id === counts.indicator)
    if (!one) return counts.indicator ?? ''
    const part = counts.group ? inBrackets(groupText(one, indicators.value, counts.group).choice) : ''
    return `${label(one.name)}${part}`
  }
  const form = formOf('entry', counts.form)
  const field = fieldOf(form, counts.field ?? '')
  const what = [
    label(form?.name) || counts.form,
    counts.measure === 'sum'
      ? label(field?.label)
      : counts.measure
        ? t(`campaigns.edit.measures.${counts.measure}`)
        : '',
  ]
  const conditions = fromCel(form, counts.where ?? '')
  const where = conditions ? conditions.map((one) => conditionText(form!.id, one)) : [counts.where ?? '']
  return [...what, ...where].filter(Boolean).join(' · ')
}

/** Whether entries of what counts may be sensitive: then spans of days are told less of (T14). */
export function maySensitive(counts: Counts): boolean {
  const forms = counts.form
    ? [counts.form]
    : (indicators.value.find((each) => each.id === counts.indicator)?.sources ?? []).map((one) => one.form)
  return forms.some((id) => !!formOf('entry', id)?.sensitive)
}

/** How a campaign stands to its deadline on a day, in words. */
export function whenLeft(one: Pick<Campaign, 'state' | 'start' | 'deadline'>, today: string): string {
  if (!one.deadline) return t('campaigns.noDeadline')
  const until = t('campaigns.until', { day: dayText(one.deadline) })
  if (one.state === 'closed') return until
  const left = daysTo(today, one.deadline)
  if (today < one.start) return `${t('campaigns.notBegun', { day: dayText(one.start) })}${t('campaigns.comma')}${until}`
  if (left === 0) return t('campaigns.lastDay')
  return `${until}${t('campaigns.comma')}${left > 0 ? t('campaigns.daysLeft', { n: left }) : t('campaigns.overdue', { n: -left })}`
}

export const remindText = (days: number): string =>
  days > 0
    ? t('campaigns.edit.reminds.before', { n: days })
    : t(days === 0 ? 'campaigns.edit.reminds.day' : 'campaigns.edit.reminds.after')

/** The units of a reader that lie in a campaign's, or the campaign's own where hers lie above: from there she looks down. */
export function topsIn(campaign: Pick<Campaign, 'unit'>): string[] {
  const mine = [...new Set(seats.value.map((seat) => seat.unit))]
  const inside = mine.filter((unit) => within(unit, campaign.unit))
  const out = mine.some((unit) => within(campaign.unit, unit)) ? [campaign.unit] : inside
  return out.filter((unit) => !out.some((other) => other !== unit && within(unit, other)))
}

/** What is asked of a unit: its own target, or those of the units in it. */
export function askedOf(campaign: Pick<Campaign, 'targets'>, unit: string): number {
  const own = new Map(campaign.targets.map((one) => [one.unit, one.n]))
  const of = (code: string): number => own.get(code) ?? childrenOfCode(code).reduce((sum, child) => sum + of(child), 0)
  return own.size ? of(unit) : 0
}

const childrenOfCode = (code: string) =>
  divisions.value.get(code)?.level === 'village' ? [] : childrenOf(code).map((one) => one.code)
