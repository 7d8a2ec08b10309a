import { shallowRef } from 'vue'

export interface Toast {
  id: number
  text: string
  tone: 'ok' | 'bad' | 'info'
  /** What can still be taken back. */
  action?: { label: string; run: () => void | Promise<void> }
}

export const toasts = shallowRef<Toast[]>([])
let last = 0

/** Says something at the foot of the page; with something to undo it stays longer. */
export function toast(
  text: string,
  options: { tone?: Toast['tone']; action?: Toast['action']; ms?: number } = {},
): void {
  const id = ++last
  toasts.value = [{ id, text, tone: options.tone ?? 'ok', action: options.action }]
  setTimeout(() => dismiss(id), options.ms ?? (options.action ? 12_000 : 5_000))
}

/** Nothing covers a form that is about to be filled in; its faults are not spoken of after it was left. */
export function clearToasts(tone?: Toast['tone']): void {
  toasts.value = tone ? toasts.value.filter((one) => one.tone !== tone) : []
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id)
}
