import { describe, expect, it } from 'vitest'
import { sha256 } from '@/state/edge'
import { version } from './canonical'
import { line, type Intent, type Outcome, type Row } from './change'
import type { Content } from './content'
import { bestRow, overlay, type Logged, type OverlayContext } from './overlay'

const me = 'a'.repeat(32)
const entity = 'e'.repeat(32)
const context: OverlayContext = {
  account: me,
  sha256,
  party: (view) => (view.author === me ? 'author' : 'reviewer'),
  many: (_type, _form, field) => field === 'purposes',
  sensitive: (_form, content) => Array.isArray(content.signs),
  urgent: () => false,
}

function row(content: Content, more: Partial<Row> = {}): Row {
  return {
    feed: 'unit:1',
    seq: 1,
    type: 'entry',
    entity,
    unit: '1',
    form: 'f',
    form_version: 1,
    state: 'submitted',
    version: version(content, sha256),
    content,
    author: me,
    updated_at: 100,
    ...more,
  }
}

let n = 0
function logged(intent: Partial<Intent>, more: Partial<Logged> = {}): Logged {
  const full: Intent = { type: 'entry', entity, kind: 'patch', ...intent }
  const { change } = line(full, { epoch: 'f'.repeat(32), n: ++n, prev: '', at: 200 + n, seen: 0 }, sha256)
  return { change, ...more }
}
const outcome = (what: Outcome['outcome'], code?: string): Outcome => ({ n: 1, outcome: what, code })

describe('P2 what the screen shows', () => {
  // Saved without a signal, and corrected before it was sent: the screen went on showing the first value, and told her
  // of a conflict with herself.
  it('shows what was corrected before it was sent', () => {
    const create = logged({ kind: 'create', unit: '1', form: 'f', fields: { text: 'x', place: 'p' }, event: 'submit' })
    const view = overlay(undefined, [create, logged({ fields: { text: 'y' }, trunk: '' })], context)
    expect(view).toMatchObject({ content: { text: 'y', place: 'p' }, conflicts: [], sent: 'local' })
  })
  it('shows a create that nobody has heard of yet', () => {
    const view = overlay(
      undefined,
      [logged({ kind: 'create', unit: '1', form: 'f', fields: { text: 'x' }, event: 'submit' })],
      context,
    )
    expect(view).toMatchObject({
      state: 'submitted',
      content: { text: 'x' },
      sent: 'local',
      author: me,
      serverVersion: '',
    })
  })

  it('lays patches over the row in order', () => {
    const at = row({ text: 'a', kind: 'k' })
    const view = overlay(
      at,
      [
        logged({ fields: { text: 'b' }, trunk: at.version }, { base: { text: 'a' } }),
        logged({ fields: { text: 'c', kind: null }, trunk: at.version }, { base: { text: 'a', kind: 'k' } }),
      ],
      context,
    )
    expect(view?.content).toEqual({ text: 'c' })
    expect(view?.version).toBe(version({ text: 'c' }, sha256))
    expect(view?.serverVersion).toBe(at.version)
  })

  it('M4 keeps the server’s value and shows the conflict when another changed the field meanwhile', () => {
    const view = overlay(
      row({ text: 'hers' }),
      [logged({ fields: { text: 'mine' }, trunk: 'old' }, { base: { text: 'a' } })],
      context,
    )
    expect(view?.content.text).toBe('hers')
    expect(view?.conflicts).toMatchObject([{ field: 'text', value: 'mine', by: me }])
  })

  it('M3 my own confirmed change is no conflict for my next one', () => {
    const done = logged(
      { fields: { text: 'b' }, trunk: 'v1' },
      { base: { text: 'a' }, acked: 90, outcome: outcome('applied') },
    )
    const view = overlay(
      row({ text: 'b' }),
      [done, logged({ fields: { text: 'c' }, trunk: 'v1' }, { base: { text: 'a' } })],
      context,
    )
    expect(view?.content.text).toBe('c')
    expect(view?.conflicts).toEqual([])
  })

  it('M5 merges a many-of field as additions and removals', () => {
    const view = overlay(
      row({ purposes: ['b', 'c'] }),
      [logged({ fields: { purposes: ['a', 'd'] }, trunk: 'old' }, { base: { purposes: ['a', 'b'] } })],
      context,
    )
    expect(view?.content.purposes).toEqual(['c', 'd'])
  })

  it('an edit of an approved entry is an amendment, and the approved content stays beside it', () => {
    const at = row({ text: 'a' }, { state: 'approved', approved_version: version({ text: 'a' }, sha256) })
    const patch = logged({ fields: { text: 'b' }, trunk: at.version }, { base: { text: 'a' } })
    expect(overlay(at, [patch], context)).toMatchObject({
      state: 'amended',
      approved: { text: 'a' },
      content: { text: 'b' },
    })
    const back = logged({ fields: { text: 'a' }, trunk: at.version }, { base: { text: 'a' } })
    // R5: the approved content again needs no second approval.
    expect(overlay(at, [patch, back], context)).toMatchObject({ state: 'approved', content: { text: 'a' } })
  })

  it('a decision holds on the version that was seen, and is stale on another', () => {
    const at = row({ text: 'a' }, { author: 'b'.repeat(32) })
    const approve = (trunk: string) => logged({ kind: 'transition', event: 'approve', trunk })
    expect(overlay(at, [approve(at.version!)], context)).toMatchObject({ state: 'approved', stale: false })
    expect(overlay(at, [approve('old')], context)).toMatchObject({ state: 'submitted', stale: true })
  })

  it('a returned entry that is corrected and submitted waits again', () => {
    const at = row({ text: 'a' }, { state: 'returned', reason: { event: 'return', text: 'why', by: 'b', at: 1 } })
    const view = overlay(
      at,
      [logged({ fields: { text: 'b' }, trunk: at.version, event: 'submit' }, { base: { text: 'a' } })],
      context,
    )
    expect(view).toMatchObject({ state: 'submitted', content: { text: 'b' } })
  })

  it('P7 a rejected create stays in sight until it is corrected', () => {
    const create = logged(
      { kind: 'create', unit: '1', form: 'f', fields: { text: 'x' }, event: 'submit' },
      { acked: 5, outcome: outcome('rejected', 'missing_field') },
    )
    expect(overlay(undefined, [create], context)).toMatchObject({ sent: 'rejected', content: { text: 'x' } })
    expect(overlay(undefined, [{ ...create, settled: true }], context)).toBeUndefined()
  })

  it('a parked change is shown until a newer row holds it', () => {
    const patch = logged(
      { fields: { text: 'b' }, trunk: 'v' },
      { base: { text: 'a' }, acked: 150, outcome: outcome('parked', 'no_seat') },
    )
    expect(overlay(row({ text: 'a' }), [patch], context)).toMatchObject({ content: { text: 'b' }, sent: 'parked' })
    expect(overlay(row({ text: 'z' }, { updated_at: 200 }), [patch], context)).toMatchObject({
      content: { text: 'z' },
      sent: 'delivered',
    })
  })

  it('confirmed changes are not laid over the row a second time', () => {
    const done = logged(
      { fields: { text: 'b' }, trunk: 'v' },
      { base: { text: 'a' }, acked: 150, outcome: outcome('applied') },
    )
    expect(overlay(row({ text: 'z' }), [done], context)).toMatchObject({ content: { text: 'z' }, sent: 'delivered' })
  })
})

describe('W6 the row that shows most', () => {
  const stub: Row = { feed: 'unit:1', seq: 9, type: 'entry', entity, unit: '1', state: 'submitted', stub: true }
  it('is a whole one before a stub', () => expect(bestRow([stub, row({ text: 'a' })])?.stub).toBeUndefined())
  it('is none where only a tombstone is', () => expect(bestRow([{ ...stub, gone: true }])).toBeUndefined())
})
