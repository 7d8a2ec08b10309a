import { fieldOf, type Form, type Indicator } from './catalogue'
import { balanceOf, balances } from './balance'
import { items, type Content } from './content'
import type { View } from './overlay'

/** What of an entry is looked at here. */
export type Weighed = Pick<View, 'entity' | 'form' | 'state' | 'content' | 'approved' | 'stub' | 'flags'>

/** What is usual: between two amounts, by so many approved entries; `choice` says which kind of them. */
export interface Usual {
  low: number
  high: number
  of: number
  choice?: { field: string; key: string }
}

/**
 * Why a reviewer should look before she approves. The dates come from the server (S9), as does `other`, a flag that
 * this app does not know; the rest is seen on the phone, beside all the entries that it holds.
 */
export type Oddity =
  | { kind: 'date_odd' | 'clock_off' | 'check_failed' | 'other' }
  | { kind: 'same_day'; others: string[] }
  | { kind: 'amount_odd'; field: string; value: number; usual: Usual }
  | { kind: 'balance_below'; field: string; value: number }

/** Fewer approved entries than this do not say what is usual. */
const enough = 10
/** Far is three times beyond what nineteen of twenty approved entries keep to, above or below. */
const far = 3
const edge = 0.05

export const awaits = (entry: { state: string }): boolean => entry.state === 'submitted' || entry.state === 'amended'

const stands = (entry: Weighed): boolean =>
  !entry.stub && ['submitted', 'returned', 'approved', 'amended'].includes(entry.state)

/** What counts of an entry; of an amendment that waits it is what was approved before. */
const approvedContent = (entry: Weighed): Content | undefined =>
  entry.stub
    ? undefined
    : entry.state === 'approved'
      ? entry.content
      : entry.state === 'amended'
        ? entry.approved
        : undefined

/** Amounts of an entry by field: money and whole numbers, and what a list of goods is worth together. */
function amounts(form: Form, content: Content): [field: string, value: number][] {
  const out: [string, number][] = []
  for (const { key, type } of form.fields) {
    const value = content[key]
    if ((type === 'money' || type === 'integer') && typeof value === 'number') out.push([key, value])
    else if (type === 'items') {
      const worth = items(value).reduce((sum, one) => sum + (one.value ?? 0), 0)
      if (worth) out.push([key, worth])
    }
  }
  return out
}

/** The field whose choices tell amounts of different kinds apart: the first by which the catalogue divides their sum. */
function divider(form: Form, field: string, indicators: readonly Indicator[]): string | undefined {
  for (const indicator of indicators) {
    const sums = indicator.sources?.some(
      (one) => one.form === form.id && (one.value?.field === field || one.value?.items === field),
    )
    const key = sums ? indicator.groups?.find((one) => fieldOf(form, one)?.type === 'one') : undefined
    if (key) return key
  }
  return undefined
}

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!

function yearBefore(day: string): string {
  return `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`
}

interface Counted {
  entity: string
  value: number
}

/** What this phone knows to compare with. */
export interface Known {
  formOf: (id: string) => Form | undefined
  indicators: readonly Indicator[]
  /** Usual is what was approved of the last twelve months before this day. */
  today: string
}

/** What the server found odd about an entry when it came, whatever has become of it since. */
export function flagged(flags: readonly string[]): Oddity[] {
  const odd: Oddity[] = []
  for (const flag of flags) {
    if (flag === 'date_odd' || flag === 'clock_off' || flag === 'check_failed') odd.push({ kind: flag })
    else if (!odd.some((one) => one.kind === 'other')) odd.push({ kind: 'other' })
  }
  return odd
}

/** That the household of an entry has less than nothing, by what all of them have left. */
export function overspent(form: Form, content: Content, left: ReadonlyMap<string, number>): Oddity[] {
  const has = form.balance && balanceOf(form, content, left)
  return has !== undefined && has < 0 ? [{ kind: 'balance_below', field: form.balance!.value, value: has }] : []
}

/** What is odd about each entry that waits, seen beside all the others that this phone has. */
export function oddities(all: readonly Weighed[], known: Known): Map<string, Oddity[]> {
  const sameDay = new Map<string, string[]>()
  const usual = new Map<string, Counted[]>()
  const put = <T>(map: Map<string, T[]>, key: string, value: T) => {
    const list = map.get(key)
    if (list) list.push(value)
    else map.set(key, [value])
  }
  const sheet = (entry: Weighed) => (entry.form ? known.formOf(entry.form) : undefined)
  const dayKeys = (form: Form, content: Content): string[] =>
    form.fields
      .filter((field) => field.type === 'household' && typeof content[field.key] === 'string')
      .map((field) => [form.id, content.occurred_on, field.key, content[field.key]].join('\n'))
  /** Under what an amount is compared: first with its own kind, then with all of its form. */
  const kinds = (form: Form, field: string, content: Content): { key: string; choice?: Usual['choice'] }[] => {
    const by = divider(form, field, known.indicators)
    const choice = by === undefined ? undefined : content[by]
    return [
      ...(by !== undefined && typeof choice === 'string'
        ? [{ key: [form.id, field, by, choice].join('\n'), choice: { field: by, key: choice } }]
        : []),
      { key: [form.id, field].join('\n') },
    ]
  }

  const since = yearBefore(known.today)
  for (const entry of all) {
    const form = sheet(entry)
    if (!form) continue
    if (stands(entry)) for (const key of dayKeys(form, entry.content)) put(sameDay, key, entry.entity)
    const counts = approvedContent(entry)
    const day = counts?.occurred_on
    if (!counts || typeof day !== 'string' || day <= since || day > known.today) continue
    for (const [field, value] of amounts(form, counts)) {
      for (const { key } of kinds(form, field, counts)) put(usual, key, { entity: entry.entity, value })
    }
  }
  for (const list of usual.values()) list.sort((a, b) => a.value - b.value)

  const balance = balances(all, known.formOf)
  const out = new Map<string, Oddity[]>()
  for (const entry of all) {
    if (!awaits(entry) || entry.stub) continue
    const odd = flagged(entry.flags)
    const form = sheet(entry)
    if (form) {
      const others = dayKeys(form, entry.content)
        .flatMap((key) => sameDay.get(key) ?? [])
        .filter((other) => other !== entry.entity)
      if (others.length) odd.push({ kind: 'same_day', others })
      odd.push(...overspent(form, entry.content, balance))
      for (const [field, value] of amounts(form, entry.content)) {
        const seen = kinds(form, field, entry.content)
          .map(({ key, choice }) => ({
            choice,
            values: (usual.get(key) ?? []).filter((one) => one.entity !== entry.entity).map((one) => one.value),
          }))
          .find(({ values }) => values.length >= enough)
        if (!seen) continue
        const [low, high] = [quantile(seen.values, edge), quantile(seen.values, 1 - edge)]
        if (value <= high * far && value * far >= low) continue
        const { choice } = seen
        odd.push({ kind: 'amount_odd', field, value, usual: { low, high, of: seen.values.length, choice } })
      }
    }
    if (odd.length) out.set(entry.entity, odd)
  }
  return out
}
