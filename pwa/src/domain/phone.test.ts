import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '@/state/edge'
import { line, type Answer } from './change'
import { backOff, batch, body, forgettable, isAnswer, mayForget, receive } from './phone'

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
  it('keeps an emptied field as null and names a trunk in every patch', () => {
    const one = line(
      { type: 'entry', entity: 'x', kind: 'patch', fields: { text: null } },
      { epoch: 'e', n: 2, prev: 'p', at: 1, seen: 0 },
      sha256,
    )
    expect(JSON.parse(one.line)).toMatchObject({ fields: { text: null }, trunk: '' })
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

describe('P3 an answer', () => {
  it('confirms nothing beyond through', () => {
    const got = receive(
      { serverEpoch: 's', tail: 9 },
      [
        { n: 8, line: '' },
        { n: 9, line: '' },
      ],
      {
        ...answer(8),
        push: {
          through: 8,
          chain: '',
          durable: null,
          outcomes: [
            { n: 8, outcome: 'applied' },
            { n: 9, outcome: 'retry' },
          ],
        },
      },
    )
    expect(got.through).toBe(8)
    expect([...got.outcomes.keys()]).toEqual([8])
  })
  it('tells a server that was restored', () => {
    expect(receive({ serverEpoch: 'old', tail: 9 }, [], answer(3))).toMatchObject({
      restarted: true,
      more: true,
      through: 3,
    })
    expect(receive({ serverEpoch: '', tail: 9 }, [], answer(9)).restarted).toBe(false)
  })
  it('asks for more while lines or rows are left', () => {
    expect(receive({ serverEpoch: 's', tail: 9 }, [{ n: 5, line: '' }], answer(5)).more).toBe(true)
    expect(receive({ serverEpoch: 's', tail: 9 }, [{ n: 9, line: '' }], answer(9)).more).toBe(false)
  })
  it('P4 a page is none', () => {
    expect(isAnswer(answer(1))).toBe(true)
    for (const page of [null, 'login', {}, { protocol: 1 }, { ...answer(1), push: {} }])
      expect(isAnswer(page)).toBe(false)
  })
  it('P12 where no copy off site is known the newest 20,000 stay', () => {
    expect(forgettable(500, null)).toBeLessThan(1)
    expect(forgettable(20_500, null)).toBe(500)
    expect(forgettable(20_500, 700)).toBe(700)
    expect(forgettable(500, 300)).toBe(300)
  })
  it('P3 P12 a confirmed change is kept thirty days and until it is copied off site', () => {
    const day = 24 * 60 * 60 * 1000
    expect(mayForget({ n: 1, acked: 0, outcome: { n: 1, outcome: 'parked' } }, 1, 90 * day)).toBe(false)
    expect(mayForget({ n: 1, acked: 0, outcome: { n: 1, outcome: 'rejected' } }, 1, 90 * day)).toBe(false)
    expect(mayForget({ n: 1, acked: 0, settled: true, outcome: { n: 1, outcome: 'rejected' } }, 1, 90 * day)).toBe(true)
    expect(mayForget({ n: 2, acked: 0 }, 1, 90 * day)).toBe(false)
    expect(mayForget({ n: 1, acked: 0 }, 1, 29 * day)).toBe(false)
    expect(mayForget({ n: 1, acked: 0 }, 1, 31 * day)).toBe(true)
    expect(mayForget({ n: 1 }, 1, 90 * day)).toBe(false)
  })
  it('waits longer after each failure, never beyond five minutes', () => {
    expect(backOff(1, 0)).toBe(2000)
    expect(backOff(1, 0.999)).toBeLessThan(4001)
    expect(backOff(30, 1)).toBe(300_000)
  })
})
