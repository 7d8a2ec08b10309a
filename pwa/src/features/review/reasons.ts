import type { FieldType, Form } from '@/domain/catalogue'
import type { Content } from '@/domain/content'
import type { TextKey } from '@/texts'

/** Ready-made reasons; each knows the kind of field that it usually means, so that one tap marks it too. */
export interface ReadyReason {
  key: string
  text: TextKey
  types: FieldType[]
}

export const readyReasons: readonly ReadyReason[] = [
  { key: 'date', text: 'review.reason.date', types: ['date'] },
  { key: 'household', text: 'review.reason.household', types: ['household'] },
  { key: 'amount', text: 'review.reason.amount', types: ['money', 'items'] },
  { key: 'thin', text: 'review.reason.thin', types: ['long_text'] },
  { key: 'people', text: 'review.reason.people', types: ['people'] },
  { key: 'other', text: 'review.reason.other', types: [] },
]

/**
 * The fields that a ready-made reason means: of its type, first those that are filled; nobody is told that a
 * money field she never saw is wrong.
 */
export function fieldsMeant(reason: ReadyReason, form: Form | undefined, content: Content): string[] {
  const fields = (form?.fields ?? []).filter((field) => !field.hidden && reason.types.includes(field.type))
  const filled = fields.filter((field) => content[field.key] !== undefined)
  const first = (filled.length ? filled : fields)[0]
  if (reason.types.includes('date') && fields.some((field) => field.key === 'occurred_on')) return ['occurred_on']
  return first ? [first.key] : []
}
