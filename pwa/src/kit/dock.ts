import { ref, watchEffect } from 'vue'
import { size } from '@/state/display'

/**
 * The height of what stays at the foot of the screen, and the room that the page leaves below its last line. The room
 * does not shrink while a page is open, so that nothing moves under the reader when a message goes by itself. They are
 * set where they are used: as a property of the root they would have every element's style computed anew, at each save.
 */
export const dock = ref(0)
export const room = ref(0)

export function dockIs(height: number): void {
  dock.value = height
  room.value = Math.max(room.value, height)
}

export function newPage(): void {
  room.value = dock.value
}

/** What is focused is never behind the bars at the foot: the dock, and the buttons of a form. */
watchEffect(() => {
  if (typeof document === 'undefined') return
  const bar = size.value === 'huge' ? '1rem' : '5.5rem'
  document.documentElement.style.scrollPaddingBottom = `calc(${dock.value ? `${dock.value}px` : '4rem'} + ${bar})`
})
