import { effectScope, nextTick } from 'vue'
import { beforeEach, expect, it, vi } from 'vitest'
import type { Catalogue, Form } from '@/domain/catalogue'
import type { Content } from '@/domain/content'
import { validate } from '@/domain/validate'
import { allDrafts } from '@/db/drafts'
import { useAccount } from '@/db/open'
import { freshId } from '@/state/edge'
import { catalogue, divisions } from '@/state/places'
import { commit, creation, loadRecords, view } from '@/state/records'
import { account } from '@/state/session'
import { useCapture } from './capture'

const text = { zh: '字' }
const village = '530923101201'
const survey = (version: number, changed: Record<string, object> = {}, more: Form['fields'] = []): Form => ({
  id: 'survey',
  version,
  name: text,
  action: text,
  icon: 'form',
  order: 1,
  levels: ['village'],
  summary: ['occurred_on'],
  more: text,
  fields: [
    ...(
      [
        { key: 'occurred_on', type: 'date', label: text, required: true, default: 'today' },
        { key: 'kind', type: 'text', label: text },
        { key: 'spot', type: 'text', label: text },
        { key: 'found', type: 'text', label: text, screen: 2 },
      ] as Form['fields']
    ).map((field) => ({ ...field, ...changed[field.key] })),
    ...more,
  ],
})
const use = (form: Form) => (catalogue.value = { forms: [form], indicators: [], registers: {} } as unknown as Catalogue)
const hidden = survey(
  2,
  {
    kind: { hidden: true, required: true, default: 'plain' },
    spot: { hidden: true },
  },
  [
    { key: 'source', type: 'text', label: text, hidden: true, required: true, default: 'own', screen: 2 },
    { key: 'never', type: 'text', label: text, hidden: true, required: true, default: 'x', visible: "kind == 'no'" },
  ],
)

/** One form, opened as the screen does; gives what its fields are and saves it. */
async function opened<T>(
  source: Parameters<typeof useCapture>[0],
  act: (c: ReturnType<typeof useCapture>) => Promise<T>,
) {
  const scope = effectScope()
  const capture = scope.run(() => useCapture(source))!
  await capture.load()
  const out = await act(capture)
  scope.stop()
  return out
}
const recorded = async (content: Content) => {
  const intent = creation('entry', village, content, { form: 'survey', submit: true })
  await commit([intent])
  return intent.entity
}

beforeEach(async () => {
  const me = freshId()
  useAccount(me)
  account.value = { id: me, seats: [{ role: 'volunteer', unit: village }] } as unknown as typeof account.value
  divisions.value = new Map([[village, { code: village, name: '村', level: 'village', parent: '530923101000' }]])
  await loadRecords()
  use(survey(1))
})

it('an entry made before a question was hidden is opened and saved, and loses nothing of what it says', async () => {
  const entity = await recorded({ occurred_on: '2026-11-20', kind: 'special', spot: '村委会', found: '好' })
  use(hidden)
  await opened({ entity }, async (capture) => {
    expect(capture.first.value.map((field) => field.key)).toEqual(['occurred_on'])
    capture.content.found = '很好'
    expect(await capture.save()).toBe(entity)
  })
  expect(view(entity)!.content).toEqual({
    occurred_on: '2026-11-20',
    kind: 'special',
    spot: '村委会',
    found: '很好',
    source: 'own',
  })
})

it('one that never had what the form has come to require unasked gets it when it is saved again', async () => {
  const entity = await recorded({ occurred_on: '2026-11-20' })
  use(hidden)
  expect(validate(hidden, view(entity)!.content).map((one) => one.field)).toEqual(['kind', 'source'])
  await opened({ entity }, async (capture) => {
    capture.content.found = '好'
    expect(await capture.save()).toBe(entity)
    expect(capture.faults.value).toEqual([])
  })
  expect(view(entity)!.content).toEqual({ occurred_on: '2026-11-20', found: '好', kind: 'plain', source: 'own' })
})

it('one made after it was hidden says what is required unasked, on whichever screen that stands', async () => {
  use(hidden)
  const entity = await opened({ form: 'survey' }, async (capture) => {
    expect(capture.twoWays.value).toBe(true)
    return await capture.save()
  })
  expect(view(entity)!.content).toMatchObject({ kind: 'plain', source: 'own' })
  // And it is amended like any other.
  await opened({ entity }, async (capture) => {
    capture.content.found = '好'
    expect(await capture.save()).toBe(entity)
  })
  expect(view(entity)!.content).toMatchObject({ kind: 'plain', source: 'own', found: '好' })
})

it('a draft begun before is finished by the form of now', async () => {
  await opened({ form: 'survey' }, async (capture) => {
    capture.content.kind = 'special'
    capture.content.spot = '学校'
    await nextTick()
  })
  // What was typed is kept when the page is left.
  const [kept] = await vi.waitFor(async () => {
    const all = await allDrafts()
    expect(all).toHaveLength(1)
    return all
  })
  use(hidden)
  const entity = await opened({ draft: kept!.id }, (capture) => capture.save())
  expect(view(entity)!.content).toMatchObject({ kind: 'special', spot: '学校', source: 'own' })
})
