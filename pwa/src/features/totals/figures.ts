import type { Indicator } from '@/domain/catalogue'

/** A figure as the server gives it: fen for money, basis points for a ratio. */
export interface Figure {
  indicator: string
  group: string
  value: number | null
  numerator?: number
  denominator?: number
  withheld?: boolean
}

const grouped = (n: number): string => {
  const [whole = '', rest] = String(n).split('.')
  const text = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return rest ? `${text}.${rest}` : text
}

/** Integer division to two decimals, rounded half away from zero, without a detour through fractions. */
function hundredths(value: number, unit: number): string {
  const sign = value < 0 ? '-' : ''
  const scaled = Math.floor((Math.abs(value) * 100 + unit / 2) / unit)
  return `${sign}${grouped(Math.floor(scaled / 100))}.${String(scaled % 100).padStart(2, '0')}`
}

/** Whether a figure is computed from two others. */
export const isQuotient = (indicator: Pick<Indicator, 'measure'>): boolean =>
  indicator.measure === 'ratio' || indicator.measure === 'coverage'

export const displayOf = (indicator: Indicator | undefined): Indicator['display'] =>
  indicator?.display ?? (indicator && isQuotient(indicator) ? 'percent' : 'integer')

/** A figure's value as its indicator says. */
export const shownText = (value: number | null | undefined, indicator: Indicator | undefined): string =>
  figureText(value, displayOf(indicator), indicator?.scale)

/** A whole number that stands for one with decimals. */
function withDecimals(value: number, scale: number): string {
  if (!scale) return grouped(value)
  const digits = String(Math.abs(value)).padStart(scale + 1, '0')
  return `${value < 0 ? '-' : ''}${grouped(Number(digits.slice(0, -scale)))}.${digits.slice(-scale)}`
}

/** A value as it stands on the page, without its unit; `—` where nothing is known. */
export function figureText(value: number | null | undefined, display: Indicator['display'], scale = 0): string {
  if (value === null || value === undefined) return '—'
  switch (display) {
    case 'percent':
      return `${hundredths(value, 100)}%`
    case 'wan_yuan':
      return hundredths(value, 1_000_000)
    case 'yuan':
      return hundredths(value, 100)
    case 'decimal':
      return withDecimals(value, scale)
    default:
      return grouped(value)
  }
}

export const find = (values: readonly Figure[], indicator: string, group = ''): Figure | undefined =>
  values.find((one) => one.indicator === indicator && one.group === group)

/** What a figure has become since the year before. What is withheld of either is withheld of both (T8). */
export interface Change {
  value: number | null
  withheld?: boolean
}

export function changeOf(now: Figure | undefined, before: Figure | undefined): Change {
  if (now?.withheld || before?.withheld) return { value: null, withheld: true }
  if (typeof now?.value !== 'number' || typeof before?.value !== 'number') return { value: null }
  return { value: now.value - before.value }
}

/** A change with its sign; of a rate in points, without the percent sign. */
export function changeText(value: number | null, display: Indicator['display'], scale = 0): string {
  if (value === null) return '—'
  const text = display === 'percent' ? hundredths(value, 100) : figureText(value, display, scale)
  return value > 0 ? `+${text}` : text
}

/** In the order of a column: what is withheld or not known stands last, either way; equal ones keep their order. */
export function sortedBy<T>(rows: readonly T[], of: (row: T) => number | null | undefined, down: boolean): T[] {
  return rows
    .map((row, at) => ({ row, at, value: of(row) ?? undefined }))
    .sort((a, b) => {
      if (a.value === undefined || b.value === undefined) {
        return Number(a.value === undefined) - Number(b.value === undefined) || a.at - b.at
      }
      return (down ? b.value - a.value : a.value - b.value) || a.at - b.at
    })
    .map((one) => one.row)
}

/** The field and the choice that a group stands for: `kind=family`; of two fields `title+level` and `x+y`. */
export function groupOf(group: string): { field: string; choice: string } | undefined {
  const pairs = group.split('+').map((one) => one.split('='))
  if (pairs.some(([field, choice]) => !field || choice === undefined)) return undefined
  return { field: pairs.map(([field]) => field).join('+'), choice: pairs.map(([, choice]) => choice).join('+') }
}

/** Whether a figure is of what stands on a day, or is computed from such a one. */
export function stands(indicator: Indicator, all: readonly Indicator[]): boolean {
  if (!isQuotient(indicator)) return indicator.measure === 'standing'
  return all.some(
    (one) => (one.id === indicator.numerator || one.id === indicator.denominator) && one.measure === 'standing',
  )
}

/** The forms that an indicator counts from; a ratio's are those of its parts. */
export function formsOf(indicator: Indicator, all: readonly Indicator[]): string[] {
  if (isQuotient(indicator)) {
    const part =
      all.find((one) => one.id === indicator.denominator) ?? all.find((one) => one.id === indicator.numerator)
    return part && !isQuotient(part) ? formsOf(part, all) : []
  }
  return [...new Set((indicator.sources ?? []).map((one) => one.form))]
}

export interface Section {
  /** The form whose indicators stand here: the first that each counts from. */
  form: string
  indicators: Indicator[]
}

/**
 * Indicators under the forms that they are counted from, in the catalogue's order. One that counts from several
 * forms stands where its neighbours in the catalogue stand.
 */
export function sections(indicators: readonly Indicator[]): Section[] {
  const out: Section[] = []
  let last = ''
  for (const one of [...indicators].sort((a, b) => a.order - b.order)) {
    if (one.hidden) continue
    const forms = formsOf(one, indicators)
    const form = forms.includes(last) ? last : (forms[0] ?? last)
    const section = out.find((each) => each.form === form)
    if (section) section.indicators.push(one)
    else out.push({ form, indicators: [one] })
    last = form
  }
  return out
}
