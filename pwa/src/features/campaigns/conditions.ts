import { fieldOf, type Field, type Form } from '@/domain/catalogue'
import type { Content, Value } from '@/domain/content'
import { stepsOf } from '@/domain/field'
import type { Counts } from './data'

/** One question with the answers that count; a number that is at least so much; yes or no. */
export interface Condition {
  field: string
  answers: string[]
  /** Of a number, in its own steps: fen, tenths. */
  least?: number
  yes?: boolean
}

const kinds = ['one', 'many', 'yes_no', 'integer', 'money', 'decimal']
const numeric = ['integer', 'money', 'decimal']

/** Whether a field may be asked for by a campaign: twin of Form.Asks in sync/catalogue, which decides. */
export const asks = (form: Form, field: Field): boolean =>
  !field.personal &&
  !field.sensitive &&
  !field.hidden &&
  kinds.includes(field.type) &&
  !(form.sensitive && new RegExp(`\\b(${field.key}|entry)\\b`).test(form.sensitive))

export const asked = (form: Form | undefined): Field[] => form?.fields.filter((field) => asks(form, field)) ?? []

/** The numbers of a form that can be summed up. */
export const summed = (form: Form | undefined): Field[] => asked(form).filter((field) => numeric.includes(field.type))

export const isNumber = (field: Field | undefined): boolean => !!field && numeric.includes(field.type)

function celOf(form: Form, one: Condition): string {
  const field = fieldOf(form, one.field)
  if (!field) return ''
  if (isNumber(field)) {
    if (one.least === undefined) return ''
    const steps = stepsOf(field)
    const text =
      field.type === 'decimal' ? (one.least / steps).toFixed(Math.max(1, field.scale ?? 0)) : String(one.least)
    return `${field.key} >= ${text}`
  }
  if (field.type === 'yes_no') return one.yes === undefined ? '' : `${one.yes ? '' : '!'}${field.key}`
  const each = one.answers.map((key) =>
    field.type === 'many' ? `'${key}' in ${field.key}` : `${field.key} == '${key}'`,
  )
  return each.length > 1 ? `(${each.join(' || ')})` : (each[0] ?? '')
}

/** Conditions as CEL, all of which must hold; one that is not finished is not there yet. */
export const toCel = (form: Form | undefined, list: readonly Condition[]): string =>
  form
    ? list
        .map((one) => celOf(form, one))
        .filter(Boolean)
        .join(' && ')
    : ''

function parsed(form: Form, text: string): Condition | undefined {
  const number = /^(\w+) >= (\d+(?:\.\d+)?)$/.exec(text)
  if (number) {
    const field = fieldOf(form, number[1]!)
    return field && { field: field.key, answers: [], least: Math.round(Number(number[2]) * stepsOf(field)) }
  }
  const flag = /^(!?)(\w+)$/.exec(text)
  if (flag) return { field: flag[2]!, answers: [], yes: !flag[1] }
  const answers: string[] = []
  let of = ''
  for (const part of text.replace(/^\((.*)\)$/, '$1').split(' || ')) {
    const one = /^(\w+) == '(\w+)'$/.exec(part)
    const many = /^'(\w+)' in (\w+)$/.exec(part)
    const [key, answer] = one ? [one[1]!, one[2]!] : many ? [many[2]!, many[1]!] : ['', '']
    if (!key || (of && of !== key)) return undefined
    of = key
    answers.push(answer)
  }
  return { field: of, answers }
}

/** CEL as conditions that can be shown; `undefined` where somebody wrote what they cannot say. */
export function fromCel(form: Form | undefined, where: string): Condition[] | undefined {
  if (!where) return []
  if (!form) return undefined
  const list = where.split(' && ').map((part) => parsed(form, part))
  if (list.some((one) => !one || !asked(form).some((field) => field.key === one.field))) return undefined
  const out = list as Condition[]
  return toCel(form, out) === where ? out : undefined
}

/** What the conditions, or the part of a figure, fix to one answer: filled in beforehand when the form is opened. */
export function presetOf(form: Form | undefined, counts: Counts): Content {
  const out: Record<string, Value> = {}
  const put = (key: string, answers: string[], yes?: boolean) => {
    const field = fieldOf(form, key)
    if (!field || field.personal) return
    if (field.type === 'yes_no' && yes !== undefined) out[key] = yes
    else if (answers.length === 1 && field.choices?.some((one) => one.key === answers[0]))
      out[key] = field.type === 'many' ? answers : answers[0]!
  }
  for (const one of fromCel(form, counts.where ?? '') ?? []) put(one.field, one.answers, one.yes)
  for (const part of counts.group?.split('+') ?? []) {
    const [key, answer] = part.split('=')
    if (key && answer) put(key, [answer])
  }
  return out
}
