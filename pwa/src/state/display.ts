import { ref, watchEffect } from 'vue'

/** Text size of this phone: standard, 长辈版, and the largest (30 px). */
export type Size = 'normal' | 'large' | 'huge'

const key = 'niangjia.size'
function remembered(): Size {
  try {
    const value = localStorage.getItem(key)
    return value === 'large' || value === 'huge' ? value : 'normal'
  } catch {
    return 'normal'
  }
}

export const size = ref<Size>(remembered())

watchEffect(() => {
  if (typeof document !== 'undefined') document.documentElement.dataset.size = size.value
})

export function setSize(to: Size): void {
  size.value = to
  try {
    localStorage.setItem(key, to)
  } catch {
    // Without storage the size holds until the page is closed.
  }
}
