import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { ApiError, client, ok, type Schemas } from '@/api/client'
import type { Content } from '@/domain/content'
import { recordName, type NameOf } from '@/forms/show'
import { formOf } from '@/state/places'
import { authorised } from '@/state/session'

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
      // What she may no longer read does not stay on the screen.
      if (['not_found', 'forbidden', 'reason_needed'].includes(code.value)) found.value = undefined
    } finally {
      busy.value = false
    }
  }
  return { found, code, busy, load }
}

/** States why a reader of a higher level must read a sensitive entry: it is open to her for a day (D1). */
export const disclose = (entity: string, reason: string): Promise<unknown> =>
  authorised((headers) =>
    ok(client.POST('/api/v1/entries/{id}/disclosure', { params: { path: { id: entity } }, body: { reason }, headers })),
  )

/** Names of households and persons from what the server sent along, then from the phone. */
export function namesIn(view: EntryView | undefined): NameOf {
  const first = (type: 'household' | 'person', content: Content): string => {
    const key = formOf(type)?.summary[0]
    const value = key ? content[key] : undefined
    return typeof value === 'string' ? value : ''
  }
  return (id) => {
    if (view?.household?.entity === id) return first('household', view.household.content as Content)
    const person = view?.persons?.find((one) => one.entity === id)
    return person ? first('person', person.content as Content) : recordName(id)
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
