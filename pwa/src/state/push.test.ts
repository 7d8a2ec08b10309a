import { beforeEach, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/client'
import { getMeta, setMeta } from '@/db/meta'
import { useAccount } from '@/db/open'
import type { KnownAccount } from '@/db/schema'
import { freshId } from './edge'

const account = { value: { id: 'li' } as { id: string } | null }
vi.mock('./session', async () => {
  const { ref } = await import('vue')
  return { account, needsLogin: ref(false), authorised: (run: (headers: object) => unknown) => run({}) }
})
/** What the server was told, and the key that it has. */
let told: string[]
let key: string | undefined
let fails: ApiError | undefined
vi.mock('@/api/client', async (original) => ({
  ...(await original<typeof import('@/api/client')>()),
  ok: async (answer: Promise<unknown>) => answer,
  client: {
    GET: async () => {
      if (fails) throw fails
      return { key }
    },
    PUT: async (_path: string, { body }: { body: { endpoint: string } }) => void told.push(`put ${body.endpoint}`),
    DELETE: async () => void told.push('delete'),
  },
}))

/** A browser with a push service of its own. */
let there: { endpoint: string; key: Uint8Array } | undefined
let made = 0
let service: () => Promise<void>
let answers: NotificationPermission
const notification = { permission: 'default' as NotificationPermission, requestPermission: vi.fn() }
const shown = { tag: 'a', close: vi.fn() }
function subscriptionOf(one: { endpoint: string; key: Uint8Array }) {
  return {
    endpoint: one.endpoint,
    options: { applicationServerKey: one.key.buffer },
    toJSON: () => ({ endpoint: one.endpoint, keys: { p256dh: 'p', auth: 'a' } }),
    unsubscribe: async () => ((there = undefined), true),
  }
}
const registration = {
  getNotifications: async () => [shown],
  pushManager: {
    getSubscription: async () => (there ? subscriptionOf(there) : null),
    subscribe: async ({ applicationServerKey }: { applicationServerKey: Uint8Array }) => {
      await service()
      there = { endpoint: `https://push.example/${++made}`, key: applicationServerKey }
      return subscriptionOf(there)
    },
  },
}
vi.stubGlobal('isSecureContext', true)
vi.stubGlobal('Notification', notification)
vi.stubGlobal('PushManager', class {})
vi.stubGlobal('self', globalThis)
Object.defineProperty(navigator, 'serviceWorker', {
  value: { ready: Promise.resolve(registration), getRegistration: async () => registration },
})
const push = await import('./push')

const gone: KnownAccount = {
  id: 'li',
  login: 'li',
  name: '李',
  seats: [],
  access: 'x',
  refresh: 'y',
  accessUntil: Date.now() + 60_000,
}

beforeEach(() => {
  told = []
  key = 'AQID'
  fails = undefined
  there = undefined
  made = 0
  service = async () => undefined
  answers = 'granted'
  notification.permission = 'default'
  notification.requestPermission.mockImplementation(async () => (notification.permission = answers))
  notification.requestPermission.mockClear()
  shown.close.mockClear()
  account.value = { id: 'li' }
  useAccount(freshId())
  vi.useRealTimers()
})

it('N17 the browser asks nothing until she taps; then the server knows the address', async () => {
  await push.lookAtPush()
  expect(await push.offers()).toBe(true)
  expect(notification.requestPermission).not.toHaveBeenCalled()
  await push.turnOn()
  expect(push.standing.value).toBe('on')
  expect(told).toEqual(['put https://push.example/1'])
  expect(await push.offers()).toBe(false)
})

it('N17 it is not offered where the server has no key, nor to whoever has refused', async () => {
  key = undefined
  expect(await push.offers()).toBe(false)
  key = 'AQID'
  await push.decline()
  expect(await push.offers()).toBe(false)
})

it('N17 a refusal is said as one, and a question that was closed may be asked again', async () => {
  answers = 'default'
  await push.turnOn()
  expect(push.standing.value).toBe('off')
  answers = 'denied'
  await push.turnOn()
  expect(push.standing.value).toBe('denied')
  expect(told).toEqual([])
})

const obstacles: [string, () => void][] = [
  ['server', () => void (key = undefined)],
  ['server', () => void (fails = new ApiError('bad_request', 400))],
  ['failed', () => void (fails = new ApiError('network'))],
  ['far', () => void (service = () => Promise.reject(new Error('push service not available')))],
]
it.each(obstacles)('N17 what stands in the way is told: %s', async (standing, go) => {
  go()
  await push.turnOn()
  expect(push.standing.value).toBe(standing)
  expect(told).toEqual([])
  expect((await getMeta('push'))?.wanted).toBeUndefined()
})

// Where the service cannot be reached some browsers never answer at all.
it('N17 a service that never answers is given up', async () => {
  service = () => new Promise(() => undefined)
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  let over = false
  const tried = push.turnOn().finally(() => (over = true))
  for (let i = 0; i < 50 && !over; i++) {
    await vi.advanceTimersByTimeAsync(1000)
    await new Promise((done) => setImmediate(done))
  }
  await tried
  expect(push.standing.value).toBe('far')
})

it('N17 who leaves takes the subscription and what was shown along, and it is there again when she is back', async () => {
  await push.turnOn()
  await push.leave(gone)
  await vi.waitFor(() => expect(there).toBeUndefined())
  expect(shown.close).toHaveBeenCalledOnce()
  expect(told).toEqual(['put https://push.example/1', 'delete'])
  // Another who comes in on this phone is told nothing of hers, nor subscribed for what she wanted.
  const hers = freshId()
  account.value = { id: hers }
  useAccount(hers)
  await push.lookAtPush()
  expect([push.standing.value, there]).toEqual(['off', undefined])
})

it('N17 what was read, here or on another of her phones, is taken out of this one’s list of notices', async () => {
  await push.takeAway((tag) => tag === 'a')
  expect(shown.close).not.toHaveBeenCalled() // nothing was ever shown where it is not allowed
  notification.permission = 'granted'
  await push.takeAway((tag) => tag === 'b')
  expect(shown.close).not.toHaveBeenCalled()
  await push.takeAway((tag) => tag === 'a')
  expect(shown.close).toHaveBeenCalledTimes(1)
})

it('N17 who is back, or whose browser has another address now, is asked for again; else nothing is asked', async () => {
  await push.turnOn()
  await push.lookAtPush()
  expect(told).toHaveLength(1)
  there = { endpoint: 'https://push.example/other', key: there!.key }
  await push.lookAtPush()
  expect(told.at(-1)).toBe('put https://push.example/other')
  await push.leave(gone)
  await vi.waitFor(() => expect(there).toBeUndefined())
  await push.lookAtPush()
  expect(push.standing.value).toBe('on')
  expect(told.at(-1)).toBe('put https://push.example/2')
})

it('N17 a subscription of another server is made anew', async () => {
  there = { endpoint: 'https://push.example/old', key: new Uint8Array([9, 9, 9]) }
  await push.turnOn()
  expect(told).toEqual(['put https://push.example/1'])
})

it('N17 turned off it stays off', async () => {
  await push.turnOn()
  await push.turnOff()
  expect(there).toBeUndefined()
  expect(told.at(-1)).toBe('delete')
  await push.lookAtPush()
  expect(push.standing.value).toBe('off')
  expect(await push.offers()).toBe(false)
})

it('N17 who has left while the service answered is not subscribed', async () => {
  service = async () => void (account.value = { id: 'zhao' })
  await push.turnOn()
  expect([told, there]).toEqual([[], undefined])
  await setMeta('push', { wanted: false })
})
