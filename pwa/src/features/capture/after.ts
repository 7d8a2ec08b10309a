import type { Router } from 'vue-router'
import { holds } from '@/domain/conditions'
import { offersOf } from '@/forms/initial'
import { toast } from '@/kit/toast'
import { formOf } from '@/state/places'
import { commit, transition, view } from '@/state/records'
import { t } from '@/texts'
import { askPersistence } from '@/state/storage'

/** After a save: says so, lets it be taken back, and shows what has to be done at once. */
export async function afterSave(entity: string, fresh: boolean, router: Router): Promise<void> {
  void askPersistence()
  const one = view(entity)
  const form = formOf('entry', one?.form)
  toast(t('capture.saved'), fresh ? { action: { label: t('action.undo'), run: () => undo(entity, router) } } : {})
  const urgent = !!form?.urgent && !!one && holds(form.urgent.when, one.content)
  const offers = one ? offersOf(form, one.content) : []
  await router.replace(urgent || (fresh && offers.length) ? `/saved/${entity}` : fresh ? '/' : `/entries/${entity}`)
}

async function undo(entity: string, router: Router): Promise<void> {
  await commit([transition(entity, 'withdraw')])
  toast(t('capture.undone'), {
    action: { label: t('action.edit'), run: () => void router.push(`/edit/${entity}`) },
  })
  if (router.currentRoute.value.path === `/saved/${entity}`) await router.replace('/')
}
