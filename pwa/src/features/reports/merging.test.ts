import { describe, expect, it } from 'vitest'
import type { Draft } from './drafts'
import { merged, useTheirs } from './merging'

const draft = (version: number, title: string, ...sections: [string, string, Record<string, string>][]): Draft => ({
  version,
  title,
  parts: [
    {
      key: 'review',
      title: '工作回顾',
      sections: sections.map(([key, heading, words]) => ({
        key,
        title: heading,
        paragraphs: Object.entries(words).map(([one, text]) => ({ key: one, text })),
      })),
    },
  ],
})
const words = (of: Draft) =>
  of.parts.flatMap((part) =>
    part.sections.map((one) => [one.key, one.title, ...one.paragraphs.map((each) => `${each.key} ${each.text}`)]),
  )

describe('two clerks change one report', () => {
  const base = draft(1, '报告', ['a', '一', { p: '走访', q: '调解', r: '培训' }])

  it('takes over what the other alone has changed, and keeps what is hers', () => {
    const theirs = draft(2, '年度报告', ['a', '一', { p: '走访多', n: '新写', q: '调解' }], ['b', '二', { x: '议事' }])
    const mine = draft(1, '报告', ['a', '首先', { p: '走访', q: '调解好', r: '培训', m: '我加' }])
    const { both, ...got } = merged(base, theirs, mine)
    expect(both).toEqual([])
    expect(got.version).toBe(2)
    expect(got.title).toBe('年度报告')
    expect(words(got)).toEqual([
      ['a', '首先', 'p 走访多', 'n 新写', 'q 调解好', 'm 我加'],
      ['b', '二', 'x 议事'],
    ])
  })

  it('tells what both have changed, and leaves hers until she takes theirs', () => {
    const theirs = draft(2, '报告', ['a', '一', { p: '他写的', r: '他改的' }])
    const mine = draft(1, '报告', ['a', '一', { p: '我写的', q: '我改的' }])
    const got = merged(base, theirs, mine)
    const both = got.both
    expect(both).toEqual([
      { place: 'review/a/p', mine: '我写的', theirs: '他写的' },
      { place: 'review/a/q', mine: '我改的' },
    ])
    // What she took out and they changed is there again.
    expect(words(got)).toEqual([['a', '一', 'p 我写的', 'r 他改的', 'q 我改的']])
    for (const one of both) useTheirs(got, one)
    expect(words(got)).toEqual([['a', '一', 'p 他写的', 'r 他改的']])
    expect(got.both).toEqual([])
  })

  it('still asks what was not decided on when a third version is taken in, as long as it is as it was', () => {
    const second = draft(2, '报告', ['a', '一', { p: '他写的', q: '他调解', r: '培训' }])
    const first = merged(base, second, draft(1, '报告', ['a', '一', { p: '我写的', q: '我调解', r: '我培训' }]))
    expect(first.both.map((one) => one.place)).toEqual(['review/a/p', 'review/a/q'])
    // Kept on the device, and read from there.
    const kept = JSON.parse(JSON.stringify(first)) as Draft
    const third = draft(3, '报告', ['a', '一', { p: '他写的', q: '我调解', r: '他培训' }])
    expect(merged(second, third, kept).both).toEqual([
      { place: 'review/a/p', mine: '我写的', theirs: '他写的' },
      { place: 'review/a/r', mine: '我培训', theirs: '他培训' },
    ])
  })

  it('has nothing to ask where both have made the same change', () => {
    const same = draft(2, '报告', ['a', '一', { p: '走访户数', q: '调解', r: '培训' }])
    expect(merged(base, same, { ...same, version: 1 })).toEqual({ ...same, both: [] })
  })
})
