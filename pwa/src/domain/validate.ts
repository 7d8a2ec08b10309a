import { canonicalValue, isEmpty, NotCanonical, tidy } from './canonical'
import type { Check, Field, Form, Text } from './catalogue'
import { isDate, isMonth } from './dates'
import { dayPlus } from './days'
import { fails, holds } from './expressions'
import { dayMeant, mostOf, stepsOf, stored } from './field'
import { isId, isPeople, isPlace, items, strings, type Content, type Value } from './content'

/** What is wrong with a field; the screen has the sentence. `limit` is the bound that it broke, `day` that of a date. */
export interface Fault {
  field: string
  code:
    | 'required'
    | 'requireAny'
    | 'wrongType'
    | 'tooLong'
    | 'min'
    | 'max'
    | 'date'
    | 'early'
    | 'late'
    | 'choice'
    | 'phone'
    | 'items'
    | 'text'
    | 'attached'
    | 'check'
  limit?: number
  day?: string
  fields?: string[]
  /** Of a check: what it says. */
  message?: Text
}

const longest: Partial<Record<Field['type'], number>> = { text: 200, phone: 30, long_text: 2000 }
const maxMoney = 1_000_000_000_000
const degree = 1_000_000

function numberFault(field: Field, value: Value): Omit<Fault, 'field'> | undefined {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return { code: 'wrongType' }
  const money = field.type === 'money'
  const steps = money ? 100 : stepsOf(field)
  const bound = (given: number | string | undefined) => (typeof given === 'number' ? given : undefined)
  const min = bound(field.min) ?? (money ? 0 : undefined)
  const max = bound(field.max) ?? (money ? maxMoney : undefined)
  if (min !== undefined && value < min) return { code: 'min', limit: min / steps }
  if (max !== undefined && value > max) return { code: 'max', limit: max / steps }
  return undefined
}

/** `today` bounds those days that follow it; without one they are not held to. */
function dateFault(field: Field, value: Value, today: string): Omit<Fault, 'field'> | undefined {
  if (typeof value !== 'string' || !isDate(value)) return { code: 'date' }
  const bound = (given: number | string | undefined) => {
    const day = typeof given === 'string' && (today || isDate(given)) ? dayMeant(given, today, dayPlus) : ''
    return isDate(day) ? day : undefined
  }
  const [first, last] = [bound(field.min), bound(field.max)]
  if (first && value < first) return { code: 'early', day: first }
  if (last && value > last) return { code: 'late', day: last }
  return undefined
}

function placeFault(value: Value): Omit<Fault, 'field'> | undefined {
  if (!isPlace(value) || Object.keys(value).length !== 3) return { code: 'wrongType' }
  const within = (n: unknown, low: number, high: number) =>
    Number.isSafeInteger(n) && (n as number) >= low && (n as number) <= high
  return within(value.lat, -90 * degree, 90 * degree) &&
    within(value.lon, -180 * degree, 180 * degree) &&
    within(value.accuracy, 0, 1_000_000)
    ? undefined
    : { code: 'wrongType' }
}

function peopleFault(value: Value): Omit<Fault, 'field'> | undefined {
  if (!isPeople(value) || Object.keys(value).some((key) => key !== 'persons' && key !== 'unnamed'))
    return { code: 'wrongType' }
  const unnamed = value.unnamed ?? 0
  const persons = value.persons ?? []
  if (!Number.isSafeInteger(unnamed) || unnamed < 0) return { code: 'wrongType' }
  if (!Array.isArray(persons) || !persons.every(isId)) return { code: 'wrongType' }
  if (persons.length > 500) return { code: 'max', limit: 500 }
  return unnamed > 10_000_000 ? { code: 'max', limit: 10_000_000 } : undefined
}

function itemsFault(value: Value): Omit<Fault, 'field'> | undefined {
  if (!Array.isArray(value) || items(value).length !== value.length) return { code: 'wrongType' }
  const within = (n: unknown, low: number, high: number) =>
    Number.isSafeInteger(n) && (n as number) >= low && (n as number) <= high
  if (value.length > 100) return { code: 'max', limit: 100 }
  return items(value).every(
    (one) =>
      one.name &&
      [...one.name].length <= 200 &&
      within(one.quantity ?? 0, 1, 1e9) &&
      within(one.value ?? 0, 0, maxMoney),
  )
    ? undefined
    : { code: 'items' }
}

function attachedFault(field: Field, value: Value): Omit<Fault, 'field'> | undefined {
  if (!Array.isArray(value) || !value.every(isId) || new Set(value as string[]).size !== value.length)
    return { code: 'wrongType' }
  return value.length > mostOf(field) ? { code: 'attached', limit: mostOf(field) } : undefined
}

function faultOf(field: Field, value: Value, today: string): Omit<Fault, 'field'> | undefined {
  try {
    canonicalValue(value)
  } catch (error) {
    if (error instanceof NotCanonical) return { code: typeof value === 'string' ? 'text' : 'wrongType' }
    throw error
  }
  switch (field.type) {
    case 'text':
    case 'long_text':
    case 'phone': {
      if (typeof value !== 'string') return { code: 'wrongType' }
      const limit = longest[field.type]!
      if ([...value].length > limit) return { code: 'tooLong', limit }
      if (field.type === 'phone' && !/^[\d+\-\s()转,，]+$/.test(value)) return { code: 'phone' }
      return undefined
    }
    case 'integer':
    case 'money':
    case 'decimal':
      return numberFault(field, value)
    case 'date':
      return dateFault(field, value, today)
    case 'month':
      return typeof value === 'string' && isMonth(value) ? undefined : { code: 'date' }
    case 'one':
      return typeof value === 'string' && field.choices?.some((choice) => choice.key === value)
        ? undefined
        : { code: 'choice' }
    case 'many':
      return Array.isArray(value) && strings(value).every((key) => field.choices?.some((choice) => choice.key === key))
        ? undefined
        : { code: 'choice' }
    case 'yes_no':
      return typeof value === 'boolean' ? undefined : { code: 'wrongType' }
    case 'household':
    case 'entry':
    case 'person':
      return isId(value) ? undefined : { code: 'wrongType' }
    case 'unit':
      return typeof value === 'string' && /^\d{12}$/.test(value) ? undefined : { code: 'wrongType' }
    case 'place':
      return placeFault(value)
    case 'photo':
    case 'signature':
    case 'voice':
      return attachedFault(field, value)
    case 'people':
      return peopleFault(value)
    case 'items':
      return itemsFault(value)
  }
  return undefined
}

/** What is wrong with the values alone, whatever is asked or missing; twin of Form.Normalise in sync/catalogue. */
export function valueFaults(form: Form, content: Content, today = ''): Fault[] {
  return form.fields.filter(stored).flatMap((field) => {
    const value = content[field.key]
    const fault = value === undefined || isEmpty(value) ? undefined : faultOf(field, value, today)
    return fault ? [{ field: field.key, ...fault }] : []
  })
}

/** Fields that the form shows for this content; what is not shown asks for nothing. */
export const shown = (form: Form, content: Content): Field[] =>
  form.fields.filter((field) => !field.hidden && holds(form, field.visible, content))

/** The checks that a content does not keep, of fields that are asked; twin of Form.Broken in sync/catalogue. */
export const broken = (form: Form, content: Content, visible = shown(form, content)): Check[] =>
  (form.checks ?? []).filter(
    (check) => visible.some((field) => field.key === check.field) && fails(form, check.rule, content),
  )

/** All that keeps a content from being submitted, in the form's order; empty when it is good. `today` is the phone's. */
export function validate(form: Form, content: Content, today = ''): Fault[] {
  const visible = shown(form, content)
  const faults: Fault[] = form.fields
    .filter(
      (field) => field.required && (visible.includes(field) || (field.hidden && holds(form, field.visible, content))),
    )
    .filter((field) => tidy(content[field.key]) === undefined)
    .map((field) => ({ field: field.key, code: 'required' }))
  faults.push(...valueFaults(form, content, today))
  for (const keys of form.require_any ?? []) {
    const open = keys.filter((key) => visible.some((field) => field.key === key))
    // One that is hidden since, and filled, does as well.
    if (open.length > 0 && keys.every((key) => tidy(content[key]) === undefined)) {
      faults.push({ field: open[0]!, code: 'requireAny', fields: open })
    }
  }
  // A check speaks of what is there: where something is missing or wrong already, that comes first.
  if (!faults.length) {
    for (const { field, message } of broken(form, content, visible)) faults.push({ field, code: 'check', message })
  }
  const place = (fault: Fault) => form.fields.findIndex((field) => field.key === fault.field)
  return faults.sort((a, b) => place(a) - place(b))
}

/** The content without values of fields that are not shown, for a hidden answer must not count, nor of those that are derived. */
export function pruned(form: Form, content: Content): Content {
  let out = content
  for (const field of form.fields) {
    if (stored(field) || !(field.key in out)) continue
    out = { ...out }
    delete out[field.key]
  }
  // Hiding one field may hide another that hangs on it, so it is done until nothing changes.
  for (;;) {
    const gone = form.fields.filter((field) => field.key in out && !field.hidden && !holds(form, field.visible, out))
    if (gone.length === 0) return out
    out = { ...out }
    for (const field of gone) delete out[field.key]
  }
}
