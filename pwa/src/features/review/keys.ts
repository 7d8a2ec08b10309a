import { ref, watch } from 'vue'

const key = 'niangjia.reviewKeys'
const read = (): boolean => {
  try {
    return localStorage.getItem(key) !== 'off'
  } catch {
    return true
  }
}

/** Keys of one letter can be switched off: who steers by voice or switch would set them off unawares (WCAG 2.1.4). */
export const keysOn = ref(read())
watch(keysOn, (on) => {
  try {
    localStorage.setItem(key, on ? 'on' : 'off')
  } catch {
    // Without storage the choice holds for this visit.
  }
})

export type Press = 'next' | 'previous' | 'approve' | 'back' | 'approveAll'

const typing = 'textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio])'

/**
 * What a key means on the queue's page. Where something is typed or chosen it means what it always does, and so does
 * every combination; who holds a key down approves once. The arrows go through the list alone: elsewhere they scroll.
 */
export function pressed(event: KeyboardEvent): Press | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return undefined
  const target = event.target instanceof Element ? event.target : undefined
  if (target?.matches(typing)) return undefined
  const key = event.key.toLowerCase()
  if (key === 'j' || (event.key === 'ArrowDown' && target?.closest('.queue .rows'))) return 'next'
  if (key === 'k' || (event.key === 'ArrowUp' && target?.closest('.queue .rows'))) return 'previous'
  if (event.repeat) return undefined
  if (key === 'a') return event.shiftKey ? 'approveAll' : 'approve'
  return key === 'r' ? 'back' : undefined
}
