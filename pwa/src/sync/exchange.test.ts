import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Answer, Change } from '@/domain/change'
import { allOutbox, append } from '@/db/outbox'
import { setMeta, getMeta } from '@/db/meta'
import { useAccount } from '@/db/open'
import { freshId, sha256 } from '@/state/edge'

const account = { id: 'li' }
vi.mock('@/state/session', () => ({
  account: {
    get value() {
      return account
    },
  },
  authorised: (run: (headers: { Authorization: string }) => unknown) => run({ Authorization: 'Bearer x' }),
  storeSeats: async () => undefined,
}))
vi.mock('@/state/places', () => ({ catalogue: { value: {} }, loadPlaces: async () => undefined }))

/** What came to the server, a list of numbers for each request. */
const came: number[][] = []
/** Whether each asked for the digests of all feeds. */
const compared: boolean[] = []
let server: (numbers: number[], hashes: string[]) => Answer['push']
vi.mock('./transport', () => ({
  exchange: async (body: string): Promise<Answer> => {
    const [head, ...lines] = body.split('\n').filter(Boolean)
    compared.push((JSON.parse(head!) as { digests?: boolean }).digests === true)
    const numbers = lines.map((line) => (JSON.parse(line) as Change).n)
    came.push(numbers)
    return {
      protocol: 1,
      server_epoch: 's1',
      server_time: 5000,
      catalogue: 'c',
      seats: 's',
      push: server(
        numbers,
        lines.map((line) => sha256(line)),
      ),
      pull: { rows: [], cursors: { 'unit:1': 1 } },
    }
  },
}))
/** Reading all records waits for it. */
let mayRead = Promise.resolve()
vi.mock('@/db/reads', async (original) => {
  const real = await original<typeof import('@/db/reads')>()
  const inParts: typeof real.inParts = (...args) => mayRead.then(() => real.inParts(...args))
  return { ...real, inParts }
})
const asked = vi.fn(async () => new Set<string>())
vi.mock('./outcomes', () => ({ askOutcomes: () => asked() }))
vi.stubGlobal('isSecureContext', false) // no files: they have their own tests
const { exchangeAll } = await import('./exchange')

const edge = { now: () => 1000, freshId, sha256 }
const create = () => ({
  intent: { type: 'household' as const, entity: freshId(), kind: 'create' as const, unit: '1', fields: { head: '王' } },
})
/** Keeps all that comes. */
let held = { through: 0, chain: '' }
const keeps: typeof server = (numbers, hashes) => {
  if (numbers.length) held = { through: numbers.at(-1)!, chain: hashes.at(-1)! }
  return { ...held, durable: null, outcomes: numbers.map((n) => ({ n, outcome: 'applied' })) }
}

beforeEach(async () => {
  came.length = 0
  compared.length = 0
  held = { through: 0, chain: '' }
  server = keeps
  account.id = 'li'
  useAccount(freshId())
  await setMeta('catalogueHash', 'c')
  await setMeta('seatsHash', 's')
  await setMeta('divisions', [])
  await setMeta('counted', Date.now())
})
afterEach(() => vi.restoreAllMocks())

it('P6 five thousand changes that wait go in batches, each once and in order, with no new write', async () => {
  await append(Array.from({ length: 5000 }, create), edge)
  await exchangeAll(async () => undefined)
  expect(came.flat()).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1))
  expect(Math.max(...came.map((one) => one.length))).toBe(200)
  expect((await allOutbox()).every((one) => one.acked === 5000 && one.outcome?.outcome === 'applied')).toBe(true)
  expect((await getMeta('log'))!.through).toBe(5000)
}, 60_000)

it('P6 what is saved while an answer is stored goes along', async () => {
  await append([create()], edge)
  let more = 2
  await exchangeAll(async () => {
    if (more-- > 0) await append([create()], edge)
  })
  expect(came.flat()).toEqual([1, 2, 3])
})

it('P10 once a day all is counted anew, and compared in one more exchange', async () => {
  await exchangeAll(async () => undefined)
  expect(compared).toEqual([false])
  await setMeta('counted', Date.now() - 24 * 60 * 60 * 1000)
  await exchangeAll(async () => undefined)
  await exchangeAll(async () => undefined)
  expect(compared).toEqual([false, false, true, false])
})

it('P8 another account that comes in meanwhile gets nothing sent under its session', async () => {
  await append(Array.from({ length: 500 }, create), edge)
  server = (numbers, hashes) => {
    if (came.length === 2) account.id = 'zhao'
    return keeps(numbers, hashes)
  }
  await exchangeAll(async () => undefined)
  expect(came).toHaveLength(2)
  // The second answer came under the other account: it is asked for again when she is back.
  expect((await getMeta('log'))!.through).toBe(200)
})

it('P4 a server that takes nothing and says nothing of it is asked again later, not in a circle', async () => {
  await append([create()], edge)
  server = () => ({ through: 0, chain: '', durable: null, outcomes: [] })
  await expect(exchangeAll(async () => undefined)).rejects.toMatchObject({ code: 'unavailable' })
  expect(came.length).toBeLessThan(4)
  expect((await allOutbox()).map((one) => one.acked)).toEqual([undefined])
})

// An app that was opened and had its answer before it had read its records never asked, and its owner was not told
// until the next quiet exchange.
it('P13 an exchange that is faster than the reading of the records still asks what became of those of another unit', async () => {
  const { loadRecords } = await import('@/state/records')
  let read = () => undefined as void
  mayRead = new Promise((done) => (read = done))
  server = (numbers, hashes) => ({
    ...keeps(numbers, hashes),
    outcomes: numbers.map((n) => ({ n, outcome: 'parked', code: 'no_seat' })),
  })
  await append([{ intent: { type: 'household', entity: freshId(), kind: 'patch', fields: { head: '张' } } }], edge)
  void loadRecords()
  const exchange = exchangeAll(async () => undefined)
  setTimeout(read, 100)
  await exchange
  expect(asked).toHaveBeenCalled()
})
