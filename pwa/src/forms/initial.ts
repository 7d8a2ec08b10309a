import { screenOf, type Field, type Form, type Offer } from '@/domain/catalogue'
import { tidyContent } from '@/domain/canonical'
import { strings, type Content, type Value } from '@/domain/content'
import { dayPlus } from '@/domain/days'
import { holds } from '@/domain/expressions'
import { dayMeant } from '@/domain/field'
import type { Meta } from '@/db/meta'
import { formOf } from '@/state/places'

export type LastUsed = Meta['lastUsed']

/** The value that a field begins with: what was used today or last, else its default. */
export function beginning(form: Form, field: Field, today: string, lastUsed: LastUsed): Value | undefined {
  if (field.preset) {
    const last = lastUsed[`${form.id}.${field.key}`]
    // Only choices that the form still has: a preset must not bring back what a city has removed.
    if (last && (field.preset === 'last' || last.day === today) && known(field, last.value as Value))
      return last.value as Value
  }
  if (field.default === undefined) return undefined
  if (field.type === 'date' && typeof field.default === 'string') return dayMeant(field.default, today, dayPlus)
  if (field.type === 'month' && field.default === 'today') return today.slice(0, 'YYYY-MM'.length)
  // What is offered no more is not ticked for her either.
  if (field.choices && !known(field, field.default)) {
    const left = strings(field.default).filter((key) => known(field, key))
    return field.type === 'many' && left.length ? left : undefined
  }
  return field.default
}

function known(field: Field, value: Value): boolean {
  if (!field.choices) return true
  return strings(value).every((key) => field.choices!.some((choice) => choice.key === key && !choice.hidden))
}

/** What a new entry begins with, on one of its screens. */
export function begin(form: Form, screen: number, today: string, lastUsed: LastUsed): Content {
  const content: Content = {}
  for (const field of form.fields) {
    if (screenOf(field) !== screen) continue
    const value = beginning(form, field, today, lastUsed)
    if (value !== undefined) content[field.key] = value
  }
  return content
}

/**
 * The content with what nobody is asked and the form requires all the same, as a new entry begins with it: in an entry
 * that was made before the form asked for it, and in one whose second screen was never opened.
 */
export function supplied(form: Form, content: Content, today: string, lastUsed: LastUsed): Content {
  const out = { ...content }
  for (const field of form.fields) {
    if (!field.hidden || !field.required || out[field.key] !== undefined || !holds(form, field.visible, out)) continue
    const value = beginning(form, field, today, lastUsed)
    if (value !== undefined) out[field.key] = value
  }
  return out
}

/** What is remembered of a saved entry for the next one's presets. */
export function remembered(form: Form, content: Content, today: string): LastUsed {
  const out: LastUsed = {}
  for (const field of form.fields) {
    const value = content[field.key]
    if (field.preset && value !== undefined) out[`${form.id}.${field.key}`] = { day: today, value }
  }
  return out
}

/** What an entry that follows another takes over from it. */
export function carried(offer: Offer, from: Content, entity: string): Content {
  const out: Record<string, Value | undefined> = { follows: entity }
  for (const [source, target] of Object.entries(offer.carry ?? {})) out[target] = from[source]
  for (const map of offer.map ?? []) {
    const value = strings(from[map.from])
      .map((key) => map.values[key])
      .find((key) => key !== undefined)
    if (value !== undefined) out[map.to] = value
  }
  return tidyContent(out)
}

/** The entries that may follow this one. */
export const offersOf = (form: Form | undefined, content: Content): Offer[] =>
  (form?.offers ?? []).filter((offer) => !formOf('entry', offer.form)?.hidden && holds(form!, offer.when, content))
