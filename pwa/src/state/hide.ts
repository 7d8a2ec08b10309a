import { ref } from 'vue'

/**
 * Whether the neutral page stands in front of everything. It is kept across restarts: who opens the app after her
 * sees the neutral page too, until she comes back by her gesture.
 */
const key = 'niangjia.hidden'
/** She has come back once: the page need not tell any more how it is done. */
const learnedKey = 'niangjia.hidden.learned'

const read = (name: string): boolean => {
  try {
    return localStorage.getItem(name) === 'yes'
  } catch {
    return false
  }
}
function write(name: string, on: boolean): void {
  try {
    if (on) localStorage.setItem(name, 'yes')
    else localStorage.removeItem(name)
  } catch {
    // Without storage the page stays hidden until it is closed.
  }
}

export const hidden = ref(read(key))
export const learned = ref(read(learnedKey))

export function hide(): void {
  hidden.value = true
  write(key, true)
}

export function comeBack(): void {
  hidden.value = false
  learned.value = true
  write(key, false)
  write(learnedKey, true)
}

/** Once for the life of the page: the other tabs hide with this one, and Escape twice hides on a desk. */
export function listenHide(): void {
  window.addEventListener('storage', (event) => {
    if (event.key === key) hidden.value = event.newValue === 'yes'
  })
  let last = -Infinity
  window.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return void (last = -Infinity)
    if (event.timeStamp - last < 700) hide()
    last = event.timeStamp
  })
}
