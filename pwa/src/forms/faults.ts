import { fieldOf, type Form } from '@/domain/catalogue'
import type { Fault } from '@/domain/validate'
import { label, t } from '@/texts'
import { dayText } from '@/texts/format'

/** What is wrong with a field, in words. */
export function faultText(form: Form, fault: Fault): string {
  const name = (key: string) => label(fieldOf(form, key)?.label)
  switch (fault.code) {
    case 'check':
      return label(fault.message)
    case 'requireAny':
      return t('validate.requireAny', { labels: (fault.fields ?? []).map(name).join(t('field.comma')) })
    case 'min':
    case 'max':
    case 'tooLong':
    case 'attached':
      return t(`validate.${fault.code}`, { n: fault.limit ?? 0 })
    case 'early':
    case 'late':
      return t(`validate.${fault.code}`, { day: dayText(fault.day ?? '') })
    default:
      return t(`validate.${fault.code}`)
  }
}
