import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const saved: ((entities: string[]) => void)[] = []
const exchanges: { end: () => void; fail: (error: unknown) => void }[] = []

vi.mock('./exchange', () => ({
  exchangeAll: () => new Promise<void>((end, fail) => exchanges.push({ end, fail })),
}))
/** When the queue of photos was asked to send, and what it answers: when it wants to go on. */
const photos: { sent: number; wait: number | undefined } = { sent: 0, wait: undefined }
vi.mock('./files', () => ({
  sendFiles: async () => {
    photos.sent++
    return photos.wait
  },
  count: async () => undefined,
}))
vi.mock('@/state/session', async () => {
  const { ref } = await import('vue')
  return { account: ref({ id: 'li' }), needsLogin: ref(false), loggedInElsewhere: async () => false }
})
vi.mock('@/state/places', () => ({ loadPlaces: async () => undefined }))
vi.mock('@/state/records', async () => {
  const { ref } = await import('vue')
  return {
    loadRecords: async () => undefined,
    refreshRecords: async () => undefined,
    onSaved: (heard: (entities: string[]) => void) => saved.push(heard),
    unsent: ref({ changes: 1 }),
  }
})
vi.mock('@/db/meta', () => ({ getMeta: async () => 1, dropMeta: async () => undefined }))

const { listen, startSync, stopSync } = await import('./schedule')
const { lastError } = await import('./status')
listen()

const save = () => saved.forEach((heard) => heard(['e']))
const tick = (ms: number) => vi.advanceTimersByTimeAsync(ms)

beforeEach(async () => {
  vi.useFakeTimers()
  exchanges.length = 0
  Object.assign(photos, { sent: 0, wait: undefined })
  await startSync()
  await tick(0)
})
afterEach(async () => {
  for (const one of exchanges) one.end()
  await tick(0)
  stopSync()
  vi.useRealTimers()
})

it('exchanges at once, and then every minute', async () => {
  expect(exchanges).toHaveLength(1)
  exchanges[0]!.end()
  await tick(59_000)
  expect(exchanges).toHaveLength(1)
  await tick(2_000)
  expect(exchanges).toHaveLength(2)
})

// A household went up; the visit to it was saved while the answer was being stored. The exchange that ended then
// planned the next one for a minute later, in place of the one that the save had asked for.
it('P6 what is saved while an exchange ends is sent right after it', async () => {
  save()
  await tick(50)
  exchanges[0]!.end()
  await tick(200)
  expect(exchanges).toHaveLength(2)
})

it('a save tries again at once where the last try failed', async () => {
  exchanges[0]!.fail(new Error('gone'))
  await tick(10)
  save()
  await tick(200)
  expect(exchanges).toHaveLength(2)
})

it('a phone without room says so, and tries again by itself', async () => {
  exchanges[0]!.fail(new DOMException('no room', 'QuotaExceededError'))
  await tick(10)
  expect(lastError.value).toBe('storage_full')
  await tick(5_000)
  expect(exchanges).toHaveLength(2)
})

it('P5 a network that comes back, and a page that is looked at again, send at once', async () => {
  exchanges[0]!.fail(new Error('gone'))
  await tick(10)
  dispatchEvent(new Event('online'))
  await tick(0)
  expect(exchanges).toHaveLength(2)
  exchanges[1]!.end()
  await tick(0)
  document.dispatchEvent(new Event('visibilitychange'))
  await tick(0)
  expect(exchanges).toHaveLength(3)
})

it('F4 photos go behind the records, and say when they want to go on', async () => {
  expect(photos.sent).toBe(0)
  photos.wait = 3_000
  exchanges[0]!.end()
  await tick(10)
  expect(photos.sent).toBe(1)
  await tick(3_100)
  expect(exchanges).toHaveLength(2)
  exchanges[1]!.fail(new Error('gone'))
  await tick(10)
  expect(photos.sent).toBe(1)
})
