import { computed, nextTick, onBeforeUnmount, ref, watch, type Ref, type ShallowRef } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { ApiError } from '@/api/client'
import { toast } from '@/kit/toast'
import { catalogue } from '@/state/places'
import { t } from '@/texts'
import * as data from './data'
import { changed, draftOf, dropHere, keepHere, partsOf, placeOf, unsent, type Both, type Draft } from './drafts'
import { merged, useTheirs } from './merging'
import { namesOf } from './words'

/** Where the server found something wrong: parts[0].sections[1].paragraphs[2].runs[3]. */
function placeIn(parts: data.Part[], field: string | undefined): string {
  const match = /^parts\[(\d+)\]\.sections\[(\d+)\](?:\.paragraphs\[(\d+)\])?/.exec(field ?? '')
  const part = match && parts[Number(match[1])]
  const section = part?.sections[Number(match![2])]
  const paragraph = section?.paragraphs[Number(match![3])]
  return part && section && paragraph ? placeOf(part.key, section.key, paragraph.key) : ''
}

export type Step = (what: string, run: () => Promise<void>) => Promise<boolean>

/** The words of a draft while they are changed: kept here until they are saved, and put together with what another saved. */
export function useEditing(id: Ref<string>, told: ShallowRef<data.Told | undefined>, step: Step) {
  const report = computed(() => told.value?.report)
  const names = computed(() => report.value && catalogue.value && namesOf(report.value))
  const mode = ref<'read' | 'write'>('read')
  const draft = ref<Draft>()
  const wrong = ref<Record<string, string>>({})
  /** What both have changed, after theirs was taken in. */
  const both = computed(() => draft.value?.both ?? [])
  const taken = computed(() => !!draft.value?.both)
  const dirty = computed(() =>
    draft.value && report.value && names.value ? changed(draft.value, report.value, names.value) : 0,
  )
  const clash = computed(() => !!dirty.value && !!report.value && draft.value!.version !== report.value.version)

  const fresh = () =>
    mode.value === 'write' && report.value && names.value ? draftOf(report.value, names.value) : undefined
  watch([mode, names], () => {
    if (!draft.value) draft.value = fresh()
  })
  let quiet = 0
  watch(
    draft,
    () => {
      wrong.value = {}
      // Each letter typed is kept, in a turn of its own.
      window.clearTimeout(quiet)
      quiet = window.setTimeout(() => void keepWords(), 200)
    },
    { deep: true },
  )
  async function keepWords() {
    const of = id.value
    if (!of || !names.value || !report.value) return
    if (draft.value && dirty.value) await keepHere(of, draft.value)
    else await dropHere(of)
  }
  onBeforeRouteLeave(async () => {
    window.clearTimeout(quiet)
    await keepWords()
  })
  onBeforeUnmount(() => window.clearTimeout(quiet))

  /** Words that were typed here before and that the server does not have. */
  async function resume(open: boolean) {
    const of = id.value
    const kept = (await unsent())[of]
    if (kept && open) {
      draft.value = kept
      mode.value = 'write'
    } else if (kept) await dropHere(of)
  }
  /** An answer with a new version takes the place of what was there. */
  function take(answer: data.Told) {
    told.value = answer
    draft.value = fresh()
  }
  function leave() {
    draft.value = undefined
    mode.value = 'read'
  }
  async function pointOut() {
    await nextTick()
    const first = document.querySelector<HTMLElement>('[data-test="clash"], [data-test="write"] [role="alert"]')
    first?.scrollIntoView({ block: 'center' })
  }

  /** True when nothing is left that the server does not have. */
  async function save(): Promise<boolean> {
    const now = draft.value
    if (!now || !dirty.value || !names.value) return true
    if (!now.title.trim()) {
      mode.value = 'write'
      wrong.value = { title: t('reports.edit.needTitle') }
      void pointOut()
      return false
    }
    const { parts, unknown } = partsOf(now, names.value)
    if (Object.keys(unknown).length) {
      mode.value = 'write'
      void pointOut()
      return false
    }
    return step('save', async () => {
      try {
        const answer = await data.edit(id.value, { version: now.version, title: now.title, parts })
        take(answer)
        await dropHere(id.value)
        toast(t('reports.edit.saved', { n: answer.report.version }))
      } catch (fault) {
        const place = fault instanceof ApiError ? placeIn(parts, fault.field) : ''
        if (place) {
          wrong.value = { [place]: data.problemText(fault) }
          void pointOut()
        }
        throw fault
      }
    })
  }
  /** Hers alone: what the other has changed stays in the version that is there. */
  async function saveOver() {
    if (draft.value && report.value) draft.value.version = report.value.version
    await save()
  }
  /** What the other has changed comes into her words; nothing is saved yet. */
  const takeIn = () =>
    step('take', async () => {
      const [mine, now, called] = [draft.value!, report.value!, names.value!]
      const base = (await data.one(id.value, mine.version)).report
      const met = merged(draftOf(base, called), draftOf(now, called), mine)
      mode.value = 'write'
      draft.value = met
    })
  function useOther(one: Both) {
    if (draft.value) useTheirs(draft.value, one)
  }
  async function discard() {
    draft.value = fresh()
    await dropHere(id.value)
  }

  return {
    names,
    mode,
    draft,
    wrong,
    dirty,
    clash,
    both,
    taken,
    resume,
    take,
    leave,
    save,
    saveOver,
    takeIn,
    useOther,
    discard,
    pointOut,
  }
}
