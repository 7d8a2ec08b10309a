import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '@/state/edge'
import { line, type Answer } from './change'
import { backOff, batch, body, isAnswer } from './phone'

const answer = (through: number, more: Partial<Answer> = {}): Answer => ({
  protocol: 1,
  server_epoch: 's',
  server_time: 1000,
  catalogue: '',
  seats: '',
  push: { through, chain: '', durable: null, outcomes: [] },
  pull: { rows: [], cursors: {} },
  ...more,
})

describe('W2 a line of the log', () => {
  it('is one line of JSON whose hash the next one names', () => {
    const place = { epoch: 'e', n: 1, prev: '', at: 1, seen: 0 }
    const intent = { type: 'entry', entity: 'x', kind: 'create', unit: '1', fields: { text: 'a\n"b" 中' } } as const
    const one = line(intent, place, sha256)
    expect(one.line).not.toContain('\n')
    expect(JSON.parse(one.line)).toMatchObject({ n: 1, prev: '', fields: intent.fields })
    expect(one.hash).toBe(sha256(one.line))
  })
  it('keeps an emptied field as null', () => {
    const one = line(
      { type: 'entry', entity: 'x', kind: 'patch', fields: { text: null } },
      { epoch: 'e', n: 2, prev: 'p', at: 1, seen: 0 },
      sha256,
    )
    expect(JSON.parse(one.line)).toMatchObject({ fields: { text: null } })
  })
})

describe('P6 a batch', () => {
  it('keeps the order and both bounds, and always has at least one line', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 65_000 }), { maxLength: 400 }), (sizes) => {
        const waiting = sizes.map((size, index) => ({ n: index + 1, line: 'x'.repeat(size) }))
        const got = batch(waiting)
        expect(got).toEqual(waiting.slice(0, got.length))
        expect(got.length).toBeLessThanOrEqual(200)
        if (waiting.length) expect(got.length).toBeGreaterThan(0)
        if (got.length > 1)
          expect(got.reduce((sum, one) => sum + one.line.length + 1, 0)).toBeLessThanOrEqual(256 * 1024)
      }),
      { seed: 7, numRuns: 60 },
    )
  })
  it('W3 the body has the head first and the lines as they were written', () => {
    const head = { protocol: 1, epoch: 'e', from: 4, server_epoch: '', cursors: {} }
    expect(body(head, [{ n: 4, line: '{"z":1, "a":2}' }])).toBe(`${JSON.stringify(head)}\n{"z":1, "a":2}\n`)
  })
})

describe('P4 what is no answer', () => {
  it('P4 a page is none', () => {
    expect(isAnswer(answer(1))).toBe(true)
    for (const page of [null, 'login', {}, { protocol: 1 }, { ...answer(1), push: {} }])
      expect(isAnswer(page)).toBe(false)
  })
  it('waits longer after each failure, never beyond five minutes', () => {
    expect(backOff(1, 0)).toBe(2000)
    expect(backOff(1, 0.999)).toBeLessThan(4001)
    expect(backOff(30, 1)).toBe(300_000)
  })
})
