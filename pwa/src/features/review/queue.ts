import type { Form } from '@/domain/catalogue'
import type { Content } from '@/domain/content'
import type { View } from '@/domain/overlay'

/** What a reviewer should look at before she approves. The first two come from the server (S9), the others are seen here. */
export type Oddity = 'date_odd' | 'clock_off' | 'same_day' | 'amount_odd'

/** The queue's parts, in the order in which they want to be looked at. */
export const ranks = ['urgent', 'conflict', 'flagged', 'changed', 'ordinary'] as const
export type Rank = (typeof ranks)[number]

/** What this reviewer last looked at, and before that: the difference stays in sight when she opens the entry again. */
export interface Looked {
  version: string
  content: Content
  before?: { version: string; content: Content }
}

export type Entry = Pick<
  View,
  | 'entity'
  | 'unit'
  | 'form'
  | 'state'
  | 'version'
  | 'content'
  | 'author'
  | 'stub'
  | 'sensitive'
  | 'urgent'
  | 'conflicts'
  | 'flags'
  | 'submittedAt'
  | 'updatedAt'
  | 'reason'
>

export const awaits = (entry: { state: string }): boolean => entry.state === 'submitted' || entry.state === 'amended'

const counted = (entry: Entry): boolean =>
  !entry.stub && ['submitted', 'returned', 'approved', 'amended'].includes(entry.state)

const median = (sorted: number[]): number => sorted[Math.floor(sorted.length / 2)]!

/** An amount is far from the usual beyond five times the median, once there are enough to speak of usual. */
const enough = 8
const far = 5

/**
 * What is odd about each waiting entry, seen beside all the others that this phone has: the same household
 * in the same form twice on one day, and amounts far from the usual.
 */
export function oddities(all: readonly Entry[], formOf: (id: string) => Form | undefined): Map<string, Oddity[]> {
  const byDay = new Map<string, number>()
  const amounts = new Map<string, number[]>()
  const dayKeys = (entry: Entry): string[] => {
    const form = entry.form ? formOf(entry.form) : undefined
    return (form?.fields ?? [])
      .filter((field) => field.type === 'household' && typeof entry.content[field.key] === 'string')
      .map((field) => [entry.form, entry.content.occurred_on, field.key, entry.content[field.key]].join('\n'))
  }
  const amountKeys = (entry: Entry): [string, number][] => {
    const form = entry.form ? formOf(entry.form) : undefined
    return (form?.fields ?? [])
      .filter((field) => field.type === 'money' && typeof entry.content[field.key] === 'number')
      .map((field) => [`${entry.form}\n${field.key}`, entry.content[field.key] as number])
  }
  for (const entry of all) {
    if (!counted(entry)) continue
    for (const key of dayKeys(entry)) byDay.set(key, (byDay.get(key) ?? 0) + 1)
    for (const [key, value] of amountKeys(entry)) amounts.set(key, [...(amounts.get(key) ?? []), value])
  }
  for (const list of amounts.values()) list.sort((a, b) => a - b)
  const out = new Map<string, Oddity[]>()
  for (const entry of all) {
    if (!awaits(entry) || entry.stub) continue
    const odd: Oddity[] = entry.flags.filter((flag): flag is Oddity => flag === 'date_odd' || flag === 'clock_off')
    if (dayKeys(entry).some((key) => byDay.get(key)! > 1)) odd.push('same_day')
    const usual = (key: string) => amounts.get(key)!
    if (amountKeys(entry).some(([key, value]) => usual(key).length >= enough && value > far * median(usual(key)))) {
      odd.push('amount_odd')
    }
    if (odd.length) out.set(entry.entity, odd)
  }
  return out
}

/** The entry is another than this reviewer last saw. */
export const changedSince = (entry: Entry, looked: Looked | undefined): boolean =>
  !!looked && looked.version !== entry.version

export function rankOf(entry: Entry, odd: readonly Oddity[] | undefined, looked: Looked | undefined): Rank {
  if (entry.urgent) return 'urgent'
  if (entry.conflicts.length) return 'conflict'
  // A flag that only the server knows is one too.
  if (odd?.length || entry.flags.length) return 'flagged'
  // What she has to compare, or may not see in a list, is never approved unread.
  if (entry.state === 'amended' || entry.reason?.event === 'return' || changedSince(entry, looked) || entry.sensitive) {
    return 'changed'
  }
  return 'ordinary'
}

export interface Queued<E extends Entry = Entry> {
  entry: E
  rank: Rank
  odd: Oddity[]
  fresh: boolean
  changed: boolean
}

/** The queue: by rank, and within a rank who has waited longest comes first. */
export function queue<E extends Entry>(
  waiting: readonly E[],
  odd: ReadonlyMap<string, Oddity[]>,
  looked: Readonly<Record<string, Looked>>,
): Queued<E>[] {
  const since = (entry: Entry) => entry.submittedAt ?? entry.updatedAt
  return waiting
    .map((entry) => {
      const seen = looked[entry.entity]
      const own = odd.get(entry.entity) ?? []
      return { entry, rank: rankOf(entry, own, seen), odd: own, fresh: !seen, changed: changedSince(entry, seen) }
    })
    .sort(
      (a, b) =>
        ranks.indexOf(a.rank) - ranks.indexOf(b.rank) ||
        since(a.entry) - since(b.entry) ||
        (a.entry.entity < b.entry.entity ? -1 : 1),
    )
}

/** The next record of what this reviewer has seen, when she looks at an entry. */
export function look(before: Looked | undefined, entry: { version: string; content: Content }): Looked {
  if (before?.version === entry.version) return before
  const { version, content } = entry
  return before
    ? { version, content, before: { version: before.version, content: before.content } }
    : { version, content }
}
