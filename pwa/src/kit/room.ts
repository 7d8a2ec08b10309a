import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { size } from '@/state/display'

/**
 * Whether the window has room for `rem` root units side by side. A media query counts in the browser's own
 * text size, not in ours: with large text a wide screen is a narrow one.
 */
export function useRoom(rem: number): Ref<boolean> {
  const room = ref(false)
  const measure = () => {
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16
    room.value = window.innerWidth >= rem * unit
  }
  measure()
  addEventListener('resize', measure)
  const stop = watch(size, () => requestAnimationFrame(measure))
  onScopeDispose(() => {
    removeEventListener('resize', measure)
    stop()
  })
  return room
}
