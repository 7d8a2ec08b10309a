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
  /** Of a field of attachments how many it takes (M10); 0 of every other. */
  most?: (field: string) => number
  /** What the author's log has itself put into a field since the trunk (M5). */
  said?: (field: string) => string[]
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

/**
 * (now − removed) ∪ added, where removed and added are what the author did to what she saw: to what the trunk had, and
 * to what she had put there herself since (M5, M10).
 */
function meet(now: string[], had: string[], said: string[], has: string[]): string[] {
  const kept = now.filter((one) => has.includes(one) || (!had.includes(one) && !said.includes(one)))
  return [...kept, ...has.filter((one) => !had.includes(one) && !kept.includes(one))]
}

/** A list in the author's order where it is all hers; what others added keeps its place before hers. */
const listed = (all: string[], hers: string[]): string[] =>
  all.length === hers.length && all.every((one) => hers.includes(one)) ? hers : all

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
    const many = input.many(field)
    const most = input.most?.(field) ?? 0
    const has = strings(want)
    const all = many || most ? meet(strings(now), strings(then), input.said?.(field) ?? [], has) : []
    if (input.resolve?.includes(field)) {
      if (!same(now, want)) set(want) // M7
    } else if (same(now, want)) {
      conflicts = without(field) // M1
    } else if (many || (most && all.length <= most)) {
      if (!same(now, then) && input.writer(field) !== input.epoch) merged = true
      const met = tidy(many ? asSet(all) : listed(all, has)) // M5, M10
      if (!same(met, now)) set(met)
      conflicts = without(field)
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
