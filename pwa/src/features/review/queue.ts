import type { Content } from '@/domain/content'
import type { Oddity } from '@/domain/odd'
import type { View } from '@/domain/overlay'

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
