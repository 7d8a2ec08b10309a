import { shallowRef } from 'vue'
import { dropMeta, getMeta } from '@/db/meta'

/** What the header says about the network; how much waits is in state/records. */
export type Link = 'idle' | 'sending' | 'offline' | 'portal' | 'auth' | 'server' | 'upgrade'

export const link = shallowRef<Link>(typeof navigator !== 'undefined' && !navigator.onLine ? 'offline' : 'idle')
export const lastSync = shallowRef(0)
export const durable = shallowRef<number | null>(null)
/** The first pull of an account takes a while and is worth a sentence. */
export const firstSync = shallowRef(false)
/** How much of the feeds that come from files is here, in percent; undefined where none does (P11). */
export const loading = shallowRef<number>()
/** Photos, signatures and voice notes that have not been sent. */
export const filesWaiting = shallowRef(0)
/** The last code that a failed exchange came with. */
export const lastError = shallowRef('')
/** How many changes neither the server nor this phone has any more, until she has read it (P9). */
export const lost = shallowRef(0)

export const readLost = async (): Promise<void> => {
  lost.value = (await getMeta('lost')) ?? 0
}
export const lostWasRead = async (): Promise<void> => {
  await dropMeta(['lost'])
  lost.value = 0
}
