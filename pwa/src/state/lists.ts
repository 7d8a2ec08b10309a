import type { RecordType } from '@/domain/content'
import type { View } from '@/domain/overlay'

/** The newest first. */
export const byAge = (a: View, b: View): number => b.createdAt - a.createdAt

/**
 * A list of the records of one type after some records have changed. Twenty thousand are neither filtered by type nor
 * sorted again for each that is saved; a list of which nothing changed stays the same, and with it all that is
 * computed from it. Entries stand by their age, other records where they stood.
 */
export function withChanged(
  list: readonly View[],
  changed: ReadonlySet<string>,
  views: ReadonlyMap<string, View>,
  type: RecordType,
): readonly View[] {
  if (changed.size <= few) return withFew(list, changed, views, type)
  const news = new Map<string, View>()
  for (const entity of changed) {
    const one = views.get(entity)
    if (one?.type === type) news.set(entity, one)
  }
  const here = list.some((one) => changed.has(one.entity))
  if (!here && !news.size) return list
  const out: View[] = []
  for (const one of list) {
    const entity = one.entity
    if (!changed.has(entity)) out.push(one)
    else if (type !== 'entry' && news.has(entity)) {
      out.push(news.get(entity)!)
      news.delete(entity)
    }
  }
  out.push(...news.values())
  return type === 'entry' ? out.sort(byAge) : out
}

/** A save changes a handful: they are taken out and put in. Thousands, from a file, are sorted in with all others. */
const few = 20

function withFew(
  list: readonly View[],
  changed: ReadonlySet<string>,
  views: ReadonlyMap<string, View>,
  type: RecordType,
): readonly View[] {
  let out: View[] | undefined
  for (const entity of changed) {
    const at = (out ?? list).findIndex((one) => one.entity === entity)
    const now = views.get(entity)
    const one = now?.type === type ? now : undefined
    if (at < 0 && !one) continue
    out ??= list.slice()
    if (one && type !== 'entry' && at >= 0) out[at] = one
    else {
      if (at >= 0) out.splice(at, 1)
      if (one) out.splice(type === 'entry' ? place(out, one) : out.length, 0, one)
    }
  }
  return out ?? list
}

/** Where an entry belongs in a list that is in order: before those of the same age. */
function place(list: readonly View[], one: View): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (byAge(list[middle]!, one) < 0) low = middle + 1
    else high = middle
  }
  return low
}
