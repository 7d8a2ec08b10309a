import { fieldOf, type Indicator } from '@/domain/catalogue'
import { formOf } from '@/state/places'
import { label, t } from '@/texts'
import { formsOf, groupOf } from './figures'
import type { Span } from './period'

export function periodText(period: Span): string {
  const { year: y, part: n } = period
  switch (period.kind) {
    case 'months':
      return t('totals.months', { y, a: n, b: period.to })
    case 'month':
      return t('totals.month', { y, n })
    case 'quarter':
      return t('totals.quarter', { y, n })
    case 'half':
      return t(n === 1 ? 'totals.half1' : 'totals.half2', { y })
    case 'year':
      return t('totals.year', { y })
  }
}

/** The same in the head of a column, where there is little room. */
export const shortPeriodText = (period: Span): string =>
  period.kind === 'month' || period.kind === 'months' || period.kind === 'year'
    ? periodText(period)
    : t(
        period.kind === 'half'
          ? period.part === 1
            ? 'totals.shortHalf1'
            : 'totals.shortHalf2'
          : 'totals.shortQuarter',
        {
          y: period.year,
          n: period.part,
        },
      )

/** A group in words: the field that it goes by, and its choice. */
export function groupText(
  indicator: Indicator,
  all: readonly Indicator[],
  group: string,
): { field: string; choice: string } {
  const parts = groupOf(group)
  if (!parts) return { field: '', choice: group }
  for (const id of formsOf(indicator, all)) {
    const field = fieldOf(formOf('entry', id), parts.field)
    if (!field) continue
    const choice = field.choices?.find((one) => one.key === parts.choice)
    return { field: label(field.label), choice: choice ? label(choice.label) : parts.choice }
  }
  return { field: parts.field, choice: parts.choice }
}

/** The unit after a value; a percent sign stands with the number already. */
export const unitText = (indicator: Indicator): string =>
  indicator.display === 'percent' ? '' : indicator.unit ? label(indicator.unit) : ''
