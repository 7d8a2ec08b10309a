import { shallowRef } from 'vue'

/** Whether the system promised to keep this phone's records; `undefined` until it is known. */
export const persisted = shallowRef<boolean>()
export const usedBytes = shallowRef(0)

export async function readStorage(): Promise<void> {
  try {
    persisted.value = await navigator.storage?.persisted?.()
    usedBytes.value = (await navigator.storage?.estimate?.())?.usage ?? 0
  } catch {
    // Browsers that do not tell leave it unknown.
  }
}

let asked = false
/** Asked after the first save: browsers refuse a page on which nothing has been done yet. */
export async function askPersistence(again = false): Promise<void> {
  if (asked && !again) return
  asked = true
  try {
    persisted.value = await navigator.storage?.persist?.()
  } catch {
    persisted.value = undefined
  }
}
