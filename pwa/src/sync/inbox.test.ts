import { beforeEach, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/client'
import { getMeta } from '@/db/meta'
import { allMarks, allNotices, keepRead, waitingMarks } from '@/db/notices'
import { useAccount } from '@/db/open'
import { freshId } from '@/state/edge'

const account = { id: 'li' }
vi.mock('@/state/session', () => ({
  account: {
    get value() {
      return account
    },
  },
  authorised: (run: (headers: object) => unknown) => run({}),
}))

/** A server's inbox: notices and marks in one count (N1). */
interface There {
  notices: { id: string; num: number; kind: string; at: number; params: object; expires?: number }[]
  reads: { id: string; at: number; num: number }[]
  head: number
}
let there: There
/** From which numbers was asked: what is before them the server knows to be here. */
let asked: number[]
let told: string[][]
let fails: ApiError | undefined
let limit = 500
vi.mock('@/api/client', async (original) => ({
  ...(await original<typeof import('@/api/client')>()),
  ok: async (answer: Promise<unknown>) => answer,
  client: {
    GET: async (_path: string, { params }: { params: { query: { after: number } } }) => {
      if (fails) throw fails
      let after = params.query.after
      asked.push(after)
      const reset = after > there.head
      if (reset) after = 0
      const all = [...there.notices, ...there.reads].filter((one) => one.num > after).sort((a, b) => a.num - b.num)
      const through = all.length > limit ? all[limit - 1]!.num : there.head
      const fit = <T extends { num: number }>(list: T[]) => list.filter((one) => one.num > after && one.num <= through)
      return {
        notices: fit(there.notices),
        reads: fit(there.reads),
        through,
        more: all.length > limit,
        reset,
        names: { zhao: '赵主任' },
      }
    },
    POST: async (_path: string, { body }: { body: { ids: string[] } }) => {
      if (fails) throw fails
      told.push(body.ids)
      for (const id of body.ids) {
        if (!there.reads.some((one) => one.id === id)) there.reads.push({ id, at: 50, num: ++there.head })
      }
    },
  },
}))
const { exchangeInbox } = await import('./inbox')

const day = 24 * 60 * 60 * 1000
const put = (id: string, more: object = {}) =>
  there.notices.push({ id, num: ++there.head, kind: 'message', at: 10, params: { from: 'zhao' }, ...more })
/** After an exchange that says how things stand there. */
const hear = (epoch = 's1', now = 1000) => exchangeInbox(account.id, there.head, epoch, now)
const here = async () => (await allNotices()).map((one) => one.id).sort()

beforeEach(() => {
  there = { notices: [], reads: [], head: 0 }
  asked = []
  told = []
  fails = undefined
  limit = 500
  account.id = 'li'
  useAccount(freshId())
})

it('N13 nothing is asked where nothing is new', async () => {
  expect(await hear()).toBe(false)
  put('a')
  expect(await hear()).toBe(true)
  asked = []
  expect(await hear()).toBe(false)
  expect(asked).toEqual([])
})

it('N13 what came is kept, and its receipt told only when it is kept', async () => {
  put('a')
  put('b')
  expect(await hear()).toBe(true)
  expect(asked).toEqual([0, 2])
  expect(await here()).toEqual(['a', 'b'])
  expect((await allNotices())[0]!.by).toBe('赵主任')
  expect(await getMeta('inbox')).toEqual({ epoch: 's1', through: 2, received: 2 })
})

it('N13 a receipt that was lost is told with the next exchange', async () => {
  put('a')
  const asks = vi.spyOn(asked, 'push')
  asks.mockImplementationOnce((one) => ((asked[asked.length] = one), (fails = new ApiError('network')), asked.length))
  await expect(hear()).rejects.toThrow('network')
  expect(await here()).toEqual(['a'])
  expect(await getMeta('inbox')).toEqual({ epoch: 's1', through: 1, received: 0 })
  fails = undefined
  await hear()
  expect(asked).toEqual([0, 1])
  expect((await getMeta('inbox'))!.received).toBe(1)
})

it('N13 many pages come one after the other, and the end of it is the receipt', async () => {
  limit = 2
  for (let i = 0; i < 5; i++) put(`n${i}`)
  await hear()
  expect(asked).toEqual([0, 2, 4, 5])
  expect(await here()).toHaveLength(5)
})

it('N15 what was read goes when there is a network, once, and is read on another phone', async () => {
  put('a')
  await hear()
  fails = new ApiError('network')
  await keepRead(['a', 'entry:x'], 20)
  await keepRead(['a'], 30)
  await expect(hear()).rejects.toThrow('network')
  expect(await waitingMarks(9)).toHaveLength(2)
  fails = undefined
  await hear()
  await hear()
  await hear()
  expect(told).toEqual([['a', 'entry:x']])
  expect(await waitingMarks(9)).toEqual([])
  useAccount(freshId()) // her other phone
  await hear()
  expect((await allMarks()).map((one) => [one.id, one.waiting])).toEqual([
    ['a', undefined],
    ['entry:x', undefined],
  ])
})

it('N15 a mark that the server does not take does not hold up the others', async () => {
  await keepRead(['bad'], 1)
  fails = new ApiError('bad_request', 400)
  await hear()
  fails = undefined
  await keepRead(['good'], 1)
  await hear()
  expect(told).toEqual([['good']])
})

it('N13 a server that was lost gives its inbox anew, and is told again what was read', async () => {
  put('a')
  put('b')
  await hear()
  await keepRead(['a'], 20)
  await hear()
  // Of the one that came instead there are fewer; then as many, of which other ones.
  for (const [epoch, ids] of [
    ['s2', ['c']],
    ['s3', ['d', 'e', 'f', 'g']],
  ] as const) {
    there = { notices: [], reads: [], head: 0 }
    told = []
    for (const id of ids) put(id)
    await hear(epoch)
    expect(await here()).toEqual([...ids])
    await hear(epoch)
    expect(told).toEqual([['a']])
  }
})

it('N13 a smaller number of the same server begins it anew too', async () => {
  put('a')
  put('b')
  await hear()
  there = { notices: [], reads: [], head: 0 }
  put('z')
  await hear()
  expect(await here()).toEqual(['z'])
})

it('what has ended goes, by the server’s time', async () => {
  put('ends', { expires: 5 * day })
  put('lasts')
  await hear()
  expect(await here()).toEqual(['ends', 'lasts'])
  put('later', { at: 179 * day })
  await hear('s1', 179 * day)
  expect(await here()).toEqual(['lasts', 'later'])
  put('much later', { at: 300 * day })
  await hear('s1', 300 * day)
  expect(await here()).toEqual(['later', 'much later'])
})

it('P8 what comes for an account that has left meanwhile is not kept under another', async () => {
  put('a')
  const asks = vi.spyOn(asked, 'push')
  asks.mockImplementationOnce(() => ((account.id = 'zhao'), 1))
  await exchangeInbox('li', there.head, 's1', 1000)
  expect(await here()).toEqual([])
})
