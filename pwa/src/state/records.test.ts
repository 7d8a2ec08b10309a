import { beforeEach, describe, expect, it } from 'vitest'
import { onAccount, useAccount } from '@/db/open'
import { allOutbox } from '@/db/outbox'
import { freshId } from './edge'
import { clearRecords, commit, creation, edit, loadRecords, recordsReady, view } from './records'
import { account } from './session'

const entity = 'e'.repeat(32)
const made = (text: string) => creation('entry', '1', { text }, { entity, form: 'f', submit: true })

/** The server takes the newest change, and refuses what it says. */
async function refused(): Promise<void> {
  const last = (await allOutbox()).at(-1)!
  const outcome = { n: last.n, outcome: 'rejected' as const, code: 'too_long' }
  await onAccount((db) => db.put('outbox', { ...last, acked: 5, outcome }))
  await again()
}
async function again(): Promise<void> {
  clearRecords()
  await loadRecords()
  await recordsReady()
}

beforeEach(() => {
  clearRecords()
  const me = freshId()
  useAccount(me)
  account.value = { id: me, seats: [] } as unknown as typeof account.value
})

describe('P7 what the server did not accept', () => {
  it('stays in sight, and a new record is made anew under its id', async () => {
    await commit([made('long')])
    await refused()
    expect(view(entity)).toMatchObject({ sent: 'rejected', content: { text: 'long' } })
    const again = edit(entity, { text: 'short' }, { submit: true })!
    expect(again).toMatchObject({
      kind: 'create',
      entity,
      unit: '1',
      form: 'f',
      fields: { text: 'short' },
      event: 'submit',
    })
    await commit([again])
    expect(view(entity)).toMatchObject({ waiting: [2], content: { text: 'short' } })
    expect((await allOutbox()).map((one) => one.n)).toEqual([1, 2])
  })
  it('of an edit is followed by another edit', async () => {
    const row = {
      feed: 'unit:1',
      seq: 1,
      type: 'entry',
      entity,
      unit: '1',
      form: 'f',
      state: 'submitted',
      version: 'v',
    } as const
    await onAccount((db) =>
      db.put('rows', { ...row, content: { text: 'old' }, author: account.value!.id, updated_at: 1 }),
    )
    await again()
    await commit([edit(entity, { text: 'long' })!])
    await refused()
    expect(view(entity)).toMatchObject({ sent: 'rejected', content: { text: 'old' } })
    expect(edit(entity, { text: 'short' })).toMatchObject({
      kind: 'patch',
      entity,
      fields: { text: 'short' },
      trunk: 'v',
    })
  })
})
