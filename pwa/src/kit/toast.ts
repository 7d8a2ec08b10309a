import { shallowRef } from 'vue'
import { size } from '@/state/display'

export interface Toast {
  id: number
  text: string
  tone: 'ok' | 'bad' | 'info'
  /** What can still be taken back. */
  action?: { label: string; run: () => void | Promise<void> }
}

export const toasts = shallowRef<Toast[]>([])
let last = 0

/** Says something at the foot of the page; with something to undo it stays longer, or until it is closed. */
export function toast(
  text: string,
  options: { tone?: Toast['tone']; action?: Toast['action']; stays?: boolean } = {},
): void {
  const id = ++last
  toasts.value = [{ id, text, tone: options.tone ?? 'ok', action: options.action }]
  if (options.stays) return
  // With large text people read more slowly; everything can also be closed by hand.
  const pace = size.value === 'normal' ? 1 : 2
  setTimeout(() => dismiss(id), (options.action ? 12_000 : 5_000) * pace)
}

/** Nothing covers a form that is about to be filled in; its faults are not spoken of after it was left. */
export function clearToasts(tone?: Toast['tone']): void {
  toasts.value = tone ? toasts.value.filter((one) => one.tone !== tone) : []
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id)
}
