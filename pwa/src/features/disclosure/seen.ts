import { shallowRef } from 'vue'
import { getMeta, setMeta } from '@/db/meta'
import type { View } from '@/domain/overlay'
import { marked } from '@/state/records'
import { accountId } from '@/state/session'
import { reviews } from '@/state/places'

/** The newest disclosure of each entry that was on this phone's screen. */
const seen = shallowRef<Record<string, number>>()
let owner = ''

export async function loadSeen(): Promise<void> {
  if (owner === accountId.value && seen.value) return
  const kept = await getMeta('disclosuresSeen')
  owner = accountId.value
  seen.value = kept ?? {}
}

const newest = (entry: View) => Math.max(0, ...entry.disclosures.map((one) => one.at))

/** Entries that somebody of a higher level has read, and of which this reader has not been told yet. */
export function untold(): View[] {
  const known = seen.value
  if (!known) return []
  return marked.value.filter(
    (one) => newest(one) > (known[one.entity] ?? 0) && (one.author === accountId.value || reviews(one.unit)),
  )
}

/** Remembers that an entry's disclosures were on the screen. */
export async function told(entry: View): Promise<void> {
  await loadSeen()
  const at = newest(entry)
  if (!at || seen.value?.[entry.entity] === at) return
  seen.value = { ...seen.value, [entry.entity]: at }
  await setMeta('disclosuresSeen', seen.value)
}
