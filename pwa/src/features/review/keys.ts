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
