import { computed, shallowRef } from 'vue'
import * as store from '@/db/drafts'
import { expressionsReady } from '@/domain/expressions'
import { accountId } from './session'

const held = shallowRef<{ owner: string; list: readonly store.Draft[] }>()
/** Forms that were begun and not saved, those touched last first; `undefined` until they are read. */
export const drafts = computed(() => (held.value?.owner === accountId.value ? held.value.list : undefined))
/** How often they have been changed: what was being read meanwhile is old. */
let changes = 0

function change(to: (list: readonly store.Draft[]) => readonly store.Draft[]) {
  changes++
  if (drafts.value) held.value = { owner: accountId.value, list: to(drafts.value) }
}
const byAge = (a: store.Draft, b: store.Draft) => b.updatedAt - a.updatedAt
const same = (a: readonly store.Draft[], b: readonly store.Draft[]) =>
  a.length === b.length && a.every((one, i) => one.id === b[i]!.id && one.updatedAt === b[i]!.updatedAt)

/** Reads them from the phone: another tab may have begun one. Nothing is drawn anew where nothing is. */
export async function readDrafts(): Promise<void> {
  const [owner, before] = [accountId.value, changes]
  const list = (await store.allDrafts()).sort(byAge)
  // What of a draft may stand on a list is asked its form's condition.
  if (list.length) await expressionsReady().catch(() => undefined)
  if (owner !== accountId.value || before !== changes) return
  if (!drafts.value || !same(drafts.value, list)) held.value = { owner, list }
}

/** One that is no more in the database. */
export function forgetDraft(id: string): void {
  change((list) => (list.some((one) => one.id === id) ? list.filter((one) => one.id !== id) : list))
}

export async function keepDraft(one: store.Draft): Promise<void> {
  await store.keepDraft(one)
  change((list) => [one, ...list.filter((other) => other.id !== one.id)])
}

export async function dropDraft(id: string): Promise<void> {
  await store.dropDraft(id)
  forgetDraft(id)
}
