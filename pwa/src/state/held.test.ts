import { beforeEach, describe, expect, it } from 'vitest'
import type { Row } from '@/domain/change'
import { onAccount, useAccount } from '@/db/open'
import { freshId } from './edge'
import { account } from './session'
import {
  clearRecords,
  commit,
  creation,
  entries,
  households,
  loaded,
  loadRecords,
  recordsReady,
  refreshRecords,
  showRows,
  unsent,
  view,
  views,
} from './records'

const id = (i: number) => i.toString(16).padStart(32, '0')
const row = (i: number, more: Partial<Row> = {}): Row => ({
  feed: 'unit:1',
  seq: i,
  type: 'entry',
  entity: id(i),
  unit: '1',
  form: 'f',
  state: 'approved',
  version: 'v',
  content: { text: `${i}` },
  author: 'me',
  created_at: i,
  updated_at: i,
  ...more,
})
const put = (...rows: Row[]) =>
  onAccount(async (db) => {
    const tx = db.transaction('rows', 'readwrite')
    for (const one of rows) void tx.store.put(one)
    await tx.done
  })
const first = () => entries.value[0]?.content.text

beforeEach(() => {
  clearRecords()
  const me = freshId()
  useAccount(me)
  account.value = { id: me, seats: [] } as unknown as typeof account.value
})

describe('the records in memory', () => {
  it('are read in parts: the screen need not wait for all of them, and what waits is counted from the beginning', async () => {
    await put(...Array.from({ length: 1000 }, (_, i) => row(i)))
    await commit([creation('household', '1', { head: '新' })])
    clearRecords()
    await loadRecords()
    expect(loaded.value).toBe(false)
    expect(unsent.value).toMatchObject({ changes: 1, waiting: 1 })
    // No list shows a part as if it were all.
    expect(entries.value).toEqual([])
    await recordsReady()
    expect(loaded.value).toBe(true)
    expect(entries.value).toHaveLength(1000)
    expect(first()).toBe('999')
  })
  it('show households as they are read: who looks for one does not wait for all entries', async () => {
    await put(...Array.from({ length: 1500 }, (_, i) => row(i, { type: 'household', form: undefined })))
    await put(...Array.from({ length: 1500 }, (_, i) => row(2000 + i)))
    await loadRecords()
    while (!households.value.length) await new Promise((soon) => setTimeout(soon))
    expect(loaded.value).toBe(false)
    expect(households.value.length).toBeGreaterThan(1000)
    expect(entries.value).toEqual([])
    await recordsReady()
    expect(households.value).toHaveLength(1500)
    expect(new Set(households.value.map((one) => one.entity)).size).toBe(1500)
  })
  it('of a small phone are there with the first page', async () => {
    await put(row(1), row(2))
    await loadRecords()
    expect(loaded.value).toBe(true)
    expect(entries.value.map((one) => one.createdAt)).toEqual([2, 1])
  })
  it('show what was saved and what came while they were still being read', async () => {
    await put(...Array.from({ length: 1000 }, (_, i) => row(i)))
    await loadRecords()
    const saving = commit([
      creation('entry', '1', { text: 'new' }, { entity: 'e'.repeat(32), form: 'f', submit: true }),
    ])
    await put(row(999, { content: { text: 'changed' }, updated_at: 5000 }), row(0, { state: 'voided' }))
    await Promise.all([saving, refreshRecords([id(999), id(0)])])
    expect(view('e'.repeat(32))?.sent).toBe('local')
    await recordsReady()
    expect(entries.value).toHaveLength(1001)
    expect(first()).toBe('new')
    expect(view(id(999))?.content.text).toBe('changed')
    expect(view(id(0))?.state).toBe('voided')
    expect(views.value.size).toBe(1001)
  })
  it('show what was saved when a reading had begun just before, and once', async () => {
    await put(row(1))
    await loadRecords()
    const again = loadRecords()
    await commit([creation('entry', '1', { text: 'new' }, { entity: 'e'.repeat(32), form: 'f', submit: true })])
    expect(first()).toBe('new')
    await again
    await recordsReady()
    expect(first()).toBe('new')
    await refreshRecords(['e'.repeat(32)])
    expect(view('e'.repeat(32))?.waiting).toEqual([1])
    expect(unsent.value).toMatchObject({ changes: 1, waiting: 1 })
  })
  it('show rows that come by thousands as they come, also while all is read', async () => {
    await put(row(1))
    await loadRecords()
    const rows = Array.from({ length: 1000 }, (_, i) => row(i + 2))
    await put(...rows)
    await Promise.all([showRows(rows), loadRecords()])
    await recordsReady()
    await showRows([row(7, { state: 'voided' })])
    expect(entries.value.map((one) => one.createdAt)).toEqual(Array.from({ length: 1001 }, (_, i) => 1001 - i))
    expect(view(id(7))?.state).toBe('voided')
  })
  it('of whoever was in before are not brought in by a reading that began then', async () => {
    await put(...Array.from({ length: 1000 }, (_, i) => row(i)))
    await loadRecords()
    clearRecords()
    const other = freshId()
    useAccount(other)
    account.value = { id: other, seats: [] } as unknown as typeof account.value
    await loadRecords()
    await recordsReady()
    expect(entries.value).toEqual([])
  })
})
