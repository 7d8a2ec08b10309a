import { fieldOf, type Catalogue, type Form, type Level, type SourceOf } from './catalogue'
import { heads, isPeople, items, strings, type Content } from './content'
import { daysFrom } from './days'
import { derive } from './derive'
import { equalities, holds } from './expressions'
import { valueType } from './field'
import type { State } from './review'

/**
 * What the federation asks of its units by a day, and how far a unit has come by the rows that this phone holds: the twin
 * of what sync/campaign, sync/totals and the server's progress say together. sync/testdata/campaigns.json holds both to
 * the same numbers. docs/decisions/0045-campaigns-on-the-phone.md.
 */
export interface Campaign {
  id: string
  version: number
  unit: string
  state: 'running' | 'closed'
  title: string
  text: string
  counts: {
    indicator?: string
    group?: string
    form?: string
    measure?: 'entries' | 'households' | 'sum'
    field?: string
    where?: string
  }
  start: string
  /** The last day that counts. */
  deadline: string
  targets: { unit: string; n: number }[]
  preset: Content
}

/** What counts for a campaign, as the catalogue says it. */
export interface Gauge {
  measure: 'count' | 'sum' | 'distinct'
  sources: { from: SourceOf; form: Form }[]
  /** "" for the whole, else each `field=choice` that must hold. */
  group: string
  first: string
  last: string
  /** Dated by another day than that on which it was done: it counts up to today alone (T6). */
  apart: boolean
  /** Households, each once: those that are missing are known. */
  households: boolean
  /** An entry says by itself whether it counts; else the phone cannot tell. */
  alone: boolean
  money: boolean
  /** Of its numbers: 125 with one of them is 12.5. */
  decimals: number
}

const occurred = 'occurred_on'

/** `undefined` where the catalogue has no more what it counts, or not as something that grows from nought. */
export function gaugeOf(campaign: Campaign, catalogue: Catalogue): Gauge | undefined {
  const { counts } = campaign
  const span = { first: campaign.start, last: campaign.deadline }
  const formOf = (id: string) => catalogue.forms.find((one) => one.id === id)
  if (counts.form) {
    const form = formOf(counts.form)
    const field = fieldOf(form, counts.measure === 'households' ? 'household' : (counts.field ?? ''))
    if (!form || (counts.measure !== 'entries' && !field)) return undefined
    const from: SourceOf = { form: form.id, ...(counts.where ? { where: counts.where } : {}) }
    const measure = counts.measure === 'sum' ? 'sum' : counts.measure === 'households' ? 'distinct' : 'count'
    if (measure === 'sum') from.value = { field: field!.key }
    if (measure === 'distinct') from.key = field!.key
    const type = measure === 'sum' && valueType(field!)
    return {
      ...span,
      measure,
      sources: [{ from, form }],
      group: '',
      apart: false,
      households: measure === 'distinct',
      alone: true,
      money: type === 'money',
      decimals: type === 'decimal' ? (field!.scale ?? 0) : 0,
    }
  }
  const indicator = catalogue.indicators.find((one) => one.id === counts.indicator)
  const measure = indicator?.measure
  if (!indicator || (measure !== 'count' && measure !== 'sum' && measure !== 'distinct')) return undefined
  const sources = (indicator.sources ?? []).map((from) => ({ from, form: formOf(from.form) }))
  if (sources.some(({ form }) => !form)) return undefined
  const known = sources as Gauge['sources']
  const display = indicator.display ?? 'integer'
  return {
    ...span,
    measure,
    sources: known,
    group: counts.group ?? '',
    apart: known.some(({ from }) => (from.date ?? occurred) !== occurred),
    households:
      measure === 'distinct' && known.every(({ from, form }) => fieldOf(form, from.key ?? '')?.type === 'household'),
    alone: known.every(({ from }) => !from.fulfilled && (from.where === undefined || typeof from.where === 'string')),
    money: display === 'yuan' || display === 'wan_yuan',
    decimals: display === 'decimal' ? (indicator.scale ?? 0) : 0,
  }
}

/** What is asked of a unit: its own target, or those of the units below that have one, each with all in it. */
export function targetOf(campaign: Campaign, unit: string, children: (unit: string) => readonly string[]): number {
  const own = campaign.targets.find((one) => one.unit === unit)
  if (own) return own.n
  return children(unit).reduce((sum, child) => sum + targetOf(campaign, child, children), 0)
}

/** An entry as it is counted. */
export interface Counted {
  unit: string
  form?: string
  state: State | 'active'
  content: Content
  /** The approved content, where it is another one. */
  approved?: Content
  /** The first of its chain of entries. */
  case: string
  /** Of it something waits on this phone: it is not sent yet. */
  unsent: boolean
}

/** What one content adds: a number, or a key that counts once. */
interface Adds {
  day: string
  value: number
  key: string
}

const counts = (state: Counted['state']) => state === 'approved' || state === 'amended'
const waits = (state: Counted['state']) => state === 'submitted' || state === 'amended'

/** What an entry adds as it counts now, and as it would with what waits in it. */
export interface Added {
  now: Adds[]
  then: Adds[]
}

/** `level` is that of the entry's unit. An entry that adds nothing gives the same object each time. */
export function addedBy(gauge: Gauge, entry: Counted, level: Level | undefined): Added {
  if (!gauge.sources.some(({ from }) => from.form === entry.form)) return nothing
  const of = (content: Content) => adds(gauge, entry, content, level)
  const now = counts(entry.state) ? of(entry.approved ?? entry.content) : []
  const then = waits(entry.state) ? of(entry.content) : now
  return now.length || then.length ? { now, then } : nothing
}
const nothing: Added = { now: [], then: [] }

function adds(gauge: Gauge, entry: Counted, stored: Content, level: Level | undefined): Adds[] {
  const out: Adds[] = []
  for (const { from, form } of gauge.sources) {
    if (from.form !== entry.form) continue
    const content = derive(form, stored)
    const day = dayOf(content, from.date ?? occurred)
    // The days are compared first: a condition costs more.
    if (!day || day < gauge.first || day > gauge.last) continue
    if (from.levels?.length && !(level && from.levels.includes(level))) continue
    if (!inGroup(gauge.group, content) || !holds(form, from.where, content)) continue
    if (gauge.measure === 'distinct') {
      for (const key of keysOf(entry, form, content, from.key ?? '')) {
        if (!out.some((one) => one.key === key)) out.push({ day, value: 1, key })
      }
      continue
    }
    if (from.since) {
      const since = dayOf(content, from.since)
      if (!since || since < gauge.first || since > gauge.last) continue
    }
    const value = gauge.measure === 'sum' ? numberOf(content, from.value) : 1
    if (value !== 0) out.push({ day, value, key: '' })
  }
  return out
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const dayOf = (content: Content, key: string): string => text(content[key])
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

function inGroup(group: string, content: Content): boolean {
  if (!group) return true
  return group.split('+').every((part) => {
    const [field, choice] = split(part)
    return strings(content[field]).includes(choice)
  })
}

const split = (part: string): [string, string] => {
  const at = part.indexOf('=')
  return [part.slice(0, at), part.slice(at + 1)]
}

/** Twin of `number` in sync/totals. */
function numberOf(content: Content, of: SourceOf['value']): number {
  if (!of) return 0
  if (of.field) return number(content[of.field])
  if (of.size) return strings(content[of.size]).length
  if (of.heads) return content[of.heads] === undefined ? (of.else ?? 0) : heads(content[of.heads])
  if (of.unnamed) {
    const people = content[of.unnamed]
    return isPeople(people) ? (people.unnamed ?? 0) : 0
  }
  if (of.items) return items(content[of.items]).reduce((sum, one) => sum + (one.value ?? 0), 0)
  if (of.days?.length === 2) {
    const [from, to] = of.days.map((key) => dayOf(content, key))
    return from && to ? Math.max(0, daysFrom(from, to)) : 0
  }
  return 0
}

/** Twin of `keys` in sync/totals; a text need not be hidden from its own phone. */
function keysOf(entry: Counted, form: Form, content: Content, key: string): string[] {
  if (key === 'case') return entry.case ? [entry.case] : []
  if (key === 'own_unit') return [entry.unit]
  const value = content[key]
  const type = fieldOf(form, key)?.type
  if (type === 'people') return isPeople(value) ? (value.persons ?? []) : []
  const one = type === 'text' ? text(value).trim() : text(value)
  return one ? [one] : []
}

/** How far a unit has come. Beside what counts: what would be added by what waits for a decision, and by what is not sent. */
export interface Progress {
  approved: number
  submitted: number
  unsent: number
}

/**
 * The progress of the entries of a unit and all below, each with what it adds. As on the server an amendment that takes
 * something distinct away is not looked at until it is approved: others may hold it.
 */
export function progressOf(
  gauge: Gauge,
  entries: Iterable<readonly [Pick<Counted, 'unsent'>, Added]>,
  today: string,
): Progress {
  const keys = new Set<string>()
  const late: [boolean, Added][] = []
  const out = { approved: 0, submitted: 0, unsent: 0 }
  const told = (one: Adds) => !gauge.apart || one.day <= today
  const distinct = gauge.measure === 'distinct'
  for (const [{ unsent }, added] of entries) {
    for (const one of added.now) {
      if (!told(one)) continue
      if (!distinct) out.approved += one.value
      else if (!keys.has(one.key)) {
        keys.add(one.key)
        out.approved++
      }
    }
    if (added.now !== added.then) late.push([unsent, added])
  }
  // What the server has goes first: a household that it knows of is not one that is still to be sent.
  late.sort(([a], [b]) => Number(a) - Number(b))
  for (const [unsent, { now, then }] of late) {
    const to = unsent ? 'unsent' : 'submitted'
    if (!distinct) {
      for (const one of now) if (told(one)) out[to] -= one.value
      for (const one of then) if (told(one)) out[to] += one.value
      continue
    }
    for (const one of then) {
      if (!told(one) || keys.has(one.key)) continue
      keys.add(one.key)
      out[to]++
    }
  }
  // An amendment that makes less of it is no negative work; one that is not sent may take from what waits.
  const submitted = Math.max(0, out.submitted)
  return { ...out, submitted, unsent: Math.max(0, out.submitted + out.unsent) - submitted }
}

/** What of the households counts or would, where each counts once. */
export function visitedIn(entries: Iterable<Added>): Set<string> {
  const out = new Set<string>()
  for (const { now, then } of entries) for (const one of [...now, ...then]) out.add(one.key)
  return out
}

/** What is still missing of a target. */
export const gapOf = (target: number, { approved, submitted, unsent }: Progress): number =>
  Math.max(0, target - approved - submitted - unsent)

/** What a form begins with that is opened from a campaign: what its filter asks for by equality, and what the campaign itself presets. */
export function presetOf(campaign: Campaign, gauge: Gauge, form: Form): Content {
  const source = gauge.sources.find(({ from }) => from.form === form.id)?.from
  const asked: Content = { ...equalities(form, typeof source?.where === 'string' ? source.where : undefined) }
  for (const part of gauge.group ? gauge.group.split('+') : []) {
    const [key, choice] = split(part)
    asked[key] = fieldOf(form, key)?.type === 'many' ? [...new Set([...strings(asked[key]), choice])] : choice
  }
  const out: Content = {}
  for (const [key, value] of Object.entries({ ...asked, ...campaign.preset })) {
    const field = fieldOf(form, key)
    if (!field || field.hidden || field.type === 'computed' || field.type === 'note') continue
    // A choice that the form no longer offers is not chosen for her.
    const offered = (choice: string) => field.choices?.some((one) => one.key === choice && !one.hidden)
    if (field.choices && !strings(value).every(offered)) continue
    out[key] = value
  }
  return out
}

/** One of its numbers in its own measure: 125 of one decimal is 12.5. Fen stay fen. */
export const inMeasure = (gauge: Gauge, n: number): number => n / 10 ** gauge.decimals
