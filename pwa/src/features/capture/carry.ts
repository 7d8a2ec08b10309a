import { shallowRef } from 'vue'
import type { Content } from '@/domain/content'

/** What the next new entry begins with; handed over in memory, because an address may hold no person's data. */
export const handover = shallowRef<{ form: string; content: Content }>()

export function takeHandover(form: string): Content | undefined {
  const given = handover.value
  handover.value = undefined
  return given?.form === form ? given.content : undefined
}
