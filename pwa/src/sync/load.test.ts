import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { version } from '@/domain/canonical'
import type { Answer, Row } from '@/domain/change'
import { mending } from '@/domain/mend'
import type { Part, Snapshot } from '@/domain/snapshot'
import { freshId, sha256 } from '@/state/edge'
import { digestOf, placed, setDigest, storeMended } from '@/db/mend'
import { getMeta, setMeta } from '@/db/meta'
import { onAccount, useAccount } from '@/db/open'
import { layOutNext } from '@/db/packs'
import { inParts, rowsOf } from '@/db/reads'
import { nameLog, nextRequest } from '@/db/log'
import { append } from '@/db/outbox'
import { storeAnswer } from '@/db/rows'
import { allRows } from '@/test/rows'
import type { Round } from './exchange'

vi.mock('@/state/session', async () => {
  const { ref } = await import('vue')
  return {
    account: ref({ id: 'li' }),
    authorised: (run: (headers: { Authorization: string }) => unknown) => run({ Authorization: 'Bearer x' }),
  }
})
const { loadFiles, noteFiles } = await import('./load')
const { prove } = await import('./mend')
const { loading } = await import('./status')

const feed = 'unit:1'
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** A file as the server makes it, of so many rows a part. */
function file(parts: number[], seq = 50, name = 'a') {
  let n = 0
  const row = (): Row => ({
    feed,
    seq: ++n,
    type: 'entry',
    entity: `${name}${n}`.padStart(32, '0'),
    unit: '1',
    state: 'submitted',
    version: version({ text: `第${n}` }, sha256),
    content: { text: `第${n}` },
  })
  const packed = parts.map((rows) =>
    gzipSync(Array.from({ length: rows }, () => JSON.stringify(row()) + '\n').join('')),
  )
  const list: Part[] = packed.map((bytes, i) => ({ rows: parts[i]!, bytes: bytes.length, hash: hash(bytes) }))
  const index = gzipSync(JSON.stringify({ feed, seq, rows: n, accounts: [], parts: list }) + '\n')
  const whole = Buffer.concat([index, ...packed])
  const named: Snapshot = {
    feed,
    seq,
    rows: n,
    bytes: whole.length,
    index: index.length,
    hash: hash(index),
    path: `https://here.test/api/v1/snapshots/${name}`,
  }
  return { named, whole, ends: [index, ...packed].map((_, i, all) => Buffer.concat(all.slice(0, i + 1)).length) }
}

function answer(pull: Partial<Answer['pull']>): Answer {
  return {
    protocol: 1,
    server_epoch: 's1',
    server_time: 5000,
    catalogue: '',
    seats: '',
    push: { through: 0, chain: '', durable: null, outcomes: [] },
    pull: { rows: [], cursors: {}, ...pull },
  }
}
async function hear(pull: Partial<Answer['pull']>, push?: Answer['push']) {
  await nameLog({ freshId })
  const one = answer(pull)
  const stored = await storeAnswer(push ? { ...one, push } : one, (await nextRequest())!.asked, 6000, noteFiles)
  expect(stored).not.toBe('late')
}

const asked: string[] = []
/** The server: what of a file it gives, by the request's range. */
let gives: (from: number) => Response
const part = (bytes: Uint8Array) => new Response(bytes as BodyInit, { status: 206 })
const rounds: Round[] = []
const load = () => loadFiles('li', async (round) => void rounds.push(round))

beforeEach(() => {
  useAccount(freshId())
  asked.length = 0
  rounds.length = 0
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(`${request.headers.get('Range')} ${request.headers.get('If-Range')}`)
    return gives(Number(/\d+/.exec(request.headers.get('Range')!)![0]))
  })
})
afterEach(() => vi.unstubAllGlobals())

it('P11 a feed that comes from a file has its cursor with the last part, and not before', async () => {
  const { named, whole } = file([3, 3, 2])
  await hear({ snapshots: [named] })
  expect(await getMeta('cursors')).toEqual({})
  gives = (from) => part(whole.subarray(from))
  expect(await load()).toBe('exchange')
  expect(await allRows()).toHaveLength(8)
  expect(await getMeta('cursors')).toEqual({ [feed]: 50 })
  expect(await getMeta('loads')).toBeUndefined()
  expect(new Set(rounds.flatMap((one) => one.rows!.map((row) => row.entity))).size).toBe(8)
  expect(rounds.map((one) => one.more)).toEqual([true, true, false])
  expect(await load()).toBe('none')
  expect(loading.value).toBeUndefined()
})

it('P10 P11 what comes from a file is counted as it comes, and not once more on that day', async () => {
  const { named, whole, ends } = file([3, 3, 2])
  await hear({ snapshots: [named] })
  gives = (from) => part(whole.subarray(from, ends[1]! + 20))
  await expect(load()).rejects.toMatchObject({ code: 'network' })
  gives = (from) => part(whole.subarray(from))
  expect(await load()).toBe('exchange')
  const counted = digestOf((await placed(feed, sha256)).values())
  expect((await getMeta('feeds'))![feed]).toMatchObject({ digest: counted })
  // Counted anew it would be right again: only what is not counted shows what was kept.
  await setDigest(feed, 50, { rows: 8, sum: 'kept' })
  await setMeta('feeds', { [feed]: { ...(await getMeta('feeds'))![feed], loaded: true } })
  for (const sum of ['kept', counted.sum]) {
    await setMeta('counted', 0)
    expect(await prove({ compare: false, mended: false }, [], async () => undefined)).toBe(true)
    expect((await getMeta('feeds'))![feed]!.digest!.sum).toBe(sum)
  }
})

it('W8 P11 after a cut it goes on from the part that was under way', async () => {
  const { named, whole, ends } = file([3, 3, 2])
  await hear({ snapshots: [named] })
  gives = (from) => part(whole.subarray(from, ends[1]! + 20))
  await expect(load()).rejects.toMatchObject({ code: 'network' })
  expect(await allRows()).toHaveLength(3)
  expect(loading.value).toBeGreaterThan(0)
  // The server names the same file again meanwhile: nothing begins anew.
  await hear({ snapshots: [named] })
  gives = (from) => part(whole.subarray(from))
  expect(await load()).toBe('exchange')
  expect(asked).toEqual([`bytes=0- "${named.hash}"`, `bytes=${ends[1]}- "${named.hash}"`])
  expect(await allRows()).toHaveLength(8)
})

it('P11 garbled bytes change nothing; a file that stays so is given up for pages', async () => {
  const { named, whole, ends } = file([3, 3])
  await hear({ snapshots: [named] })
  const bad = Buffer.from(whole)
  bad[ends[1]! + 5]! ^= 1
  gives = (from) => part(bad.subarray(from))
  expect(await load()).toBe('exchange')
  expect(await allRows()).toEqual([])
  await hear({ snapshots: [named] })
  expect(await load()).toBe('garbled')
  await hear({ cursors: { [feed]: 7 } })
  expect(await load()).toBe('none')
  expect(await getMeta('cursors')).toEqual({ [feed]: 7 })
})

it('S20 P11 a file that is gone takes along what was stored of it, and another begins anew', async () => {
  const { named, whole, ends } = file([3, 3])
  await hear({ snapshots: [named] })
  gives = (from) => part(whole.subarray(from, ends[1]))
  await expect(load()).rejects.toMatchObject({ code: 'network' })
  gives = () =>
    new Response(JSON.stringify({ code: 'snapshot_gone' }), {
      status: 410,
      headers: { 'Content-Type': 'application/problem+json' },
    })
  expect(await load()).toBe('exchange')
  expect(await allRows()).toEqual([])
  const other = file([2], 60, 'b')
  await hear({ snapshots: [other.named] })
  gives = (from) => part(other.whole.subarray(from))
  expect(await load()).toBe('exchange')
  expect(await allRows()).toHaveLength(2)
  expect(await getMeta('cursors')).toEqual({ [feed]: 60 })
})

it('P11 a feed that is hers no more goes with what had come; what comes by pages instead is not mixed with it', async () => {
  const { named, whole, ends } = file([3, 3])
  for (const instead of [{}, { cursors: { [feed]: 9 }, rows: [{ feed, seq: 9, entity: 'x', type: 'entry' }] }]) {
    await hear({ snapshots: [named] })
    gives = (from) => part(whole.subarray(from, ends[1]))
    await expect(load()).rejects.toMatchObject({ code: 'network' })
    await hear(instead as Partial<Answer['pull']>)
    expect((await allRows()).length).toBe('rows' in instead ? 1 : 0)
    expect(await getMeta('loads')).toBeUndefined()
  }
})

/** A village that has come from a file of so many rows; they lie in packs of a hundred. */
async function village(rows: number) {
  const { named, whole } = file([rows], 5000)
  await hear({ snapshots: [named] })
  gives = (from) => part(whole.subarray(from))
  expect(await load()).toBe('exchange')
}
const packs = () => onAccount((db) => db.count('packs'))
const name = (n: number) => `a${n}`.padStart(32, '0')
const ids = async () => (await allRows()).map((row) => row.entity).sort()

it('P11 rows of a file are laid out pack by pack, and are read at each moment, each once', async () => {
  await village(250)
  const all = Array.from({ length: 250 }, (_, i) => name(i + 1)).sort()
  const { sum } = digestOf((await placed(feed, sha256)).values())
  for (let left = 3; ; left--) {
    expect(await packs()).toBe(left)
    expect(await ids()).toEqual(all)
    expect([...(await rowsOf([name(7), name(250), 'x'])).values()].map((rows) => rows.length)).toEqual([1, 1, 0])
    expect(digestOf((await placed(feed, sha256)).values()).sum).toBe(sum)
    if (!(await layOutNext())) break
  }
  expect(await packs()).toBe(0)
})

it('P11 a pack that is laid out while all is read is read all the same, and once', async () => {
  await village(950)
  const seen: string[] = []
  await inParts(100, async (rows) => {
    seen.push(...rows.map((row) => row.entity))
    await layOutNext()
    return true
  })
  expect(seen).toHaveLength(950)
  expect(new Set(seen).size).toBe(950)
})

it('P10 P11 what changes, or goes, while it lies in a pack is as if it lay by itself', async () => {
  await village(250)
  const [changed, gone] = [name(3), name(240)]
  const row = { feed, seq: 5001, type: 'entry', entity: changed, unit: '1', state: 'approved', content: {} } as Row
  const rows = [
    { ...row, version: version({}, sha256) },
    { feed, seq: 5002, entity: gone, gone: true } as Row,
    // Of another feed, that has no pack.
    { ...row, feed: 'own:1', seq: 1, version: version({}, sha256) },
  ]
  await hear({ rows, cursors: { [feed]: 5002, 'own:1': 1 } })
  const stored = await rowsOf([changed, gone])
  expect(stored.get(changed)!.map(({ feed, state }) => [feed, state])).toEqual([
    ['own:1', 'approved'],
    [feed, 'approved'],
  ])
  expect(stored.get(gone)).toEqual([])
  expect((await getMeta('feeds'))![feed]!.digest).toEqual(digestOf((await placed(feed, sha256)).values()))
  expect(await allRows()).toHaveLength(250)
})

it('P10 P11 what is mended, given up or another server’s goes from the packs too', async () => {
  await village(150)
  const stored = await placed(feed, sha256)
  const mended = { ...mending(feed), remove: [name(5)] }
  expect(await storeMended(mended, 5000, stored, {}, sha256, 8000)).toBe(true)
  expect((await placed(feed, sha256)).has(name(5))).toBe(false)
  expect(await allRows()).toHaveLength(149)
  await hear({ drop: [feed] })
  expect(await allRows()).toEqual([])

  await village(150)
  const restored = { ...answer({}), server_epoch: 's2' }
  const said = await storeAnswer(restored, (await nextRequest())!.asked, 6000, noteFiles)
  expect(said !== 'late' && 'touched' in said && said.touched.size).toBe(150)
  expect([await allRows(), await packs()]).toEqual([[], 0])
})

it('P4 a page of a network that wants a log-in is no file', async () => {
  const { named } = file([3])
  await hear({ snapshots: [named] })
  gives = () => new Response('<html>', { status: 200, headers: { 'Content-Type': 'text/html' } })
  await expect(load()).rejects.toMatchObject({ code: 'portal' })
  expect(await getMeta('loads')).toBeDefined()
})

it('P3 P6 P11 what is saved while a file loads is sent between two parts, and stays on the screen', async () => {
  const { named, whole } = file([3, 3])
  await hear({ snapshots: [named] })
  const intent = { type: 'household' as const, entity: freshId(), kind: 'create' as const, unit: '1', fields: {} }
  await append([{ intent }], { now: () => 1000, freshId, sha256 })
  gives = (from) => part(whole.subarray(from))
  expect(await load()).toBe('exchange')
  expect(await allRows()).toHaveLength(0) // the index, and then what waits
  const tail = (await getMeta('log'))!.tail
  await hear(
    { snapshots: [named] },
    { through: 1, chain: tail.hash, durable: null, outcomes: [{ n: 1, outcome: 'applied' }] },
  )
  expect(await getMeta('log')).toMatchObject({ through: 1, settled: 0 })
  expect(await load()).toBe('exchange')
  await hear({ cursors: { [feed]: 51 } }, { through: 1, chain: tail.hash, durable: null, outcomes: [] })
  expect(await getMeta('log')).toMatchObject({ settled: 1 })
})

it('another server’s files are begun anew', async () => {
  const { named, whole, ends } = file([3, 3])
  await hear({ snapshots: [named] })
  gives = (from) => part(whole.subarray(from, ends[1]))
  await expect(load()).rejects.toMatchObject({ code: 'network' })
  await nameLog({ freshId })
  const restored = { ...answer({ snapshots: [named] }), server_epoch: 's2' }
  await storeAnswer(restored, (await nextRequest())!.asked, 6000, noteFiles)
  expect(await allRows()).toEqual([])
  expect((await getMeta('loads'))![feed]).toMatchObject({ part: 0, at: 0 })
})

it('W8 an index that says another thing than the answer is none, nor one without bounds', async () => {
  const { withIndex } = await import('@/domain/snapshot')
  const { named } = file([3])
  const load = { ...named, part: 0, at: 0 }
  const good = { feed, seq: 50, parts: [{ rows: 3, bytes: named.bytes - named.index, hash: 'h' }] }
  expect(withIndex(load, JSON.stringify(good))).toBeDefined()
  for (const bad of [
    '',
    'null',
    '{"parts":',
    JSON.stringify({ ...good, seq: 51 }),
    JSON.stringify({ ...good, feed: 'unit:2' }),
    JSON.stringify({ ...good, parts: [] }),
    JSON.stringify({ ...good, parts: [{ rows: 5000, bytes: 1, hash: 'h' }] }),
    JSON.stringify({ ...good, parts: [{ rows: 3, bytes: 1e9, hash: 'h' }] }),
  ]) {
    expect(withIndex(load, bad), bad).toBeUndefined()
  }
})
