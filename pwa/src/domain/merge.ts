import { asSet, byCodePoint, same, tidy } from './canonical'
import type { Conflict } from './change'
import { strings, type Content, type Patch, type Value } from './content'

/** Merges one patch into one content, field by field (SPEC section 4); twin of sync/merge. */
export interface MergeInput {
  current: Content
  conflicts: readonly Conflict[]
  /** The epoch that wrote a field last, `undefined` where nobody did. */
  writer: (field: string) => string | undefined
  /** Every field that has a writer, for M9. */
  written: readonly string[]
  /** What the author saw; empty where it is not known (M6). */
  trunk: Content
  epoch: string
  account: string
  at: number
  fields: Patch
  resolve?: readonly string[]
  many: (field: string) => boolean
}

export interface MergeResult {
  content: Content
  conflicts: Conflict[]
  /** Fields that the patch wrote. */
  wrote: string[]
  changed: boolean
  conflict: boolean
  merged: boolean
}

/** (now − removed) ∪ added, where removed and added are what the author did to the set that she saw (M5). */
function mergeSets(now: Value | undefined, then: Value | undefined, want: Value | undefined): string[] {
  const had = strings(then)
  const has = strings(want)
  const kept = strings(now).filter((one) => has.includes(one) || !had.includes(one))
  return asSet([...kept, ...has.filter((one) => !had.includes(one))])
}

export function merge(input: MergeInput): MergeResult {
  const content: Content = { ...input.current }
  let conflicts = [...input.conflicts]
  const wrote: string[] = []
  let conflict = false
  let merged = false
  const without = (field: string) => conflicts.filter((one) => one.field !== field || one.by !== input.account)

  for (const field of Object.keys(input.fields).sort(byCodePoint)) {
    const now = input.current[field]
    const then = input.trunk[field]
    const want = tidy(input.fields[field])
    const set = (value: Value | undefined) => {
      if (value === undefined) delete content[field]
      else content[field] = value
      wrote.push(field)
    }
    if (input.resolve?.includes(field)) {
      if (!same(now, want)) set(want) // M7
    } else if (same(now, want)) {
      conflicts = without(field) // M1
    } else if (input.many(field)) {
      if (!same(now, then) && input.writer(field) !== input.epoch) merged = true
      const union = tidy(mergeSets(now, then, want)) // M5
      if (!same(union, now)) set(union)
    } else if (same(now, then) || input.writer(field) === input.epoch) {
      set(want) // M2, M3
      conflicts = without(field)
    } else {
      conflict = true // M4
      conflicts = [...without(field), { field, value: want ?? null, by: input.account, at: input.at }]
    }
  }
  if (input.resolve?.length) conflicts = conflicts.filter((one) => !input.resolve!.includes(one.field))
  if (!merged) {
    // M9: somebody else changed a field that the patch does not name, after the version that the author saw.
    merged = input.written.some(
      (field) =>
        !(field in input.fields) &&
        input.writer(field) !== input.epoch &&
        !same(input.current[field], input.trunk[field]),
    )
  }
  return { content, conflicts, wrote, changed: wrote.length > 0, conflict, merged }
}
