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
vi.mock('@/state/inbox', () => ({
  listenInbox: () => undefined,
  inboxMoved: () => undefined,
  reloadInbox: async () => undefined,
}))
vi.mock('@/db/meta', () => ({ getMeta: async () => 1, dropMeta: async () => undefined }))

const { listen, startSync, stopSync } = await import('./schedule')
const { lastError } = await import('./status')
const { ApiError } = await import('@/api/client')
const { unsent } = await import('@/state/records')
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

/** Fails the exchange that is under way; how many seconds later the next one begins. */
async function secondsAfter(error: unknown): Promise<number> {
  const had = exchanges.length
  exchanges[had - 1]!.fail(error)
  for (let passed = 1; passed < 400; passed++) {
    await tick(1000)
    if (exchanges.length > had) return passed
  }
  throw new Error('it does not try again')
}
const several = async (times: number, error: () => unknown) => {
  const out: number[] = []
  while (out.length < times) out.push(await secondsAfter(error()))
  return out
}
const gone = () => new ApiError('network')

it('waits twice as long after each failure, five minutes at most, and each phone a while of its own', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(1)
  expect(await several(9, gone)).toEqual([4, 8, 16, 32, 64, 128, 256, 300, 300])
  // A success begins anew.
  exchanges.at(-1)!.end()
  await tick(60_000)
  random.mockReturnValue(0)
  expect(await several(9, gone)).toEqual([2, 4, 8, 16, 32, 64, 128, 150, 150])
  random.mockRestore()
  exchanges.at(-1)!.end()
  await tick(60_000)
  const first = await secondsAfter(gone())
  expect(first).toBeGreaterThanOrEqual(2)
  expect(first).toBeLessThanOrEqual(4)
})

it('comes back when the server said, and a little later each phone of the many', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0)
  const busy = () => new ApiError('unavailable', 503, undefined, 120)
  expect(await several(3, busy)).toEqual([122, 124, 128])
  random.mockReturnValue(1)
  expect(await secondsAfter(busy())).toBe(152)
  random.mockRestore()
})

it('a phone with nothing to send does not hurry, and one whose session has ended waits for the log-in', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(1)
  unsent.value = { changes: 0 } as typeof unsent.value
  expect(await several(6, gone)).toEqual([60, 60, 60, 60, 64, 128])
  unsent.value = { changes: 1 } as typeof unsent.value
  const had = exchanges.length
  exchanges.at(-1)!.fail(new ApiError('unauthenticated', 401))
  await tick(3_600_000)
  expect(exchanges).toHaveLength(had)
  random.mockRestore()
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
