import { shallowRef } from 'vue'
import { getMeta, setMeta } from '@/db/meta'
import { view } from '@/state/records'
import { accountId } from '@/state/session'
import { look, type Entry, type Looked } from './queue'

/** What this reviewer has looked at, by entry; on this phone only. */
export const looked = shallowRef<Record<string, Looked>>({})
let owner = ''

export async function loadLooked(): Promise<void> {
  if (owner === accountId.value) return
  const kept = (await getMeta('looked')) as Record<string, Looked> | undefined
  owner = accountId.value
  looked.value = kept ?? {}
}

/** Entries that are settled need no memory: what is amended later is compared with what was approved. */
const open = (entity: string): boolean => {
  const now = view(entity)
  return !!now && (['submitted', 'amended', 'returned'].includes(now.state) || now.waiting.length > 0)
}

/** Remembers that these entries were on the screen. */
export async function remember(entries: readonly Pick<Entry, 'entity' | 'version' | 'content'>[]): Promise<void> {
  const next: Record<string, Looked> = {}
  for (const [entity, one] of Object.entries(looked.value)) if (open(entity)) next[entity] = one
  for (const entry of entries) next[entry.entity] = look(next[entry.entity] ?? looked.value[entry.entity], entry)
  looked.value = next
  await setMeta('looked', next)
}
