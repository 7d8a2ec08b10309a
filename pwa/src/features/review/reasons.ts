import type { FieldType, Form } from '@/domain/catalogue'
import type { Content } from '@/domain/content'
import type { TextKey } from '@/texts'

/** Ready-made reasons; each knows the kind of field that it usually means, so that one tap marks it too. */
export interface ReadyReason {
  key: string
  text: TextKey
  types: FieldType[]
  /** The steps that it is a reason for. */
  events: Asking[]
}

/** Steps that ask why. */
export type Asking = 'return' | 'refuse' | 'void'
const all: Asking[] = ['return', 'refuse', 'void']

export const readyReasons: readonly ReadyReason[] = [
  { key: 'duplicate', text: 'review.reason.duplicate', types: [], events: ['void'] },
  { key: 'date', text: 'review.reason.date', types: ['date'], events: all },
  { key: 'household', text: 'review.reason.household', types: ['household'], events: all },
  { key: 'amount', text: 'review.reason.amount', types: ['money', 'items', 'decimal'], events: all },
  { key: 'thin', text: 'review.reason.thin', types: ['long_text'], events: ['return', 'refuse'] },
  { key: 'people', text: 'review.reason.people', types: ['people', 'person'], events: ['return', 'refuse'] },
  { key: 'other', text: 'review.reason.other', types: [], events: all },
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
