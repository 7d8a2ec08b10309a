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

/** A value as it stands on the page, without its unit; `—` where nothing is known. */
export function figureText(value: number | null | undefined, display: Indicator['display']): string {
  if (value === null || value === undefined) return '—'
  switch (display) {
    case 'percent':
      return `${hundredths(value, 100)}%`
    case 'wan_yuan':
      return hundredths(value, 1_000_000)
    case 'yuan':
      return hundredths(value, 100)
    default:
      return grouped(value)
  }
}

export const find = (values: readonly Figure[], indicator: string, group = ''): Figure | undefined =>
  values.find((one) => one.indicator === indicator && one.group === group)

/** The field and the choice that a group stands for: `kind=family`. */
export function groupOf(group: string): { field: string; choice: string } | undefined {
  const at = group.indexOf('=')
  return at > 0 ? { field: group.slice(0, at), choice: group.slice(at + 1) } : undefined
}

/** The forms that an indicator counts from; a ratio's are those of its parts. */
export function formsOf(indicator: Indicator, all: readonly Indicator[]): string[] {
  if (indicator.measure === 'ratio') {
    const part =
      all.find((one) => one.id === indicator.denominator) ?? all.find((one) => one.id === indicator.numerator)
    return part && part.measure !== 'ratio' ? formsOf(part, all) : []
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
