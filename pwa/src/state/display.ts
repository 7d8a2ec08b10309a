import { ref, watchEffect } from 'vue'

/** Text size of this phone: standard, 长辈版, and the largest (30 px). */
export type Size = 'normal' | 'large' | 'huge'

const key = 'niangjia.size'
const known = (value: string | null): Size => (value === 'large' || value === 'huge' ? value : 'normal')
function remembered(): Size {
  try {
    return known(localStorage.getItem(key))
  } catch {
    return 'normal'
  }
}

export const size = ref<Size>(remembered())

watchEffect(() => {
  if (typeof document !== 'undefined') document.documentElement.dataset.size = size.value
})

// Another tab's choice holds here too.
if (typeof window !== 'undefined') {
  window.addEventListener('storage', (event) => {
    if (event.key === key) size.value = known(event.newValue)
  })
}

export function setSize(to: Size): void {
  size.value = to
  try {
    localStorage.setItem(key, to)
  } catch {
    // Without storage the size holds until the page is closed.
  }
}
