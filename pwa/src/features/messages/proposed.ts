import { shallowRef } from 'vue'

/** To whom the next new message is to go, as another page proposes it; handed over in memory, for it may be many. */
export const proposed = shallowRef<{ unit: string; units: readonly string[] }>()
