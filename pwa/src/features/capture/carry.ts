import { shallowRef } from 'vue'
import type { Content } from '@/domain/content'

/** What the next new entry begins with; handed over in memory, because an address may hold no person's data. */
export interface Start {
  form: string
  /** The unit that it is recorded for, where this account may. */
  unit?: string
  content: Content
}
export const handover = shallowRef<Start>()

export function takeHandover(form: string): Start | undefined {
  const given = handover.value
  handover.value = undefined
  return given?.form === form ? given : undefined
}
