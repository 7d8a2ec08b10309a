import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Answer } from '@/domain/change'
import { freshId, sha256 } from '@/state/edge'
import { dropDraft, keepDraft } from './drafts'
import { mending } from '@/domain/mend'
import type { Load } from '@/domain/snapshot'
import { accountById, changeAccount, deviceId, forgetSession, rememberAccount } from './device'
import { addFile, allFiles, bytesOf, changeFile, dropFiles, giveUpBytes, type KeptFile } from './files'
import { giveUp, noteFiles, storeIndex, storePart } from './loads'
import { forkLog, nameLog, nextRequest } from './log'
import { beginAgain, placed, setDigest, storeMended } from './mend'
import { dropMeta, getMeta, setMeta } from './meta'
import { onAccount, onDevice, useAccount } from './open'
import { append, settle } from './outbox'
import { keepOutcomes } from './outcomes'
import { layOutNext } from './packs'
import { storeAnswer } from './rows'

const edge = { now: () => 1000, freshId, sha256 }
const entity = freshId()
const stores = ['outbox', 'rows', 'packs', 'drafts', 'meta'] as const
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

/** Whose photos these are, in each round another account. */
let hers = ''
const photo = (id: string): KeptFile => ({ id, kind: 'photo', type: 'image/jpeg', size: 3, at: 1, state: 'sent' })

const everything = () =>
  Promise.all([
    onAccount((db) => Promise.all(stores.map((store) => db.getAll(store)))),
    onDevice((db) => Promise.all([db.getAll('accounts'), db.getAll('meta')])),
    allFiles(hers),
    Promise.all(['a', 'b', 'c'].map(async (id) => (await bytesOf(hers, id))?.byteLength)),
  ])

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

const row = { feed: 'unit:1', seq: 7, type: 'entry', unit: '1', state: 'draft', version: 'v', content: {} } as const
const known = { id: 'li', login: 'li', name: '李', seats: [], access: 'a', refresh: 'r', accessUntil: 1 }

/** A feed that comes from a file of two parts, of which the first is next. */
const load: Load = {
  feed: 'unit:2',
  seq: 9,
  rows: 2,
  bytes: 30,
  index: 10,
  hash: 'h',
  path: '/f',
  part: 0,
  at: 10,
  parts: [
    { rows: 1, bytes: 10, hash: 'a' },
    { rows: 1, bytes: 10, hash: 'b' },
  ],
}
const last: Load = { ...load, part: 1, at: 20 }
const ofFile = { ...row, feed: 'unit:2', entity: freshId() }

beforeEach(async () => {
  hers = freshId()
  useAccount(hers)
  for (const id of ['a', 'b']) await addFile(hers, photo(id), new ArrayBuffer(3))
  await forgetSession('li')
  await append([{ intent: create }, { intent: patch }], edge)
  const { asked, lines } = (await nextRequest())!
  await storeAnswer(answer(1, lines[0]!.hash, 's1'), asked, 6000)
  await keepDraft({ id: 'd', form: 'f', unit: '1', content: {}, screen: 1, updatedAt: 1 })
})
afterEach(() => vi.restoreAllMocks())

/** As if the server had put aside all that she sent. */
const putAside = () =>
  onAccount(async (db) => {
    for (const one of await db.getAll('outbox'))
      await db.put('outbox', { ...one, acked: 5000, outcome: { n: one.n, outcome: 'parked' } })
  })

type Before = Parameters<typeof setMeta>[1]
type Act = () => Promise<unknown>
const acts: [name: string, act: Act, before?: Record<string, Before>, who?: typeof known, ready?: Act][] = [
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
  ['what was rejected and is settled', () => settle([1, 2])],
  [
    'what became of what was put aside',
    () => keepOutcomes(new Map([1, 2].map((n) => [n, { n, outcome: 'applied' }]))),
    {},
    undefined,
    putAside,
  ],
  ['a photo', () => addFile(hers, photo('c'), new ArrayBuffer(4))],
  ['what is known of a photo', () => changeFile(hers, 'a', { state: 'refused', code: 'unknown_type' })],
  ['room that photos on the server make', () => giveUpBytes(hers, ['a', 'b'])],
  ['photos that go', () => dropFiles(hers, ['a', 'b'])],
  ['a draft', () => keepDraft({ id: 'e', form: 'f', unit: '1', content: { text: '三' }, screen: 1, updatedAt: 2 })],
  ['a draft that goes', () => dropDraft('d')],
  ['a value', () => setMeta('lost', 3)],
  ['values that go', () => dropMeta(['cursors', 'feeds'])],
  [
    'an answer that names a file',
    async () => {
      const { asked, lines } = (await nextRequest())!
      const said = answer(2, lines[0]!.hash, 's1')
      const pull = { ...said.pull, snapshots: [{ ...load, parts: undefined }] }
      return storeAnswer({ ...said, pull }, asked, 7000, noteFiles)
    },
  ],
  ['the index of a file', () => storeIndex({ ...load, at: 0 }, load), { loads: { 'unit:2': { ...load, at: 0 } } }],
  ['a part of a file', () => storePart(load, [ofFile]), { loads: { 'unit:2': load } }],
  ['the last part of a file', () => storePart(last, [ofFile]), { loads: { 'unit:2': last } }],
  [
    'a pack that is laid out',
    () => layOutNext(),
    { loads: { 'unit:2': load } },
    undefined,
    () => storePart(load, [ofFile]),
  ],
  [
    'a file that is given up',
    async () => {
      await giveUp(load)
    },
    { loads: { 'unit:2': load } },
  ],
  ['a digest', () => setDigest('unit:1', 7, { rows: 9, sum: '0'.repeat(16) })],
  [
    'what was put right',
    async () => {
      const m = { ...mending('unit:1'), remove: [entity], rows: [{ ...row, entity: freshId() }] }
      return storeMended(m, 7, await placed('unit:1', sha256), { li: '李' }, sha256, 8000)
    },
  ],
  ['a feed that begins again', () => beginAgain('unit:1', 7, 8_000_000_000)],
  ['who comes in', () => rememberAccount({ ...known, access: 'b' })],
  ['a renewed session', () => changeAccount('li', { access: 'c', refresh: 's' })],
  ['who goes out', () => forgetSession('li'), {}, known],
]

it.each(acts)(
  'P1 P3 P9 P10 P11 %s is written whole or not at all, wherever the room ends',
  async (_name, act, has, who, ready) => {
    for (const [key, value] of Object.entries(has ?? {})) await setMeta(key as 'loads', value as never)
    await rememberAccount(who ?? { ...known, access: '' })
    await ready?.()
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
        expect(n).toBeGreaterThan(1)
        break
      }
      expect(await everything()).toEqual(before)
    }
    expect(await everything()).not.toEqual(before)
  },
)

it('P1 the name of this installation and of a log are made once, or not yet', async () => {
  useAccount(freshId())
  expect(await getMeta('log')).toBeUndefined()
  const writes = fill(1)
  await expect(nameLog({ freshId })).rejects.toThrow('no room')
  expect(writes()).toBe(1)
  vi.restoreAllMocks()
  expect(await getMeta('log')).toBeUndefined()
  await nameLog({ freshId })
  const { epoch } = (await getMeta('log'))!
  await nameLog({ freshId })
  expect((await getMeta('log'))!.epoch).toBe(epoch)

  await onDevice((db) => db.delete('meta', 'device'))
  fill(1)
  await expect(deviceId(freshId)).rejects.toThrow('no room')
  vi.restoreAllMocks()
  const id = await deviceId(freshId)
  expect(await deviceId(freshId)).toBe(id)
  expect(await accountById('nobody')).toBeUndefined()
})
