import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sha256 } from '@/state/edge'
import { canonical, tidyContent, version } from './canonical'
import type { Form } from './catalogue'
import { engine } from './cel'
import type { Change, Conflict, Row } from './change'
import { place, reckoned, rowHash } from './digest'
import type { Content, Patch, Value } from './content'
import { merge } from './merge'
import { valueFaults } from './validate'
import { next, type From, type Party, type ReviewEvent, type State } from './review'

/** The cases that the server's core runs too: they keep the twins from drifting apart. */
const file = <T>(name: string) => JSON.parse(readFileSync(`../sync/testdata/${name}.json`, 'utf8')) as T
const cases = <T>(name: string) => file<T[]>(name)

describe('canonical.json', () => {
  it.each(cases<{ name: string; json: string; canonical?: string; version?: string; error?: string }>('canonical'))(
    '$name',
    (one) => {
      const content = () => JSON.parse(one.json) as Content
      if (one.error) {
        expect(() => canonical(content())).toThrow()
        return
      }
      expect(canonical(content())).toBe(one.canonical)
      expect(version(content(), sha256)).toBe(one.version)
    },
  )
})

describe('lines.json: lines that were ever sent (S22)', () => {
  it.each(
    cases<{ story: string; line: string; hash: string; reads: { n: number; kind: string; fields: string[] } }>('lines'),
  )('$story', (one) => {
    // A phone that was updated sends what the app before it wrote: byte for byte, under the same hash.
    expect(sha256(one.line)).toBe(one.hash)
    const read = JSON.parse(one.line) as Change
    expect([read.n, read.kind, Object.keys(read.fields ?? {}).sort()]).toEqual([
      one.reads.n,
      one.reads.kind,
      one.reads.fields,
    ])
  })
})

describe('digest.json', () => {
  it.each(cases<{ name: string; row: Row; hash: string; reckoned: string; place: string }>('digest'))(
    '$name',
    ({ row, ...want }) =>
      expect(want).toMatchObject({ hash: rowHash(row), reckoned: reckoned(row, sha256), place: place(row.entity) }),
  )
})

describe('expressions.json', () => {
  const {
    form,
    cases: list,
    derived,
  } = file<{
    form: Form
    cases: { name: string; expression: string; content: Content; holds: boolean; fails?: boolean }[]
    derived: { name: string; content: Content; values: Record<string, Value | null> }[]
  }>('expressions')
  it.each(list)('$name', (one) => {
    expect(engine.holds(form, one.expression, one.content)).toBe(one.holds)
    expect(engine.fails(form, one.expression, one.content)).toBe(one.fails ?? !one.holds)
  })
  it.each(derived)('$name', (one) => {
    const before = canonical(one.content)
    const got = engine.derive(form, one.content)
    expect(canonical(one.content)).toBe(before)
    expect(Object.fromEntries(Object.keys(one.values).map((key) => [key, got[key] ?? null]))).toEqual(one.values)
  })
  it('knows the fields that an expression names', () =>
    expect(engine.names(form, "'a' in signs && has(entry.cash) || goods.exists(g, g.name == kind)")).toEqual([
      'signs',
      'cash',
      'goods',
      'kind',
    ]))
})

describe('contents.json', () => {
  const { form, cases: list } = file<{
    form: Form
    cases: { name: string; fields: Content; canonical?: string; code?: string; field?: string }[]
  }>('contents')
  it.each(list)('$name', (one) => {
    const faults = valueFaults(form, one.fields)
    expect(faults.map((fault) => fault.field)).toEqual(one.code ? [one.field] : [])
    if (!one.code) expect(canonical(tidyContent(one.fields))).toBe(one.canonical)
  })
})

describe('review.json', () => {
  it.each(cases<{ from: From; event: ReviewEvent; by: Party; to: State | null }>('review'))(
    '$from $event by $by',
    (one) => expect(next(one.from, one.event, one.by) ?? null).toBe(one.to),
  )
})

interface MergeCase {
  name: string
  many: string[]
  most?: Record<string, number>
  said?: Record<string, string[]>
  record: { content: Content; writers: Record<string, { epoch: string }>; conflicts: Conflict[] }
  trunk: Content | null
  patch: { epoch: string; account: string; at: number; fields: Patch; resolve: string[] }
  want: { content: Content; conflicts: Conflict[]; changed: boolean; conflict: boolean; merged: boolean }
}

describe('merge.json', () => {
  it.each(cases<MergeCase>('merge'))('$name', (one) => {
    const got = merge({
      current: one.record.content,
      conflicts: one.record.conflicts,
      writer: (field) => one.record.writers[field]?.epoch,
      written: Object.keys(one.record.writers),
      trunk: one.trunk ?? {},
      many: (field) => one.many.includes(field),
      most: (field) => one.most?.[field] ?? 0,
      said: (field) => one.said?.[field] ?? [],
      ...one.patch,
    })
    expect({
      content: got.content,
      conflicts: got.conflicts,
      changed: got.changed,
      conflict: got.conflict,
      merged: got.merged,
    }).toEqual(one.want)
  })
})
