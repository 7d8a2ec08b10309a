import { isId, isPeople, type Content, type Patch, type Value } from './content'

/** SHA-256 of a text's UTF-8 bytes as 64 hex digits; given by the caller so that the core needs no library. */
export type Sha256 = (text: string) => string

/** A value that has no canonical form (W1): the server would answer `wrong_type`. */
export class NotCanonical extends Error {}

/** Order of Unicode code points; the language's own order of UTF-16 units differs beyond U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) {
      // Surrogates stand for code points above every other unit.
      const high = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? 1 : 0)
      return high(x) - high(y) || x - y
    }
  }
  return a.length - b.length
}

/** A many-of value as it is kept: sorted by code point, each once. */
export const asSet = (keys: readonly string[]): string[] => [...new Set(keys)].sort(byCodePoint)

export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && Object.values(value).every(isEmpty)
}

const short: Record<string, string> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
}

function writeString(text: string): string {
  // U+FFFD is what a decoder puts for broken text: refused on both sides, so that hashes never differ.
  // Pairs are taken out first; a surrogate that is left stands alone. (Safari 15 knows no look-behind.)
  if (
    /[\ufffd\ud800-\udfff]/.test(text) &&
    /[\ufffd\ud800-\udfff]/.test(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ''))
  ) {
    throw new NotCanonical('text')
  }
  return `"${text.replace(/["\\\u0000-\u001f]/g, (c) => short[c] ?? `\\u00${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`
}

function write(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return writeString(value)
    case 'boolean':
      return String(value)
    case 'number':
      if (!Number.isSafeInteger(value)) throw new NotCanonical('number')
      return String(value === 0 ? 0 : value)
  }
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  if (typeof value === 'object' && value !== null) return writeObject(value as Record<string, unknown>)
  throw new NotCanonical('value')
}

function writeObject(object: Record<string, unknown>): string {
  const keys = Object.keys(object)
    .filter((key) => !isEmpty(object[key]))
    .sort(byCodePoint)
  return `{${keys.map((key) => `${writeString(key)}:${write(object[key])}`).join(',')}}`
}

/** One value in canonical form; `""` where there is none. Two values are equal exactly when these are. */
export const canonicalValue = (value: unknown): string => (isEmpty(value) ? '' : write(value))

/** The canonical JSON of a content (W1). */
export const canonical = (content: Content): string => writeObject(content)

export const version = (content: Content, sha256: Sha256): string => sha256(canonical(content))

/** Whether two values are the same; one without a canonical form (a number half typed) is like no other. */
export function same(a: Value | null | undefined, b: Value | null | undefined): boolean {
  try {
    return canonicalValue(a) === canonicalValue(b)
  } catch (error) {
    if (error instanceof NotCanonical) return Object.is(a, b)
    throw error
  }
}

/** A value as it is stored: sets sorted, empty parts left out, `undefined` for none. */
export function tidy(value: Value | null | undefined): Value | undefined {
  if (value === null || value === undefined) return undefined
  if (Array.isArray(value)) {
    if (value.length === 0) return undefined
    // Photos keep the order in which they were taken; choices have none.
    if (value.every(isId)) return value
    return value.every((one) => typeof one === 'string') ? asSet(value as string[]) : value
  }
  if (isPeople(value)) {
    const persons = asSet(value.persons ?? [])
    const people = {
      ...(persons.length ? { persons } : {}),
      ...(value.unnamed !== undefined && value.unnamed !== 0 ? { unnamed: value.unnamed } : {}),
    }
    return Object.keys(people).length ? people : undefined
  }
  return value === '' ? undefined : value
}

/** A content with every value tidied and empty keys left out. */
export function tidyContent(content: Record<string, Value | null | undefined>): Content {
  const out: Content = {}
  for (const [key, value] of Object.entries(content)) {
    const kept = tidy(value)
    if (kept !== undefined) out[key] = kept
  }
  return out
}

/** What has to be patched to make `from` into `to`; `null` empties a field. */
export function difference(from: Content, to: Content): Patch {
  const out: Patch = {}
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (!same(from[key], to[key])) out[key] = to[key] ?? null
  }
  return out
}
