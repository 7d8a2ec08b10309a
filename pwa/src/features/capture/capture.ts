import { computed, onScopeDispose, ref, shallowReactive, shallowRef, watch } from 'vue'
import { fieldOf, screenOf, type Field, type Form } from '@/domain/catalogue'
import { difference, same, tidyContent } from '@/domain/canonical'
import type { Content } from '@/domain/content'
import type { View } from '@/domain/overlay'
import { attached } from '@/domain/field'
import { pruned, shown, validate, type Fault } from '@/domain/validate'
import { allDrafts, draft as readDraft, type Draft } from '@/db/drafts'
import { getMeta } from '@/db/meta'
import { begin, remembered, supplied, type LastUsed } from '@/forms/initial'
import { dropDraft, keepDraft } from '@/state/drafts'
import { freshId, now } from '@/state/edge'
import { formOf } from '@/state/places'
import { doneBy, placesFor } from '@/state/standin'
import { commit, creation, edit, view } from '@/state/records'
import { localDay } from '@/texts/format'

/** What lies in one unit only. */
const ofUnit = new Set<Field['type']>(['household', 'people', 'person', 'entry'])

export interface Source {
  form?: string
  draft?: string
  entity?: string
  /** The unit that a new entry is recorded for. */
  unit?: string
  /** Values that a new entry begins with: the household of a follow-up, what an offer carries. */
  carry?: Content
}

/** One form being filled in: a new entry, a draft taken up again, or the correction of an entry. */
export function useCapture(source: Source) {
  const form = shallowRef<Form>()
  const edits = shallowRef<View>()
  const unit = ref('')
  // Shallow: values are replaced, never changed in place, and a proxy inside could not be stored.
  const content = shallowReactive<Content>({})
  /** 1, or 2 after "有情况…". A correction shows everything on one screen. */
  const screen = ref(1)
  const faults = ref<Fault[]>([])
  const ready = ref(false)
  const missing = ref(false)
  const draftId = ref('')
  /** Something was entered, and lies in a draft. */
  const drafted = ref(false)
  let lastUsed: LastUsed = {}
  const today = localDay(now())
  let opened: Content = {}

  /** Where it may be recorded; in a village where this account does not work it is said who did the work. */
  const places = computed(() => (form.value ? placesFor(form.value) : { own: [], villages: [] }))

  const elsewhere = computed(() => !edits.value && places.value.villages.includes(unit.value))

  /** Of another unit are other households, other people, other entries. */
  function choose(code: string) {
    unit.value = code
    for (const field of form.value?.fields ?? []) if (ofUnit.has(field.type)) delete content[field.key]
    if (!elsewhere.value) delete content[doneBy]
  }

  function fill(values: Content) {
    for (const [key, value] of Object.entries(values)) content[key] = value
  }

  async function load() {
    lastUsed = (await getMeta('lastUsed')) ?? {}
    let kept: Draft | undefined
    if (source.draft) kept = await readDraft(source.draft)
    if (source.entity) {
      kept = (await allDrafts()).find((one) => one.edits === source.entity)
      const entry = view(source.entity)
      if (!entry || entry.stub) return void (missing.value = true)
      edits.value = entry
      form.value = formOf('entry', entry.form)
      unit.value = entry.unit
      screen.value = 2
      // What the server did not accept is still what the author meant: it is there to be corrected.
      const meant: Content = { ...entry.content }
      for (const problem of entry.problems) {
        if (problem.outcome.outcome === 'rejected' && problem.change.kind === 'patch') {
          Object.assign(meant, tidyContent(problem.change.fields ?? {}))
        }
      }
      fill(kept?.content ?? meant)
      if (kept) for (const key of Object.keys(content)) if (!(key in kept.content)) delete content[key]
    } else if (kept) {
      form.value = formOf('entry', kept.form)
      unit.value = kept.unit
      screen.value = kept.screen
      fill(kept.content)
    } else if (source.draft) {
      return void (missing.value = true)
    } else {
      form.value = formOf('entry', source.form)
      const open = [...places.value.own, ...places.value.villages]
      unit.value = source.unit && open.includes(source.unit) ? source.unit : (open[0] ?? '')
      // One that the city has hidden is begun no more; what was begun with it is finished.
      if (form.value?.hidden) form.value = undefined
      if (form.value) fill({ ...begin(form.value, 1, today, lastUsed), ...source.carry })
    }
    draftId.value = kept?.id ?? freshId()
    drafted.value = !!kept
    if (!form.value) return void (missing.value = true)
    if (!kept) opened = tidyContent(content)
    ready.value = true
  }

  const visible = computed<Field[]>(() => {
    const by = fieldOf(form.value, doneBy)
    const asked = by && (elsewhere.value || edits.value?.content[doneBy] !== undefined)
    return [...(asked ? [{ ...by, required: true }] : []), ...(form.value ? shown(form.value, content) : [])]
  })
  const first = computed(() => visible.value.filter((field) => screenOf(field) === 1 && !field.folded))
  const folded = computed(() => visible.value.filter((field) => screenOf(field) === 1 && field.folded))
  const second = computed(() => visible.value.filter((field) => screenOf(field) !== 1))
  const twoWays = computed(() => !!form.value?.more && !edits.value && screen.value === 1)

  function openSecond() {
    if (!form.value) return
    for (const [key, value] of Object.entries(begin(form.value, 2, today, lastUsed))) content[key] ??= value
    screen.value = 2
  }
  /** Back to the first screen; what stands on the second stays in the draft. */
  const openFirst = () => (screen.value = 1)

  // Drafts save themselves: soon after a change, and at once when the page is put away.
  let timer: ReturnType<typeof setTimeout> | undefined
  let done = false
  async function keep() {
    clearTimeout(timer)
    timer = undefined
    if (done || !ready.value || !form.value) return
    // A form that was only looked at leaves no draft behind.
    const values = tidyContent(content)
    if (!drafted.value && Object.keys(difference(opened, values)).length === 0) return
    await keepDraft({
      id: draftId.value,
      form: form.value.id,
      unit: unit.value,
      content: values,
      ...(edits.value ? { edits: edits.value.entity } : {}),
      screen: screen.value,
      updatedAt: now(),
    })
    drafted.value = true
    // A reload comes back to this draft instead of an empty form; the router need not know.
    if (source.form && !done && location.pathname.startsWith('/record/')) {
      history.replaceState({ ...history.state, current: `/draft/${draftId.value}` }, '', `/draft/${draftId.value}`)
    }
  }
  watch([() => ({ ...content }), screen, unit], ([content], [before]) => {
    if (!ready.value || done) return
    faults.value = []
    clearTimeout(timer)
    // A photo cannot be typed again: the draft has it before she can do anything else.
    if (form.value?.fields.some((field) => attached(field) && content[field.key] !== before[field.key])) void keep()
    else timer = setTimeout(() => void keep(), 250)
  })
  const hidden = () => {
    if (timer && document.visibilityState === 'hidden') void keep()
  }
  document.addEventListener('visibilitychange', hidden)
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', hidden)
    if (timer) void keep()
  })

  /** What would be saved by the way `plain` (nothing unusual: the first screen alone) or in full. */
  function outcome(): Content {
    if (!form.value) return {}
    const kept = tidyContent(content)
    if (twoWays.value && !secondFilled.value) {
      for (const field of form.value.fields) if (screenOf(field) !== 1 && !field.hidden) delete kept[field.key]
    }
    return supplied(form.value, pruned(form.value, kept), today, lastUsed)
  }
  /** The second screen was opened and something was entered there: it is not thrown away unasked. */
  const secondFilled = computed(() => {
    if (!form.value) return false
    const fresh = begin(form.value, 2, today, lastUsed)
    return form.value.fields.some(
      (field) =>
        screenOf(field) !== 1 &&
        !field.hidden &&
        content[field.key] !== undefined &&
        !same(content[field.key], fresh[field.key]),
    )
  })

  /** Saves and submits; gives the entry's id, or `undefined` when something has to be mended first. */
  async function save(): Promise<string | undefined> {
    if (!form.value || done) return undefined
    const kept = outcome()
    const wrong = validate(form.value, kept, localDay(now()))
    if (visible.value[0]?.key === doneBy && kept[doneBy] === undefined)
      wrong.unshift({ field: doneBy, code: 'required' })
    if (wrong.length) {
      faults.value = wrong
      return undefined
    }
    clearTimeout(timer)
    const intent = edits.value
      ? edit(edits.value.entity, kept, { submit: true })
      : creation('entry', unit.value, kept, { form: form.value.id, submit: true })
    done = true
    try {
      if (intent) await commit([intent], { dropDraft: draftId.value, lastUsed: remembered(form.value, kept, today) })
      else await dropDraft(draftId.value)
    } catch (error) {
      done = false
      throw error
    }
    return intent?.entity ?? edits.value?.entity
  }

  async function drop() {
    done = true
    clearTimeout(timer)
    await dropDraft(draftId.value)
  }

  return {
    form,
    edits,
    unit,
    places,
    choose,
    content,
    screen,
    faults,
    drafted,
    ready,
    missing,
    first,
    folded,
    second,
    twoWays,
    secondFilled,
    load,
    openSecond,
    openFirst,
    save,
    drop,
  }
}
