import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Answer, Row } from '@/domain/change'
import { freshId, sha256 } from '@/state/edge'
import { allDrafts, keepDraft } from './drafts'
import { getMeta } from './meta'
import { allMarks, allNotices, keepRead, waitingMarks } from './notices'
import { onAccount, useAccount } from './open'
import { openDB } from 'idb'
import { newLog } from '@/domain/log'
import { forkLog, nameLog, nextRequest } from './log'
import { allOutbox, append } from './outbox'
import { inParts, rowsOf } from './reads'
import { storeAnswer } from './rows'
import { allRows } from '@/test/rows'

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
const nothing = { through: 0, chain: '', durable: null, outcomes: [] }
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
const request = async () => {
  await nameLog({ freshId })
  return (await nextRequest())!
}
/** The answer to what the phone would ask now; of a log that fits. */
const store = async (one: Answer) => {
  const lines = await allOutbox()
  const chain = lines.find((line) => line.n === one.push.through)?.hash ?? one.push.chain
  return storeAnswer({ ...one, push: { ...one.push, chain } }, (await request()).asked, 6000)
}
const waiting = async () => (await request()).lines.map((one) => one.n)

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
  // Chromium says that a transaction has ended before it is on the disk, unless it is asked not to.
  it('is on the disk when it is said to be saved', async () => {
    const begun = vi.spyOn(IDBDatabase.prototype, 'transaction')
    await append([create], edge)
    const written = begun.mock.calls.filter(([, mode]) => mode === 'readwrite')
    begun.mockRestore()
    expect(written).toHaveLength(1)
    expect(written[0]![2]).toEqual({ durability: 'strict' })
  })
  it('writes nothing at all when a part fails', async () => {
    const bad = { intent: { ...create.intent, fields: { n: 1.5 } } }
    await expect(append([create, bad], edge)).rejects.toThrow()
    expect(await allOutbox()).toEqual([])
    expect(await getMeta('log')).toBeUndefined()
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
    expect(await waiting()).toEqual([1])
    await store(answer(1, [row()]))
    expect(await waiting()).toEqual([])
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
  it('P13 a dropped feed takes no change along: what waits is still sent, and what is parked is still shown', async () => {
    await store(answer(0, [row({ content: { text: '李四' } })]))
    await append([create, { intent: { ...create.intent, entity: freshId() } }], edge)
    await store(
      answer(1, [], {
        push: { through: 1, chain: '', durable: null, outcomes: [{ n: 1, outcome: 'parked', code: 'no_seat' }] },
        pull: { rows: [], cursors: {}, drop: ['unit:1'] },
      }),
    )
    expect(await allRows()).toEqual([])
    expect((await allOutbox()).map((one) => [one.n, one.acked !== undefined, one.outcome?.code])).toEqual([
      [1, true, 'no_seat'],
      [2, false, undefined],
    ])
    expect(await waiting()).toHaveLength(1)
  })
  it('P12 what is copied goes after thirty days by the server’s clock, whatever the phone’s says', async () => {
    const day = 24 * 60 * 60 * 1000
    const said = (days: number, durable: number | null): Partial<Answer> => ({
      server_time: days * day,
      push: { through: 1, chain: 'c', durable, outcomes: [{ n: 1, outcome: 'applied' }] },
    })
    await append([create], edge)
    await store(answer(1, [], said(100, null)))
    await store(answer(1, [], said(140, null)))
    expect(await allOutbox()).toHaveLength(1)
    await store(answer(1, [], said(141, 1)))
    expect(await allOutbox()).toHaveLength(0)
  })
  it('rows come in parts, each once, until no more are wanted; those of some records together', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'].map((one) => one.repeat(32))
    await store(answer(0, [...ids.map((one) => row({ entity: one })), row({ entity: ids[0], feed: 'own:me' })]))
    for (const size of [1, 2, 3, 6, 100]) {
      expect((await allRows(size)).map((one) => one.entity)).toEqual([ids[0], ...ids])
    }
    const parts: number[] = []
    await inParts(2, (rows) => parts.push(rows.length) < 2)
    expect(parts).toEqual([2, 2])
    const some = await rowsOf([ids[0]!, 'f'.repeat(32)])
    expect([...some].map(([one, rows]) => [one, rows.length])).toEqual([
      [ids[0], 2],
      ['f'.repeat(32), 0],
    ])
  })
  it('a restored server is told again what it no longer has', async () => {
    await append([create], edge)
    await store(answer(1, [row()]))
    const cursors = { 'unit:1': 2 }
    await store({ ...answer(0, [], { server_epoch: 's2', pull: { rows: [], cursors } }), push: nothing })
    expect(await getMeta('log')).toMatchObject({ through: 0, settled: 0, serverEpoch: 's2' })
    expect(await getMeta('cursors')).toEqual(cursors)
    expect(await allRows()).toEqual([])
    expect(await waiting()).toEqual([1])
    expect((await allOutbox())[0]!.acked).toBeUndefined()
    expect((await allOutbox())[0]!.outcome).toBeUndefined()
  })
  it('to a question that no longer stands changes nothing', async () => {
    await append([create], edge)
    const { asked } = await request()
    await forkLog(0, edge)
    expect(await storeAnswer(answer(1, [row()]), asked, 6000)).toBe('late')
    expect(await allRows()).toEqual([])
    expect(await waiting()).toEqual([1])
  })
})

describe('P9 a fork', () => {
  const patch = {
    intent: { type: 'entry' as const, entity, kind: 'patch' as const, fields: { text: '李四' }, trunk: 'v' },
  }
  it('writes the log anew after the common part, and keeps what lies beside each line', async () => {
    await append([create, { ...patch, base: { text: '张三' } }], edge)
    await store(answer(1))
    const before = await allOutbox()
    expect([...(await forkLog(1, edge))]).toEqual([entity])
    const [first, second] = await allOutbox()
    const log = (await getMeta('log'))!
    expect(first).toEqual(before[0])
    expect(second).toMatchObject({ n: 2, epoch: log.epoch, base: { text: '张三' } })
    expect(JSON.parse(second!.line)).toMatchObject({ prev: first!.hash, after: { epoch: first!.epoch, n: 1 } })
    expect(log.tail).toEqual({ n: 2, hash: second!.hash })
    expect((await request()).asked).toMatchObject({ epoch: log.epoch, from: 2, last: 2 })
    await append([patch], edge)
    expect(JSON.parse((await allOutbox())[2]!.line)).toMatchObject({ n: 3, prev: second!.hash, epoch: log.epoch })
    expect(await getMeta('lost')).toBeUndefined()
  })
  it('the answer that tells of it stores nothing', async () => {
    await append([create], edge)
    const told = answer(5, [row()])
    expect(await store({ ...told, push: { ...told.push, chain: 'c' } })).toEqual({ fork: 1 })
    expect(await allRows()).toEqual([])
    expect(await getMeta('cursors')).toBeUndefined()
  })
  it('counts what nobody has any more', async () => {
    await append([create, patch, patch], edge)
    const month = 31 * 24 * 60 * 60 * 1000
    await store(answer(3))
    await store({ ...answer(3), server_time: month + 5001, push: { ...nothing, through: 3, durable: 2 } })
    expect((await allOutbox()).map((one) => one.n)).toEqual([3])
    expect((await getMeta('log'))!.pruned).toMatchObject({ n: 2 })
    await forkLog(0, edge)
    expect(await getMeta('lost')).toBe(2)
    expect(JSON.parse((await allOutbox())[0]!.line).after).toMatchObject({ n: 2, lost: 1 })
  })
})

describe('an update of the app', () => {
  it('brings unsent work along into a newer schema', async () => {
    const id = freshId()
    const epoch = 'e'.repeat(32)
    const old = await openDB(`niangjia-${id}`, 10, {
      upgrade(db) {
        db.createObjectStore('outbox', { keyPath: 'n' }).createIndex('entity', 'entity')
        const rows = db.createObjectStore('rows', { keyPath: ['feed', 'entity'] })
        for (const key of ['feed', 'entity', 'unit', 'state', 'seq']) rows.createIndex(key, key)
        db.createObjectStore('drafts', { keyPath: 'id' })
        db.createObjectStore('meta', { keyPath: 'key' })
      },
    })
    const written = [1, 2, 3].map((n) => ({
      n,
      entity,
      line: JSON.stringify({ epoch, n, prev: n === 1 ? '' : `h${n - 1}`, entity }),
      hash: `h${n}`,
      ...(n === 1 ? { acked: 5, outcome: { n: 1, outcome: 'applied' } } : {}),
    }))
    for (const one of written) await old.put('outbox', one)
    await old.put('rows', row())
    const meta = { epoch, tail: { n: 3, hash: 'h3' }, through: 1, serverEpoch: 's1', cursors: { 'unit:1': 7 } }
    for (const [key, value] of Object.entries(meta)) await old.put('meta', { key, value })
    old.close()

    useAccount(id)
    expect(await getMeta('log')).toEqual({
      ...newLog(epoch),
      tail: { n: 3, hash: 'h3' },
      through: 1,
      settled: 1,
      serverEpoch: 's1',
    })
    expect(await allOutbox()).toEqual(written.map((one) => ({ ...one, epoch })))
    expect(await allRows()).toEqual([row()])
    const next = await request()
    expect(next.asked).toEqual({ epoch, after: undefined, from: 2, last: 3 })
    expect(next.cursors).toEqual({ 'unit:1': 7 })
    await append([create], edge)
    expect(JSON.parse((await allOutbox())[3]!.line)).toMatchObject({ epoch, n: 4, prev: 'h3' })
  })
  // An upgrade that failed half-way was kept as it was: of the new schema, and without the log that goes with it.
  it('that cannot take everything over changes nothing', async () => {
    const id = freshId()
    const name = `niangjia-${id}`
    const old = await openDB(name, 10, {
      upgrade(db) {
        db.createObjectStore('outbox', { keyPath: 'n' }).createIndex('entity', 'entity')
        const rows = db.createObjectStore('rows', { keyPath: ['feed', 'entity'] })
        for (const key of ['feed', 'entity', 'unit', 'state', 'seq']) rows.createIndex(key, key)
        db.createObjectStore('drafts', { keyPath: 'id' })
        db.createObjectStore('meta', { keyPath: 'key' })
      },
    })
    const epoch = 'e'.repeat(32)
    const garbled = { n: 1, entity, line: '{"n":1,"prev', hash: 'h1' }
    const good = { ...garbled, line: JSON.stringify({ epoch, n: 1, prev: '', entity }) }
    await old.put('outbox', garbled)
    await old.put('meta', { key: 'epoch', value: epoch })
    await old.put('meta', { key: 'tail', value: { n: 1, hash: 'h1' } })
    old.close()
    useAccount(id)
    await expect(allOutbox()).rejects.toMatchObject({ name: 'AbortError' })
    const still = await openDB(name)
    expect(still.version).toBe(10)
    expect(await still.getAll('outbox')).toEqual([garbled])
    expect((await still.get('meta', 'epoch')).value).toBe(epoch)
    // What is here is not given up: a phone whose storage gives the line again goes on.
    await still.put('outbox', good)
    still.close()
    expect(await allOutbox()).toEqual([{ ...good, epoch }])
    expect((await getMeta('log'))!.tail).toEqual({ n: 1, hash: 'h1' })
  })
  it('that knows inboxes leaves all that was there, and begins with an empty one', async () => {
    const id = freshId()
    const old = await openDB(`niangjia-${id}`, 11, {
      upgrade(db) {
        const outbox = db.createObjectStore('outbox', { keyPath: 'n' })
        for (const key of ['entity', 'epoch']) outbox.createIndex(key, key)
        const rows = db.createObjectStore('rows', { keyPath: ['feed', 'entity'] })
        for (const key of ['feed', 'entity', 'unit', 'state', 'seq']) rows.createIndex(key, key)
        db.createObjectStore('drafts', { keyPath: 'id' })
        db.createObjectStore('meta', { keyPath: 'key' })
      },
    })
    const epoch = 'e'.repeat(32)
    const log = { ...newLog(epoch), tail: { n: 1, hash: 'h1' } }
    const line = { n: 1, entity, epoch, line: JSON.stringify({ epoch, n: 1, prev: '', entity }), hash: 'h1' }
    await old.put('outbox', line)
    await old.put('rows', row())
    await old.put('meta', { key: 'log', value: log })
    old.close()

    useAccount(id)
    expect(await allOutbox()).toEqual([line])
    expect(await allRows()).toEqual([row()])
    expect(await getMeta('log')).toEqual(log)
    expect([await allNotices(), await allMarks()]).toEqual([[], []])
    expect(await keepRead(['a'], 1)).toBe(true)
    expect(await waitingMarks(9)).toEqual(['a'])
    const indexes = await onAccount(async (db) => [...db.transaction('rows').store.indexNames])
    expect(indexes).toEqual(['entity'])
  })
  it('of a phone that has written nothing yet', async () => {
    await append([create], edge)
    expect(await waiting()).toEqual([1])
  })
})

describe('the phone’s file', () => {
  it('keys and indexes hold only ids, units and numbers', async () => {
    const keys = await onAccount(async (db) =>
      [...db.objectStoreNames].map((name) => {
        const { keyPath, indexNames } = db.transaction(name).store
        return [name, [Array.isArray(keyPath) ? `[${keyPath.join('+')}]` : keyPath, ...indexNames].join(' ')]
      }),
    )
    expect(Object.fromEntries(keys)).toEqual({
      outbox: 'n entity epoch',
      rows: '[feed+entity] entity',
      packs: '[feed+n]',
      drafts: 'id',
      notices: 'id',
      marks: 'id waiting',
      meta: 'key',
    })
  })
})
