import { fieldOf, type Indicator } from '@/domain/catalogue'
import { formOf, sections } from '@/state/places'
import { label, t } from '@/texts'
import { displayOf, formsOf, groupOf } from './figures'
import type { Span } from './period'

const numbers = (day: string) => day.split('-').map(Number) as [number, number, number]

/** A day with its year. */
export function fullDay(day: string): string {
  const [y, m, d] = numbers(day)
  return t('totals.day', { y, m, d })
}

function shortDays(from: string, to: string): string {
  const [[y1, m1, d1], [y2, m2, d2]] = [numbers(from), numbers(to)]
  return `${y1}/${m1}/${d1}–${y1 === y2 ? '' : `${y2}/`}${m2}/${d2}`
}

export function periodText(period: Span): string {
  const { year: y, part: n } = period
  switch (period.kind) {
    case 'months':
      return t('totals.months', { y, a: n, b: period.to })
    case 'days':
      return period.from === period.to
        ? fullDay(period.from)
        : t('totals.days', { a: fullDay(period.from), b: fullDay(period.to) })
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
  period.kind === 'days'
    ? shortDays(period.from, period.to)
    : period.kind === 'month' || period.kind === 'months' || period.kind === 'year'
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

/** The fields of a group with its choice of each, as the first form that has the field knows them. */
function chosen(indicator: Indicator, all: readonly Indicator[], group: string) {
  const parts = groupOf(group)
  const choices = parts?.choice.split('+') ?? []
  return (parts?.field.split('+') ?? []).map((key, at) => {
    const wanted = choices[at] ?? ''
    const field = formsOf(indicator, all)
      .map((id) => fieldOf(formOf('entry', id), key))
      .find((one) => one !== undefined)
    const place = field?.choices?.findIndex((one) => one.key === wanted) ?? -1
    return { key, wanted, field, place, choice: field?.choices?.[place] }
  })
}

/** A group in words: the field that it goes by, and its choice. */
export function groupText(
  indicator: Indicator,
  all: readonly Indicator[],
  group: string,
): { field: string; choice: string } {
  const said = chosen(indicator, all, group)
  if (!said.length) return { field: '', choice: group }
  return {
    field: said.map((one) => (one.field ? label(one.field.label) : one.key)).join(t('totals.andField')),
    choice: said.map((one) => (one.choice ? label(one.choice.label) : one.wanted)).join(' · '),
  }
}

/** Parts of a figure in the order in which the form offers the choices; those that it does not have stand last. */
export function inFormsOrder<T extends { group: string }>(
  indicator: Indicator,
  all: readonly Indicator[],
  figures: readonly T[],
): T[] {
  return figures
    .map((figure) => ({
      figure,
      places: chosen(indicator, all, figure.group).map((one) => (one.place < 0 ? Infinity : one.place)),
    }))
    .sort((a, b) => {
      const at = a.places.findIndex((place, n) => place !== b.places[n])
      return at < 0 ? 0 : a.places[at]! < b.places[at]! ? -1 : 1
    })
    .map((one) => one.figure)
}

/** A form with the section that it is in, over its figures in a list of many. */
export function headText(id: string): string {
  const form = formOf('entry', id)
  const section = sections.value.find((one) => one.id === form?.section)
  return [label(section?.name), label(form?.name) || id].filter(Boolean).join(' · ')
}

/** The unit after a value; a percent sign stands with the number already. */
export const unitText = (indicator: Indicator): string =>
  displayOf(indicator) === 'percent' ? '' : indicator.unit ? label(indicator.unit) : ''

/** A form in which entries wait; several that are told in one number have no name (T18). */
export const waitingForm = (form: string): string =>
  form ? label(formOf('entry', form)?.name) || form : t('totals.pendingOthers')
