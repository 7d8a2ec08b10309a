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

/** Where something is, in millionths of a degree (WGS 84); accuracy in metres. */
export interface Place {
  lat: number
  lon: number
  accuracy: number
}

export type Value = string | number | boolean | string[] | People | Item[] | Place

/** A key without a value does not exist; `null` stands only in a patch, where it empties the field. */
export type Content = Record<string, Value>
export type Patch = Record<string, Value | null>

export type RecordType = 'entry' | 'household' | 'person'

const isObject = (value: Value | null | undefined): value is People | Place =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isPlace = (value: Value | null | undefined): value is Place => isObject(value) && 'lat' in value

export const isPeople = (value: Value | null | undefined): value is People => isObject(value) && !('lat' in value)

/** Whether a text is the id of a record or an attachment. No choice looks like one. */
export const isId = (text: unknown): boolean => typeof text === 'string' && /^[0-9a-f]{32}$/.test(text)

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
