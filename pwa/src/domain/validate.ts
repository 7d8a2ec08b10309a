import { canonicalValue, NotCanonical, tidy } from './canonical'
import type { Field, Form } from './catalogue'
import { holds } from './expressions'
import { heads, isPeople, items, strings, type Content, type Value } from './content'

/** What is wrong with a field; the screen has the sentence. `limit` is the bound that it broke. */
export interface Fault {
  field: string
  code:
    'required' | 'requireAny' | 'wrongType' | 'tooLong' | 'min' | 'max' | 'date' | 'choice' | 'phone' | 'items' | 'text'
  limit?: number
  fields?: string[]
}

const longest: Partial<Record<Field['type'], number>> = { text: 200, phone: 30, long_text: 2000 }
const maxMoney = 1_000_000_000_000

export function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return false
  const [y, m, d] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const date = new Date(Date.UTC(y, m - 1, d))
  return y >= 1900 && y < 2200 && date.getUTCMonth() === m - 1 && date.getUTCDate() === d
}

function faultOf(field: Field, value: Value): Omit<Fault, 'field'> | undefined {
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
    case 'money': {
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) return { code: 'wrongType' }
      const money = field.type === 'money'
      const min = field.min ?? (money ? 0 : undefined)
      const max = field.max ?? (money ? maxMoney : undefined)
      if (min !== undefined && value < min) return { code: 'min', limit: money ? min / 100 : min }
      if (max !== undefined && value > max) return { code: 'max', limit: money ? max / 100 : max }
      return undefined
    }
    case 'date':
      return typeof value === 'string' && isDate(value) ? undefined : { code: 'date' }
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
      return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value) ? undefined : { code: 'wrongType' }
    case 'people': {
      if (!isPeople(value)) return { code: 'wrongType' }
      const unnamed = value.unnamed ?? 0
      if (!Number.isSafeInteger(unnamed) || unnamed < 0) return { code: 'wrongType' }
      return heads(value) > 10_000_000 ? { code: 'max', limit: 10_000_000 } : undefined
    }
    case 'items': {
      if (!Array.isArray(value) || items(value).length !== value.length) return { code: 'wrongType' }
      return items(value).every((one) => one.name && (one.quantity ?? 0) > 0 && (one.value ?? 0) >= 0)
        ? undefined
        : { code: 'items' }
    }
  }
}

/** Fields that the form shows for this content; what is not shown asks for nothing. */
export const shown = (form: Form, content: Content): Field[] =>
  form.fields.filter((field) => !field.hidden && holds(form, field.visible, content))

/** All that keeps a content from being submitted; empty when it is good. */
export function validate(form: Form, content: Content): Fault[] {
  const faults: Fault[] = []
  const visible = shown(form, content)
  for (const field of form.fields) {
    const value = tidy(content[field.key])
    if (value === undefined) {
      if (field.required && (field.hidden || visible.includes(field)))
        faults.push({ field: field.key, code: 'required' })
      continue
    }
    const fault = faultOf(field, value)
    if (fault) faults.push({ field: field.key, ...fault })
  }
  for (const keys of form.require_any ?? []) {
    const open = keys.filter((key) => visible.some((field) => field.key === key))
    if (open.length > 0 && open.every((key) => tidy(content[key]) === undefined)) {
      faults.push({ field: open[0]!, code: 'requireAny', fields: open })
    }
  }
  return faults
}

/** The content without values of fields that are not shown: a hidden answer must not count. */
export function pruned(form: Form, content: Content): Content {
  let out = content
  // Hiding one field may hide another that hangs on it, so it is done until nothing changes.
  for (;;) {
    const gone = form.fields.filter((field) => field.key in out && !field.hidden && !holds(form, field.visible, out))
    if (gone.length === 0) return out
    out = { ...out }
    for (const field of gone) delete out[field.key]
  }
}
