import { onMounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { client, ok, type Schemas } from '@/api/client'
import { getMeta, setMeta } from '@/db/meta'
import { now } from '@/state/edge'
import { authorised } from '@/state/session'

/** Entries that wait for somebody, as last heard. Never what they say. */
export interface Asked {
  at: number
  entries: Schemas['WaitingEntry'][]
}

/**
 * A list that is asked for anew at each visit, and kept for a visit without a network; `old` until this visit's answer
 * is there, so that its time can be shown.
 */
export function useAsked(
  what: 'urgent' | 'overdue',
  may = true,
): { heard: ShallowRef<Asked | undefined>; old: Ref<boolean> } {
  const heard = shallowRef<Asked>()
  const old = ref(true)
  onMounted(async () => {
    if (!may) return
    heard.value = (await getMeta(what)) as Asked | undefined
    try {
      const got = await authorised((headers) => ok(client.GET(`/api/v1/${what}`, { headers })))
      heard.value = { at: now(), entries: got.entries }
      old.value = false
      await setMeta(what, heard.value)
    } catch {
      // Without a network the last answer stands, with its time.
    }
  })
  return { heard, old }
}
