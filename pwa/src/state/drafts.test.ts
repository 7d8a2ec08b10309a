import { beforeEach, expect, it } from 'vitest'
import * as store from '@/db/drafts'
import { useAccount } from '@/db/open'
import { drafts, dropDraft, forgetDraft, keepDraft, readDrafts } from './drafts'
import { freshId } from './edge'
import { account } from './session'

const draft = (id: string, updatedAt: number): store.Draft => ({
  id,
  form: 'f',
  unit: '1',
  content: {},
  screen: 1,
  updatedAt,
})
const enter = () => {
  const me = freshId()
  useAccount(me)
  account.value = { id: me, seats: [] } as unknown as typeof account.value
}
const ids = () => drafts.value?.map((one) => one.id).join('')
beforeEach(enter)

it('drafts stand as they lie on the phone, those touched last first', async () => {
  expect(drafts.value).toBeUndefined()
  await store.keepDraft(draft('a', 1))
  await readDrafts()
  await keepDraft(draft('b', 2))
  expect(ids()).toBe('ba')
  await keepDraft(draft('a', 3))
  expect(ids()).toBe('ab')
  await dropDraft('b')
  expect(ids()).toBe('a')
  expect(await store.allDrafts()).toHaveLength(1)
})

it('one that was saved while they were being read does not come back', async () => {
  await store.keepDraft(draft('a', 1))
  await readDrafts()
  const reading = readDrafts()
  forgetDraft('a')
  await reading
  expect(ids()).toBe('')
})

it('nobody sees those of whoever was in before', async () => {
  await keepDraft(draft('a', 1))
  await readDrafts()
  expect(ids()).toBe('a')
  enter()
  expect(drafts.value).toBeUndefined()
  await keepDraft(draft('b', 1))
  expect(drafts.value).toBeUndefined()
  await readDrafts()
  expect(ids()).toBe('b')
})
