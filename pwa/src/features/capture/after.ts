import type { Router } from 'vue-router'
import { holds } from '@/domain/expressions'
import { next } from '@/domain/review'
import { offersOf } from '@/forms/initial'
import { soon } from '@/kit/idle'
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
  const urgent = !!form?.urgent && !!one && holds(form, form.urgent.when, one.content)
  const offers = one ? offersOf(form, one.content) : []
  await router.replace(urgent || (fresh && offers.length) ? `/saved/${entity}` : fresh ? '/' : `/entries/${entity}`)
  // The page with the entry first: it is what she waits for.
  const undoing = fresh ? { action: { label: t('action.undo'), run: () => undo(entity, router) } } : {}
  soon(() => toast(t('capture.saved'), undoing))
}

/** The entry lies in the form again, as if it had not been saved; it waits for nobody until it is saved anew. */
async function undo(entity: string, router: Router): Promise<void> {
  const state = view(entity)?.state
  if (!state || state === 'active' || !next(state, 'withdraw', 'author')) {
    toast(t('capture.undoLate'), { tone: 'info' })
    return
  }
  await commit([transition(entity, 'withdraw')])
  const to = `/edit/${entity}`
  await (router.currentRoute.value.path === `/saved/${entity}` ? router.replace(to) : router.push(to))
  toast(t('capture.undone'), { tone: 'info' })
}
