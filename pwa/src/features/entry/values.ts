import { fieldOf, type Field, type Form } from '@/domain/catalogue'
import { heads, isPeople, items, strings, type Content, type RecordType, type Value } from '@/domain/content'
import { formOf } from '@/state/places'
import { view } from '@/state/records'
import { label, t } from '@/texts'
import { dayText, yuanText } from '@/texts/format'

/** Finds the content of a household or person that a value names; `undefined` where this phone may not read it. */
export type Lookup = (type: RecordType, id: string) => Content | undefined

/** Looks in the records that this phone replicates. */
export const onPhone: Lookup = (_type, id) => {
  const found = view(id)
  return found && !found.stub ? found.content : undefined
}

/** How a record of a register is called: the first of its register's summary fields. */
export function registerTitle(type: RecordType, id: string, lookup: Lookup): string {
  const content = lookup(type, id)
  const first = formOf(type)?.summary[0]
  const value = content && first ? content[first] : undefined
  if (typeof value === 'string' && value) return value
  return t(type === 'household' ? 'entry.unknownHousehold' : 'entry.unknownPerson')
}

const choiceText = (field: Field, key: string): string => {
  const choice = field.choices?.find((one) => one.key === key)
  return choice ? label(choice.label) : key
}

/** A field's value in words. */
export function valueText(field: Field, value: Value | null | undefined, lookup: Lookup = onPhone): string {
  if (value === null || value === undefined) return t('entry.empty')
  const unit = field.unit ? label(field.unit) : ''
  switch (field.type) {
    case 'one':
    case 'many':
      return strings(value)
        .map((key) => choiceText(field, key))
        .join(t('entry.comma'))
    case 'yes_no':
      return t(value ? 'capture.yes' : 'capture.no')
    case 'money':
      return typeof value === 'number' ? `${yuanText(value)} ${unit || t('capture.yuan')}` : String(value)
    case 'integer':
      return typeof value === 'number' ? `${value.toLocaleString()}${unit ? ` ${unit}` : ''}` : String(value)
    case 'date':
      return typeof value === 'string' ? dayText(value) : ''
    case 'household':
      return typeof value === 'string' ? registerTitle('household', value, lookup) : ''
    case 'people': {
      if (!isPeople(value)) return ''
      const named = (value.persons ?? []).map((id) => registerTitle('person', id, lookup))
      const rest = value.unnamed ?? 0
      if (!named.length) return t('entry.heads', { n: rest })
      const text = named.join(t('entry.comma'))
      return rest ? t('entry.namedAndHeads', { named: text, n: rest, all: heads(value) }) : text
    }
    case 'items':
      return items(value)
        .map((one) =>
          one.value
            ? t('entry.itemWorth', { name: one.name, n: one.quantity ?? 1, yuan: yuanText(one.value) })
            : t('entry.item', { name: one.name, n: one.quantity ?? 1 }),
        )
        .join(t('entry.comma'))
    case 'entry':
      return t('entry.another')
    default:
      return String(value)
  }
}

/** The household that an entry is about, or else the first person named in it. */
export function whoText(form: Form | undefined, content: Content, lookup: Lookup = onPhone): string {
  for (const field of form?.fields ?? []) {
    const value = content[field.key]
    if (field.type === 'household' && typeof value === 'string') return registerTitle('household', value, lookup)
  }
  for (const field of form?.fields ?? []) {
    const value = content[field.key]
    if (field.type === 'people' && isPeople(value)) return valueText(field, value, lookup)
  }
  return ''
}

/** What an entry says in a list, after the household: its form's summary, with amounts. */
export function whatText(form: Form | undefined, content: Content, lookup: Lookup = onPhone): string {
  if (!form) return ''
  const keys = new Set(form.summary)
  for (const field of form.fields) if (field.type === 'money' && content[field.key] !== undefined) keys.add(field.key)
  return [...keys]
    .map((key) => fieldOf(form, key))
    .filter((field): field is Field => !!field && field.type !== 'household' && content[field.key] !== undefined)
    .filter(
      (field) => field.type !== 'people' || form.fields.some((one) => one.type === 'household' && content[one.key]),
    )
    .map((field) => valueText(field, content[field.key], lookup))
    .join(' · ')
}

/** The day that an entry counts on. */
export const dayOf = (content: Content): string => (typeof content.occurred_on === 'string' ? content.occurred_on : '')
