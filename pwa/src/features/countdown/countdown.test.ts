import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createRouter, createMemoryHistory } from 'vue-router'
import type { Catalogue } from '@/domain/catalogue'
import { dayPlus, villageDay } from '@/domain/days'
import { useAccount } from '@/db/open'
import { keepCampaigns } from '@/state/campaigns'
import { freshId, now } from '@/state/edge'
import { catalogue, divisions } from '@/state/places'
import { account } from '@/state/session'
import { officeTexts } from '@/texts'
import CountdownCard from './CountdownCard.vue'

const village = '530923101201'
const today = villageDay(now())
const campaign = (id: string, days: number) => ({
  id,
  version: 1,
  unit: village,
  state: 'running' as const,
  title: `活动${id}`,
  text: '',
  counts: { indicator: 'visits' },
  start: dayPlus(today, -5),
  deadline: dayPlus(today, days),
  targets: [{ unit: village, n: 3 }],
  preset: {},
})
const keep = (...list: ReturnType<typeof campaign>[]) =>
  keepCampaigns({ word: freshId(), seats: 's', tag: '', list, told: {} })

beforeEach(async () => {
  await officeTexts()
  const id = freshId()
  useAccount(id)
  account.value = { id, seats: [{ role: 'volunteer', unit: village }] } as unknown as typeof account.value
  const indicator = { id: 'visits', measure: 'count', sources: [], unit: { zh: '户次' } }
  catalogue.value = { hash: 'h', forms: [], registers: [], indicators: [indicator] } as unknown as Catalogue
  divisions.value = new Map([[village, { code: village, name: '一村', level: 'village' as const, parent: '' }]])
})
afterEach(() => vi.useRealTimers())

it('the most urgent two stand on the card, and one that comes later waits until nobody touches the phone', async () => {
  await keep(campaign('a', 9), campaign('b', 1), campaign('c', -2))
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:all(.*)*', component: {} }] })
  const card = mount(CountdownCard, { global: { plugins: [router] } })
  const says = () => card.findAll('li').map((one) => one.text().replace(/\s+/g, ' '))
  expect(says().map((one) => one.slice(0, 3))).toEqual(['活动c', '活动b'])
  expect(card.find('a.more').text()).toBe('还有 1 项专项活动')

  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  vi.advanceTimersByTime(4000)
  dispatchEvent(new Event('pointerdown'))
  await keep(campaign('a', 9), campaign('b', 1), campaign('c', -2), campaign('d', 0))
  await flushPromises()
  vi.advanceTimersByTime(4900)
  await flushPromises()
  expect(says().map((one) => one.slice(0, 3))).toEqual(['活动c', '活动b'])
  vi.advanceTimersByTime(200)
  await flushPromises()
  expect(says().map((one) => one.slice(0, 3))).toEqual(['活动c', '活动d'])
  expect(says()[1]).toContain('今天截止')
  card.unmount()
})
