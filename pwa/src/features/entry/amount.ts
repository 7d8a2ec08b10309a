import { fieldOf, type Form } from '@/domain/catalogue'
import { valueText } from '@/forms/show'
import { t } from '@/texts'
import { yuanText } from '@/texts/format'

/** An amount as its field is written; a list of goods is worth yuan. */
export function amountText(form: Form | undefined, key: string, value: number): string {
  const field = fieldOf(form, key)
  if (!field) return String(value)
  return field.type === 'items' ? `${yuanText(value)} ${t('capture.yuan')}` : valueText(field, value)
}
