import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { ApiError, client, ok, type Schemas } from '@/api/client'
import type { Content } from '@/domain/content'
import { authorised } from '@/state/session'
import { onPhone, type Lookup } from './values'

export type EntryView = Schemas['EntryView']
export type HistoryEvent = Schemas['HistoryEvent']

/** One entry as the server shows it to this account, with its history. */
export function useOnline(entity: string): {
  found: ShallowRef<EntryView | undefined>
  code: Ref<string>
  busy: Ref<boolean>
  load: () => Promise<void>
} {
  const found = shallowRef<EntryView>()
  const code = ref('')
  const busy = ref(false)
  async function load() {
    busy.value = true
    code.value = ''
    try {
      found.value = await authorised((headers) =>
        ok(client.GET('/api/v1/entries/{id}', { params: { path: { id: entity } }, headers })),
      )
    } catch (error) {
      code.value = error instanceof ApiError ? error.code : 'unknown'
    } finally {
      busy.value = false
    }
  }
  return { found, code, busy, load }
}

/** Finds households and persons in what the server sent along, then on the phone. */
export function lookupIn(view: EntryView | undefined): Lookup {
  return (type, id) => {
    const sent = view?.household?.entity === id ? view.household : view?.persons?.find((one) => one.entity === id)
    return (sent?.content as Content | undefined) ?? onPhone(type, id)
  }
}

/** Who wrote the value that a field has now, as far as the history tells. */
export function writerOf(history: readonly HistoryEvent[], field: string): HistoryEvent | undefined {
  return [...history]
    .reverse()
    .find(
      (one) =>
        (one.event === 'create' || one.event === 'edit') &&
        (one.outcome === 'applied' || one.outcome === 'merged') &&
        one.fields?.includes(field),
    )
}
