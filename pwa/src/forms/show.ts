import type { Field, Form } from '@/domain/catalogue'
import { fieldOf } from '@/domain/catalogue'
import { heads, isPeople, items, strings, type Content, type Value } from '@/domain/content'
import type { View } from '@/domain/overlay'
import type { Fault } from '@/domain/validate'
import { formOf } from '@/state/places'
import { view } from '@/state/records'
import { label, t } from '@/texts'
import { dayText, yuanText } from '@/texts/format'

/** How a record of a register is called: the first field of its summary. `""` where it is not on this phone. */
export function recordName(entity: string | undefined): string {
  const one = view(entity)
  if (!one) return ''
  const key = formOf(one.type, one.form)?.summary[0]
  return (key && strings(one.content[key])[0]) || ''
}

/** Names of households and persons; an online page gives its own, because its records are not on the phone. */
export type NameOf = (entity: string) => string

/** A value in words. */
export function valueText(field: Field, value: Value | undefined, nameOf: NameOf = recordName): string {
  if (value === undefined || value === '') return ''
  const choice = (key: string) => label(field.choices?.find((one) => one.key === key)?.label) || key
  switch (field.type) {
    case 'one':
    case 'many':
      return strings(value).map(choice).join(t('field.comma'))
    case 'date':
      return typeof value === 'string' ? dayText(value) : ''
    case 'money':
      return typeof value === 'number' ? `${yuanText(value)} ${t('capture.yuan')}` : String(value)
    case 'integer':
      return [String(value), label(field.unit)].filter(Boolean).join(' ')
    case 'yes_no':
      return value === true ? t('capture.yes') : t('capture.no')
    case 'household':
    case 'entry':
      return typeof value === 'string' ? nameOf(value) : ''
    case 'people': {
      if (!isPeople(value)) return String(value)
      const named = (value.persons ?? []).map(nameOf).filter(Boolean).join(t('field.comma'))
      const count = t('capture.peopleTotal', { n: heads(value) })
      return named && !value.unnamed ? named : [named, count].filter(Boolean).join('，')
    }
    case 'items':
      return items(value)
        .map(
          (one) =>
            `${one.name} ×${one.quantity ?? 1}${one.value ? `（${yuanText(one.value)} ${t('capture.yuan')}）` : ''}`,
        )
        .join(t('field.comma'))
    default:
      return String(value)
  }
}

export const fieldText = (form: Form | undefined, key: string, content: Content, nameOf?: NameOf): string => {
  const field = fieldOf(form, key)
  return field ? valueText(field, content[key], nameOf) : ''
}

/** The line of a list: the summary's fields. A sensitive entry tells nothing beyond that it exists. */
export function summaryText(one: View): string {
  if (one.stub) return ''
  if (one.type === 'entry' && one.sensitive) return ''
  const form = formOf(one.type, one.form)
  return (form?.summary ?? [])
    .map((key) => fieldText(form, key, one.content))
    .filter(Boolean)
    .join(' · ')
}

/** The title of a list's line: the form's name, or only that it is a sensitive entry. */
export function titleText(one: View): string {
  if (one.sensitive || one.stub) return t('entries.sensitive')
  return label(formOf(one.type, one.form)?.name) || t('entries.title')
}

export function faultText(form: Form, fault: Fault): string {
  const name = (key: string) => label(fieldOf(form, key)?.label)
  switch (fault.code) {
    case 'requireAny':
      return t('validate.requireAny', { labels: (fault.fields ?? []).map(name).join(t('field.comma')) })
    case 'min':
    case 'max':
    case 'tooLong':
      return t(`validate.${fault.code}`, { n: fault.limit ?? 0 })
    default:
      return t(`validate.${fault.code}`)
  }
}
