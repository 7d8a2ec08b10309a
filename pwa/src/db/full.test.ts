import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Answer } from '@/domain/change'
import { freshId, sha256 } from '@/state/edge'
import { keepDraft } from './drafts'
import { forkLog, nextRequest } from './log'
import { onAccount, useAccount } from './open'
import { append } from './outbox'
import { storeAnswer } from './rows'

const edge = { now: () => 1000, freshId, sha256 }
const entity = freshId()
const stores = ['outbox', 'rows', 'drafts', 'meta'] as const
const create = {
  type: 'entry',
  entity,
  kind: 'create',
  unit: '1',
  form: 'f',
  form_version: 1,
  fields: { text: '一' },
} as const
const patch = { type: 'entry', entity, kind: 'patch', fields: { text: '二' } } as const

const everything = () => onAccount((db) => Promise.all(stores.map((store) => db.getAll(store))))

/** The phone has no room any more from its n-th write on; says how many there were. */
function fill(n: number): () => number {
  let writes = 0
  for (const does of ['put', 'add', 'delete', 'clear'] as const) {
    const real = IDBObjectStore.prototype[does] as (...args: unknown[]) => IDBRequest
    vi.spyOn(IDBObjectStore.prototype, does).mockImplementation(function (this: IDBObjectStore, ...args: unknown[]) {
      if (++writes >= n) throw new DOMException('no room', 'QuotaExceededError')
      return real.apply(this, args)
    } as never)
  }
  return () => writes
}

const answer = (through: number, chain: string, server: string): Answer => ({
  protocol: 1,
  server_epoch: server,
  server_time: 5000,
  catalogue: '',
  seats: '',
  push: { through, chain, durable: null, outcomes: [{ n: 1, outcome: 'applied' }] },
  pull: {
    rows: [{ feed: 'unit:1', seq: 7, type: 'entry', entity, unit: '1', state: 'draft', version: 'v', content: {} }],
    cursors: { 'unit:1': 7 },
  },
})

beforeEach(async () => {
  useAccount(freshId())
  await append([{ intent: create }, { intent: patch }], edge)
  const { asked, lines } = (await nextRequest())!
  await storeAnswer(answer(1, lines[0]!.hash, 's1'), asked, 6000)
  await keepDraft({ id: 'd', form: 'f', unit: '1', content: {}, screen: 1, updatedAt: 1 })
})
afterEach(() => vi.restoreAllMocks())

const acts: [string, () => Promise<unknown>][] = [
  [
    'a save',
    () => append([{ intent: patch }], edge, { dropDraft: 'd', lastUsed: { 'f.text': { day: '1', value: '二' } } }),
  ],
  [
    'an answer',
    async () => {
      const { asked, lines } = (await nextRequest())!
      return storeAnswer(answer(2, lines[0]!.hash, 's1'), asked, 7000)
    },
  ],
  [
    'an answer of a server that was restored',
    async () => storeAnswer(answer(0, '', 's2'), (await nextRequest())!.asked, 7000),
  ],
  ['a fork', () => forkLog(0, edge)],
]

it.each(acts)('P1 P3 P9 %s is written whole or not at all, wherever the room ends', async (_name, act) => {
  const before = await everything()
  for (let n = 1; ; n++) {
    const writes = fill(n)
    const failed = await act().then(
      () => false,
      (error: DOMException) => error.name === 'QuotaExceededError',
    )
    const reached = writes()
    vi.restoreAllMocks()
    if (!failed) {
      expect(reached).toBeLessThan(n)
      expect(n).toBeGreaterThan(2)
      break
    }
    expect(await everything()).toEqual(before)
  }
  expect(await everything()).not.toEqual(before)
})
