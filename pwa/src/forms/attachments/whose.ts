import type { ComputedRef, InjectionKey } from 'vue'

/** Who looks at the attachments of an entry that have not come: its author can do something about it; a reviewer waits. */
export interface Whose {
  mine?: boolean
  /** For whom she reviews it: since when the entry waits, in milliseconds. */
  since?: number
}
export const whose: InjectionKey<ComputedRef<Whose>> = Symbol('whose attachments')
