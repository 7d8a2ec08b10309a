import { describe, expect, it } from 'vitest'
import type { Form } from './catalogue'
import { afterCode, attachmentsIn, keepSentBytes, keepSentMs, largest, nextPiece, smallest, toGiveUp } from './files'

const form = {
  fields: [
    { key: 'photos', type: 'photo' },
    { key: 'sign', type: 'signature' },
    { key: 'voice', type: 'voice' },
    { key: 'purposes', type: 'many' },
  ],
} as unknown as Form

describe('attachments', () => {
  it('are named by fields of their types alone', () => {
    expect(attachmentsIn(form, { photos: ['a', 'b'], voice: ['c'], purposes: ['d'] })).toEqual([
      { id: 'a', field: 'photos' },
      { id: 'b', field: 'photos' },
      { id: 'c', field: 'voice' },
    ])
    expect(attachmentsIn(undefined, { photos: ['a'] })).toEqual([])
  })
})

describe('F7 what the server has makes room', () => {
  const sent = (id: string, size: number, sentAt: number) => ({ id, size, state: 'sent', sentAt })
  it('after thirty days, or the oldest where it is much; never what was not sent', () => {
    const day = 24 * 60 * 60 * 1000
    const now = 100 * day
    const files = [
      sent('old', 10, now - keepSentMs - 1),
      sent('first', keepSentBytes / 2, now - 3 * day),
      sent('second', keepSentBytes / 2, now - 2 * day),
      sent('third', 10, now - day),
      { id: 'waiting', size: keepSentBytes, state: 'waiting' },
      { id: 'draft', size: keepSentBytes, state: 'draft' },
      { id: 'refused', size: keepSentBytes, state: 'refused' },
    ]
    expect(toGiveUp(files, now, false)).toEqual({ drop: ['old'], bytes: ['first'] })
    expect(toGiveUp(files, now, true)).toEqual({ drop: ['old'], bytes: ['third', 'second', 'first'] })
    expect(toGiveUp([{ ...sent('given', 10, now), gone: true }], now, true)).toEqual({ drop: [], bytes: [] })
  })
})

describe('F4 pieces fit the line', () => {
  it('grow where it is quick, shrink where it breaks, within bounds', () => {
    let piece = 64 << 10
    for (let i = 0; i < 10; i++) piece = nextPiece(piece, 100)
    expect(piece).toBe(largest)
    expect(nextPiece(piece, 5_000)).toBe(piece)
    expect(nextPiece(piece, 9_000)).toBe(piece / 2)
    for (let i = 0; i < 10; i++) piece = nextPiece(piece, 'broke')
    expect(piece).toBe(smallest)
  })
})

describe('what becomes of a code', () => {
  it('waits for the record, asks where it stands, gives up or stops', () => {
    expect(afterCode('missing_entity', 404)).toBe('later')
    expect(afterCode('wrong_offset', 409)).toBe('ask')
    expect(afterCode('not_found', 404)).toBe('ask')
    for (const code of ['bad_file', 'too_many_files', 'not_allowed', 'too_large'])
      expect(afterCode(code, 422)).toBe('refused')
    for (const [code, status] of [
      ['network', 0],
      ['timeout', 0],
      ['portal', 200],
      ['unavailable', 503],
      ['rate_limited', 429],
      ['session_ended', 401],
      ['must_change', 403],
    ] as const)
      expect(afterCode(code, status)).toBe('stop')
  })
})
