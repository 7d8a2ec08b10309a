import type { Field, Form } from '@/domain/catalogue'
import { fieldOf } from '@/domain/catalogue'
import { heads, isPeople, isPlace, items, strings, type Content, type Value } from '@/domain/content'
import { derive } from '@/domain/derive'
import { stepsOf, valueType } from '@/domain/field'
import type { View } from '@/domain/overlay'
import { formOf, unitLong } from '@/state/places'
import { language, label, t } from '@/texts'
import { dayText, yuanText } from '@/texts/format'
import { recordName, type NameOf } from './names'

export { recordName, type NameOf }

/** A decimal's steps as a number in words: 125 of scale 1 is 12.5. */
export function decimalText(field: Field, steps: number): string {
  return (steps / stepsOf(field)).toLocaleString(language.value === 'en' ? 'en-US' : 'zh-CN', {
    maximumFractionDigits: field.scale ?? 0,
  })
}

const degrees = (millionths: number) => `${(millionths / 1_000_000).toFixed(5)}°`

/** A value in words. */
export function valueText(field: Field, value: Value | undefined, nameOf: NameOf = recordName): string {
  if (value === undefined || value === '') return ''
  const choice = (key: string) => label(field.choices?.find((one) => one.key === key)?.label) || key
  switch (valueType(field)) {
    case 'one':
    case 'many':
      return strings(value).map(choice).join(t('field.comma'))
    case 'date':
      return typeof value === 'string' ? dayText(value) : ''
    case 'money':
      return typeof value === 'number' ? `${yuanText(value)} ${t('capture.yuan')}` : String(value)
    case 'decimal':
      return [typeof value === 'number' ? decimalText(field, value) : String(value), label(field.unit)]
        .filter(Boolean)
        .join(' ')
    case 'month': {
      const [y, m] = String(value).split('-')
      return y && m ? t('fields.yearMonth', { y, m: Number(m) }) : String(value)
    }
    case 'unit':
      return unitLong(String(value))
    case 'place':
      return isPlace(value)
        ? t('fields.placeExact', { lat: degrees(value.lat), lon: degrees(value.lon), m: value.accuracy })
        : ''
    case 'photo':
      return t('fields.photos', { n: strings(value).length })
    case 'signature':
      return t('fields.signed')
    case 'voice':
      return t('fields.voices', { n: strings(value).length })
    case 'integer':
      return [String(value), label(field.unit)].filter(Boolean).join(' ')
    case 'yes_no':
      return value === true ? t('capture.yes') : t('capture.no')
    case 'household':
    case 'person':
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
  if (!field) return ''
  const value = field.type === 'computed' ? derive(form, content)[key] : content[key]
  return valueText(field, value, nameOf)
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
