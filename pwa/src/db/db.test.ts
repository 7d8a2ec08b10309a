import { beforeEach, describe, expect, it } from 'vitest'
import type { Answer, Row } from '@/domain/change'
import { receive } from '@/domain/phone'
import { freshId, sha256 } from '@/state/edge'
import { allDrafts, keepDraft } from './drafts'
import { getMeta } from './meta'
import { onAccount, useAccount } from './open'
import { allOutbox, append, waiting } from './outbox'
import { allRows, storeAnswer } from './rows'

const edge = { now: () => 1000, freshId, sha256 }
const entity = freshId()
const create = {
  intent: {
    type: 'entry' as const,
    entity,
    kind: 'create' as const,
    unit: '1',
    form: 'f',
    form_version: 1,
    fields: { text: '张三' },
  },
}

function answer(through: number, rows: Row[] = [], more: Partial<Answer> = {}): Answer {
  return {
    protocol: 1,
    server_epoch: 's1',
    server_time: 5000,
    catalogue: '',
    seats: '',
    push: { through, chain: '', durable: null, outcomes: [{ n: 1, outcome: 'applied' }] },
    pull: { rows, cursors: { 'unit:1': 7 } },
    ...more,
  }
}
const row = (more: Partial<Row> = {}): Row => ({
  feed: 'unit:1',
  seq: 7,
  type: 'entry',
  entity,
  unit: '1',
  state: 'submitted',
  version: 'v',
  content: { text: '张三' },
  ...more,
})
const store = async (one: Answer) => {
  const tail = (await getMeta('tail'))?.n ?? 0
  return storeAnswer(one, receive({ serverEpoch: (await getMeta('serverEpoch')) ?? '', tail }, [], one), 6000)
}

beforeEach(() => useAccount(freshId()))

describe('P1 the log', () => {
  it('numbers without a gap, chains by hash, and drops the draft in the same transaction', async () => {
    await keepDraft({ id: 'd', form: 'f', unit: '1', content: {}, screen: 1, updatedAt: 1 })
    await append([create], edge, { dropDraft: 'd' })
    await append([{ intent: { type: 'entry', entity, kind: 'transition', event: 'withdraw', trunk: 'v' } }], edge)
    const [first, second] = await allOutbox()
    expect([first!.n, second!.n]).toEqual([1, 2])
    expect(JSON.parse(second!.line)).toMatchObject({ prev: sha256(first!.line), n: 2 })
    expect(await allDrafts()).toEqual([])
  })
  it('writes nothing at all when a part fails', async () => {
    const bad = { intent: { ...create.intent, fields: { n: 1.5 } } }
    await expect(append([create, bad], edge)).rejects.toThrow()
    expect(await allOutbox()).toEqual([])
    expect(await getMeta('tail')).toBeUndefined()
  })
  it('many appends at once still chain', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () => append([{ intent: { ...create.intent, entity: freshId() } }], edge)),
    )
    const lines = (await allOutbox()).sort((a, b) => a.n - b.n)
    lines.forEach((one, index) => {
      const change = JSON.parse(one.line) as { n: number; prev: string }
      expect(change.n).toBe(index + 1)
      expect(change.prev).toBe(index ? lines[index - 1]!.hash : '')
    })
  })
})

describe('P3 an answer', () => {
  it('stops the waiting of what through covers, together with its rows and cursor', async () => {
    await append([create], edge)
    expect(await waiting(0)).toHaveLength(1)
    await store(answer(1, [row()]))
    expect(await waiting((await getMeta('through'))!)).toEqual([])
    expect(await allRows()).toHaveLength(1)
    expect(await getMeta('cursors')).toEqual({ 'unit:1': 7 })
    expect((await allOutbox())[0]).toMatchObject({ acked: 5000, outcome: { outcome: 'applied' } })
  })
  it('W6 a tombstone removes what came by that feed alone; a dropped feed goes with its cursor', async () => {
    await store(answer(0, [row(), row({ feed: 'own:me' })]))
    await store(answer(0, [row({ feed: 'own:me', gone: true })]))
    expect((await allRows()).map((one) => one.feed)).toEqual(['unit:1'])
    await store(answer(0, [], { pull: { rows: [], cursors: {}, drop: ['unit:1'] } }))
    expect(await allRows()).toEqual([])
    expect(await getMeta('cursors')).toEqual({})
  })
  it('a restored server is told again what it no longer has', async () => {
    await append([create], edge)
    await store(answer(1, [row()]))
    await store(answer(0, [], { server_epoch: 's2', push: { through: 0, chain: '', durable: null, outcomes: [] } }))
    expect(await getMeta('through')).toBe(0)
    expect(await getMeta('cursors')).toEqual({})
    expect(await waiting(0)).toHaveLength(1)
    expect((await allOutbox())[0]!.acked).toBeUndefined()
  })
})

describe('the phone’s file', () => {
  it('indexes hold only ids, unit, state and numbers', async () => {
    const keys = await onAccount(async (db) =>
      [...db.objectStoreNames].map((name) => {
        const { keyPath, indexNames } = db.transaction(name).store
        return [name, [Array.isArray(keyPath) ? `[${keyPath.join('+')}]` : keyPath, ...indexNames].join(' ')]
      }),
    )
    expect(Object.fromEntries(keys)).toEqual({
      outbox: 'n entity',
      rows: '[feed+entity] entity feed seq state unit',
      drafts: 'id',
      meta: 'key',
    })
  })
})
