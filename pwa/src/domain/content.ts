/** What a record holds, and the shapes of a field's value. Money is integer fen, a date is `YYYY-MM-DD`. */
export interface People {
  persons?: string[]
  unnamed?: number
}

export interface Item {
  name: string
  quantity?: number
  value?: number
}

export type Value = string | number | boolean | string[] | People | Item[]

/** A key without a value does not exist; `null` stands only in a patch, where it empties the field. */
export type Content = Record<string, Value>
export type Patch = Record<string, Value | null>

export type RecordType = 'entry' | 'household' | 'person'

export const isPeople = (value: Value | null | undefined): value is People =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An array of strings, or the one string, or nothing. */
export function strings(value: Value | null | undefined): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  if (Array.isArray(value)) return value.filter((one): one is string => typeof one === 'string')
  return []
}

export const items = (value: Value | null | undefined): Item[] =>
  Array.isArray(value) ? value.filter((one): one is Item => typeof one === 'object') : []

/** Persons and unnamed together. */
export const heads = (value: Value | null | undefined): number =>
  isPeople(value) ? (value.persons?.length ?? 0) + (value.unnamed ?? 0) : 0
