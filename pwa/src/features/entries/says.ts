import type { Field } from '@/domain/catalogue'
import { isPeople, items, strings, type Content } from '@/domain/content'
import { fit } from '@/forms/pinyin'
import { recordName, valueText } from '@/forms/show'
import { unitName } from '@/state/places'

/** What was written or chosen in a field; households and people are found by their pinyin too. */
export function says(content: Content, field: Field, query: string): boolean {
  const value = content[field.key]
  if (value === undefined) return false
  switch (field.type) {
    case 'text':
    case 'long_text':
    case 'phone':
      return strings(value).some((text) => text.includes(query))
    case 'one':
    case 'many':
      return valueText(field, value).includes(query)
    case 'items':
      return items(value).some((one) => one.name.includes(query))
    case 'unit':
      return typeof value === 'string' && unitName(value).includes(query)
    case 'entry':
      return false
    default:
      return (isPeople(value) ? (value.persons ?? []) : strings(value)).some((id) => {
        const name = recordName(id)
        return name !== '' && fit(name, query) >= 0
      })
  }
}
