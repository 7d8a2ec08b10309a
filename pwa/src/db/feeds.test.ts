import { beforeEach, describe, expect, it } from 'vitest'
import type { Answer, Row } from '@/domain/change'
import { changed, none, rowHash, type Digest } from '@/domain/digest'
import { mending, question, take, type Finding } from '@/domain/mend'
import { freshId, sha256 } from '@/state/edge'
import { version } from '@/domain/canonical'
import { beginAgain, digestOf, placed, setDigest, storeMended } from './mend'
import { getMeta } from './meta'
import { nameLog, nextRequest } from './log'
import { onAccount, useAccount } from './open'
import { allOutbox, append } from './outbox'
import { storeAnswer } from './rows'
import { allRows } from '@/test/rows'

const feed = 'unit:1'
const row = (entity: string, more: Partial<Row> = {}): Row => {
  const content = { text: `记录 ${entity}` }
  return {
    feed,
    seq: 1,
    type: 'entry',
    entity,
    unit: '1',
    state: 'submitted',
    form: 'f',
    form_version: 1,
    author: 'li',
    created_at: 1,
    updated_at: 2,
    version: version(content, sha256),
    content,
    ...more,
  }
}
const sumOf = (rows: Row[]): Digest => changed(none, rows.map(rowHash), [])

async function heard(pull: Partial<Answer['pull']>, more: Partial<Answer> = {}) {
  const asked = (await nextRequest())!.asked
  const stored = await storeAnswer(
    {
      protocol: 1,
      server_epoch: 's1',
      server_time: 5000,
      catalogue: '',
      seats: '',
      push: { through: 0, chain: '', durable: null, outcomes: [] },
      pull: { rows: [], cursors: {}, ...pull },
      ...more,
    },
    asked,
    6000,
  )
  if (stored === 'late' || 'fork' in stored) throw new Error('not stored')
  return stored
}
const knownOf = async () => (await getMeta('feeds'))?.[feed]
const entities = async () => (await allRows()).map((one) => one.entity).sort()

/** A server that has these rows, at this place; it answers as sync/engine does. */
function server(rows: Row[], seq: number) {
  const asked: string[] = []
  return {
    asked,
    examine(q: ReturnType<typeof question>): Finding {
      asked.push(JSON.stringify(q.prefixes ?? q.entities))
      const held = rows.map((one) => ({ one, hash: rowHash(one) }))
      return {
        server_epoch: 's1',
        seq,
        parts: (q.prefixes ?? []).map((prefix) => {
          const under = (at: string) => held.filter(({ one }) => placeOf(one).startsWith(at))
          const digest = (at: string) =>
            changed(
              none,
              under(at).map(({ hash }) => hash),
              [],
            )
          const list = under(prefix)
          return list.length <= 64
            ? {
                prefix,
                digest: digest(prefix),
                list: Object.fromEntries(list.map(({ one, hash }) => [one.entity, hash])),
              }
            : { prefix, digest: digest(prefix), split: [...'0123456789abcdef'].map((digit) => digest(prefix + digit)) }
        }),
        rows: held.filter(({ one }) => q.entities?.includes(one.entity)).map(({ one }) => one),
      }
    },
  }
}
const places = new Map<string, string>()
const placeOf = (one: Row) => places.get(one.entity)!

async function mendWith(from: ReturnType<typeof server>, cursor: number) {
  const stored = await placed(feed, sha256)
  for (const [entity, { place }] of stored) places.set(entity, place)
  const m = mending(feed)
  for (;;) {
    const q = question(m, 's1')
    const came = take(m, q, from.examine(q), { serverEpoch: 's1', cursor, stored })
    if (came === 'more') continue
    if (came === 'found') await storeMended(m, cursor, stored, {}, sha256, 7000)
    return { came, m }
  }
}

beforeEach(async () => {
  useAccount(freshId())
  await nameLog({ freshId })
})

describe('S18 P10 the digest of a feed', () => {
  it('changes with the rows that are stored, in any order and number of pages', async () => {
    await heard({ rows: [row('a'), row('b')], cursors: { [feed]: 2 }, more: true, bases: { [feed]: 4 } })
    expect((await nextRequest())!.bases).toEqual({ [feed]: 4 })
    const changedRow = row('a', { state: 'approved', seq: 5 })
    const all = [changedRow, row('c', { seq: 3 })]
    const stored = await heard({
      rows: [row('c', { seq: 3 }), changedRow, { feed, seq: 6, type: 'entry', entity: 'b', gone: true }],
      cursors: { [feed]: 6 },
      digests: { [feed]: sumOf(all) },
    })
    expect(stored.differs).toEqual([])
    expect((await knownOf())?.digest).toEqual(sumOf(all))
    expect((await nextRequest())!.bases).toEqual({})
  })
  it('a difference is remembered until it is mended', async () => {
    await heard({ rows: [row('a')], cursors: { [feed]: 2 } })
    expect((await heard({ digests: { [feed]: sumOf([row('a'), row('b')]) } })).differs).toEqual([feed])
    expect((await heard({})).differs).toEqual([feed])
    expect((await heard({ digests: { [feed]: sumOf([row('a')]) } })).differs).toEqual([])
  })
  it('of rows that an older app stored it is not known until they are counted', async () => {
    await onAccount((db) => db.put('rows', row('a')))
    await onAccount((db) => db.put('meta', { key: 'cursors', value: { [feed]: 3 } }))
    expect((await heard({ cursors: { [feed]: 4 }, rows: [row('b', { seq: 4 })] })).differs).toEqual([])
    await setDigest(feed, 4, digestOf((await placed(feed, sha256)).values()))
    expect((await heard({ digests: { [feed]: sumOf([row('a'), row('b')]) } })).differs).toEqual([])
  })
  it('a sum is taken modulo 2^64', () => {
    const high = 'ffffffffffffffff'
    expect(changed(none, [high, '0000000000000005'], [])).toEqual({ rows: 2, sum: '0000000000000004' })
    expect(changed({ rows: 2, sum: '0000000000000004' }, [], ['0000000000000005'])).toEqual({ rows: 1, sum: high })
    expect(changed(none, ['00000000ffffffff', '0000000000000001'], [])).toEqual({ rows: 2, sum: '0000000100000000' })
  })
})

describe('P10 what differs is found and put right', () => {
  const all = Array.from({ length: 300 }, () => row(freshId()))
  it('a row that was garbled, one that was lost and one that is not hers, with few questions', async () => {
    await heard({ rows: all, cursors: { [feed]: 300 } })
    await append([{ intent: { type: 'entry', entity: freshId(), kind: 'create', unit: '1', fields: {} } }], {
      now: () => 1,
      freshId,
      sha256,
    })
    const log = await allOutbox()
    await placed(feed, sha256).then((stored) => stored.forEach(({ place }, entity) => places.set(entity, place)))
    await onAccount(async (db) => {
      await db.put('rows', { ...all[0]!, content: { text: '?' } })
      await db.put('rows', { ...all[1]!, content: 7 as never, flags: 'x' as never })
      await db.delete('rows', [feed, all[2]!.entity])
      await db.put('rows', row(freshId()))
    })
    await setDigest(feed, 300, digestOf((await placed(feed, sha256)).values()))
    expect((await heard({ digests: { [feed]: sumOf(all) } })).differs).toEqual([feed])
    const from = server(all, 300)
    const { came, m } = await mendWith(from, 300)
    expect(came).toBe('found')
    expect([m.rows.length, m.remove.length]).toEqual([3, 1])
    expect(from.asked.length).toBeLessThan(5)
    expect(await entities()).toEqual(all.map((one) => one.entity).sort())
    expect((await allRows()).find((one) => one.entity === all[0]!.entity)?.content).toEqual(all[0]!.content)
    expect((await heard({ digests: { [feed]: sumOf(all) } })).differs).toEqual([])
    expect(await getMeta('mended')).toEqual({ at: 7000, rows: 4 })
    expect(await allOutbox()).toEqual(log)
  })
  it('nothing is put right where the feed has moved on', async () => {
    await heard({ rows: all, cursors: { [feed]: 300 } })
    expect((await mendWith(server([], 301), 300)).came).toBe('moved')
    expect(await entities()).toHaveLength(300)
  })
  it('where too much differs the feed begins again, not twice in a day', async () => {
    expect(
      take(mending(feed), question(mending(feed), 's1'), server([], 0).examine(question(mending(feed), 's1')), {
        serverEpoch: 's1',
        cursor: 0,
        stored: new Map(Array.from({ length: 2001 }, () => [freshId(), { place: '0'.repeat(16), hash: '' }])),
      }),
    ).toBe('much')
    await heard({ rows: all, cursors: { [feed]: 300 } })
    expect(await beginAgain(feed, 300, 1e9)).toBe(true)
    expect((await getMeta('cursors'))?.[feed]).toBe(0)
    expect(await beginAgain(feed, 0, 1e9 + 1000)).toBe(false)
    await heard({ rows: all.slice(1), cursors: { [feed]: 299 }, more: true })
    expect(await entities()).toHaveLength(300)
    await heard({ cursors: { [feed]: 300 } })
    expect(await entities()).toEqual(
      all
        .slice(1)
        .map((one) => one.entity)
        .sort(),
    )
  })
})

describe('S19 a feed that begins again', () => {
  it('keeps the old rows until all that comes instead is here, and the digest is right then', async () => {
    await heard({ rows: [row('a'), row('b'), row('c')], cursors: { [feed]: 900 } })
    await heard({ rows: [row('b')], cursors: { [feed]: 1 }, reset: [feed], more: true, bases: { [feed]: 7 } })
    expect(await entities()).toEqual(['a', 'b', 'c'])
    const stored = await heard({
      rows: [row('d', { seq: 7 })],
      cursors: { [feed]: 7 },
      digests: { [feed]: sumOf([row('b'), row('d')]) },
    })
    expect(await entities()).toEqual(['b', 'd'])
    expect([...stored.touched].sort()).toEqual(['a', 'c', 'd'])
    expect((await knownOf())?.digest).toEqual(sumOf([row('b'), row('d')]))
  })
  it('begins once more when it is told to in between', async () => {
    await heard({ rows: [row('a')], cursors: { [feed]: 900 } })
    await heard({ rows: [row('b')], cursors: { [feed]: 1 }, reset: [feed], more: true })
    await heard({ rows: [row('c')], cursors: { [feed]: 2 }, reset: [feed] })
    expect(await entities()).toEqual(['c'])
  })
  it('another server begins everything anew', async () => {
    await heard({ rows: [row('a')], cursors: { [feed]: 900 } })
    await heard({ rows: [row('b')], cursors: { [feed]: 1 } }, { server_epoch: 's2' })
    expect(await entities()).toEqual(['b'])
    expect((await knownOf())?.digest).toEqual(sumOf([row('b')]))
  })
})
