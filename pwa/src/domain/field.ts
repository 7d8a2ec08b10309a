import type { Field, FieldType } from './catalogue'

/** What follows from a field's definition alone; the twin of Field's methods in sync/catalogue. */

/** The type of its value: of a computed field that of its result. */
export const valueType = (field: Field): FieldType | undefined =>
  field.type === 'computed' ? field.result : field.type

/** How many steps of its value make one: ten of a decimal of scale 1. */
export const stepsOf = (field: Field): number => (valueType(field) === 'decimal' ? 10 ** (field.scale ?? 0) : 1)

/** Whether its value names attachments. */
export const attached = (field: Field): boolean => ['photo', 'signature', 'voice'].includes(field.type)

/** How many attachments it takes. */
export function mostOf(field: Field): number {
  if (field.type === 'signature') return 1
  return typeof field.max === 'number' ? field.max : field.type === 'photo' ? 3 : 1
}

/** Whether an entry holds a value of it: a computed one is derived, a note has none. */
export const stored = (field: Field): boolean => field.type !== 'computed' && field.type !== 'note'

/** The day that a default or a bound of a date means: `today`, `today-N`, `today+N` or a day. `plus` reckons with days. */
export function dayMeant(words: string, today: string, plus: (day: string, days: number) => string): string {
  const match = /^today([+-]\d+)?$/.exec(words)
  return match ? plus(today, Number(match[1] ?? 0)) : words
}
