import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { Heard } from '../totals/data'

/** A list behind a card's number: fetched when it is asked for, forgotten with the unit, fetched again with newer numbers. */
export function listBehind<Answer>(
  of: () => { unit: string; as_of: number },
  fetch: (unit: string, told: (one: Heard<Answer>) => void) => Promise<unknown>,
): { asked: Ref<boolean>; busy: Ref<boolean>; heard: ShallowRef<Heard<Answer> | undefined>; ask: () => Promise<void> } {
  const asked = ref(false)
  const busy = ref(false)
  const heard = shallowRef<Heard<Answer>>()
  async function ask() {
    const { unit } = of()
    asked.value = true
    busy.value = true
    await fetch(unit, (one) => {
      if (unit === of().unit) heard.value = one
    })
    busy.value = false
  }
  watch(
    () => of().unit,
    () => {
      asked.value = false
      heard.value = undefined
    },
  )
  watch(
    () => of().as_of,
    () => asked.value && void ask(),
  )
  return { asked, busy, heard, ask }
}
