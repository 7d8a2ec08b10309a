import { computed, ref, shallowRef } from 'vue'
import type { Schemas } from '@/api/client'
import { dropMeta, getMeta, setMeta } from '@/db/meta'
import { accountId } from '@/state/session'
import * as data from './data'
import { between } from './between'
import { alike, shownForms, shownSections, type Base, type Own } from './own'
import { rebased } from './rebase'

/**
 * What the manager has changed and not published: it lies on this machine, so that neither a reload nor another page
 * loses it. What the server has is `given`; `own` is the city's part of it as it stands on the screen.
 */
export interface Given {
  account: string
  base: Base
  own: Own
  hash: string
}

export interface KeptDraft {
  before: Own
  own: Own
  /** What the server had when she last knew it, where others have published since. */
  seen?: Own
}

export const given = shallowRef<Given>()
export const own = shallowRef<Own>({})
/** What the last check found; what has been changed since at a place is not held against it any more. */
export const problems = shallowRef<Schemas['CatalogueProblem'][]>([])

/** What others have published since the draft was begun: told until she has seen it. */
export const others = shallowRef<readonly data.Changed[]>([])

/** Grows when the whole is another one: what is being typed is then shown anew. */
export const revision = ref(0)

export const dirty = computed(() => !!given.value && !alike(given.value.own, own.value))
export const forms = computed(() => (given.value ? shownForms(given.value.base, own.value) : []))
export const sections = computed(() => (given.value ? shownSections(given.value.base, own.value) : []))

/** Asks the server, and lays over its answer what has not been published. */
export async function load(): Promise<void> {
  const account = accountId.value
  const answer = await data.ownCatalogue()
  const kept = (await getMeta('ownDraft')) as KeptDraft | undefined
  const theirs = answer.own as Own
  given.value = { account, base: answer.base as Base, own: theirs, hash: answer.in_force }
  if (kept && !alike(kept.before, theirs)) {
    // Told again where the page was left before she has seen it.
    const seen = kept.seen ?? kept.before
    own.value = rebased(given.value.base, kept.before, kept.own, theirs)
    others.value = dirty.value ? between(given.value.base, seen, theirs) : []
    unseen = others.value.length ? seen : undefined
  } else {
    own.value = kept?.own ?? theirs
    others.value = kept?.seen ? between(given.value.base, kept.seen, theirs) : []
    unseen = kept?.seen
  }
  revision.value++
  await keep()
}

/** What stands here is in force now. */
export async function published(hash: string): Promise<void> {
  if (!given.value) return
  given.value = { ...given.value, own: own.value, hash }
  problems.value = []
  others.value = []
  unseen = undefined
  await keep()
  // The server may have it in other words; without a network this is good enough.
  await load().catch(() => undefined)
}

/** Nothing of another account's is shown to this one. */
export const loaded = computed(() => given.value?.account === accountId.value)

let unseen: Own | undefined

async function keep(): Promise<void> {
  if (!given.value) return
  if (!dirty.value) return dropMeta(['ownDraft'])
  const kept: KeptDraft = { before: given.value.own, own: own.value, ...(unseen ? { seen: unseen } : {}) }
  await setMeta('ownDraft', kept)
}

/** She has read what others have published. */
export async function sawOthers(): Promise<void> {
  others.value = []
  unseen = undefined
  await keep()
}

/** One change; what was found at its place is looked at anew by the next check. */
export function change(next: (base: Base, own: Own) => Own, form: string, field?: string): void {
  if (!given.value) return
  own.value = next(given.value.base, own.value)
  problems.value = problems.value.filter((one) => {
    const at = placeOf(one.path)
    return !(at.form === form && (!field || at.field === field))
  })
  void keep()
}

export async function discard(): Promise<void> {
  if (!given.value) return
  own.value = given.value.own
  problems.value = []
  others.value = []
  unseen = undefined
  revision.value++
  await keep()
}

/** Where a problem stands: `retouch.FORM.fields.KEY.choices[2].label.zh`. */
export interface Place {
  form?: string
  field?: string
  /** The number of the choice in the list that was sent. */
  choice?: number
}

export function placeOf(path: string): Place {
  const [, form, field, choice] = /^retouch\.(\w+)(?:\.fields\.(\w+)(?:\.choices(?:\[(\d+)\])?)?)?/.exec(path) ?? []
  return {
    ...(form ? { form } : {}),
    ...(field ? { field } : {}),
    ...(choice ? { choice: Number(choice) } : {}),
  }
}
