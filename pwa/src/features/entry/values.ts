import { fieldOf, type Field, type Form } from '@/domain/catalogue'
import type { Content } from '@/domain/content'
import { derive } from '@/domain/derive'
import { recordName, valueText, type NameOf } from '@/forms/show'

/** The household that an entry is about, or else the persons named in it. */
export function whoText(form: Form | undefined, content: Content, nameOf: NameOf = recordName): string {
  for (const type of ['household', 'people', 'person'] as const) {
    for (const field of form?.fields ?? []) {
      if (field.type !== type || content[field.key] === undefined) continue
      const text = valueText(field, content[field.key], nameOf)
      if (text) return text
    }
  }
  return ''
}

/** What an entry says in a list after who it is about: its form's summary, with amounts. */
export function whatText(form: Form | undefined, content: Content, nameOf: NameOf = recordName): string {
  if (!form) return ''
  const keys = new Set(form.summary)
  for (const field of form.fields) if (field.type === 'money' && !field.hidden) keys.add(field.key)
  const who = whoText(form, content, nameOf)
  const whole = derive(form, content)
  return (
    [...keys]
      .map((key) => fieldOf(form, key))
      .filter((field): field is Field => !!field && whole[field.key] !== undefined)
      // Where names are withheld, what is computed of them would be of half the answers.
      .filter((field) => field.type !== 'computed' || !(field.personal || field.sensitive))
      .map((field) => valueText(field, whole[field.key], nameOf))
      .filter((text) => text && text !== who)
      .join(' · ')
  )
}

/** The day that an entry counts on. */
export const dayOf = (content: Content): string => (typeof content.occurred_on === 'string' ? content.occurred_on : '')
