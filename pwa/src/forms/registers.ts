import type { View } from '@/domain/overlay'
import { strings, type Content } from '@/domain/content'
import { formOf } from '@/state/places'
import { entries, households, persons } from '@/state/records'
import { fit } from './pinyin'
import { recordName } from './show'

/** Records of a register that fit what was typed, best first; an empty query keeps the order. */
export function found(list: readonly View[], typed: string): View[] {
  if (!typed.trim()) return [...list]
  const scored: { one: View; score: number }[] = []
  for (const one of list) {
    const sheet = formOf(one.type, one.form)
    let best = -1
    for (const [place, key] of (sheet?.summary ?? []).entries()) {
      const score = fit(strings(one.content[key])[0] ?? '', typed)
      // A fit of the name is worth more than one of the address.
      if (score >= 0 && (best < 0 || score + place * 3 < best)) best = score + place * 3
    }
    if (best >= 0) scored.push({ one, score: best })
  }
  return scored.sort((a, b) => a.score - b.score).map(({ one }) => one)
}

const collator = new Intl.Collator('zh-CN-u-co-pinyin')
export const byName = (a: View, b: View): number => collator.compare(recordName(a.entity), recordName(b.entity))

/** Households of a unit, those of the newest entries first. */
export function householdsOf(unit: string): View[] {
  const last = new Map<string, number>()
  for (const entry of entries.value) {
    const id = entry.content.household
    if (typeof id === 'string' && !last.has(id)) last.set(id, entry.createdAt)
  }
  return households.value
    .filter((one) => one.unit === unit)
    .sort((a, b) => (last.get(b.entity) ?? b.createdAt) - (last.get(a.entity) ?? a.createdAt))
}

export const membersOf = (household: string | undefined): View[] =>
  household ? persons.value.filter((one) => one.content.household === household) : []

/** The address or other second line of a register's record. */
export function secondLine(one: View): string {
  const keys = formOf(one.type, one.form)?.summary.slice(1) ?? []
  return keys
    .map((key) => one.content[key])
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .join(' · ')
}

/** What a new record of a register begins with when somebody typed a name and did not find it. */
export function named(type: 'household' | 'person', name: string, household?: string): Content {
  const key = formOf(type)?.summary[0]
  // Letters are a search by pinyin, not a name.
  const typed = /[^\x00-\x7f]/.test(name) ? name.trim() : ''
  return { ...(key && typed ? { [key]: typed } : {}), ...(household ? { household } : {}) }
}
