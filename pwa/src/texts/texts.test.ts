import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { en } from './en'
import { dayPlus, dayText, whenText, yuanText } from './format'
import { errorText, officeTexts, setLanguage, t } from './index'
import { office } from './office'
import { zh } from './zh'

afterEach(() => setLanguage('zh'))

/** All texts with their keys, for comparing the languages. */
function flat(node: object, path = ''): Map<string, string> {
  const out = new Map<string, string>()
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'string') out.set(path + key, value)
    else if (typeof value === 'object' && value !== null)
      for (const [k, v] of flat(value, `${path}${key}.`)) out.set(k, v)
  }
  return out
}

describe('texts', () => {
  it('every code of the closed set has a sentence in both languages', () => {
    const contract = readFileSync('../api/openapi.yaml', 'utf8')
    const list = /\n {4}Code:[\s\S]*?enum:\n((?: {8}- \w+\n)+)/.exec(contract)![1]!
    const codes = [...list.matchAll(/- (\w+)/g)].map((match) => match[1]!)
    expect(codes.length).toBeGreaterThan(30)
    for (const code of codes) {
      expect(zh.error[code] ?? office.zh.outcomes[code], code).toBeTruthy()
      expect(en.error[code] ?? office.en.outcomes[code], code).toBeTruthy()
    }
    expect(errorText('never_heard_of')).toBe(zh.error.unknown)
  })
  it('both languages have the same keys and the same places to fill', () => {
    const [a, b] = [flat({ ...zh, ...office.zh }), flat({ ...en, ...office.en })]
    expect([...b.keys()].sort()).toEqual([...a.keys()].sort())
    const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()
    for (const [key, text] of a) expect(places(b.get(key)!), key).toEqual(places(text))
  })
  it('switches', async () => {
    expect(t('sync.waiting', { n: 3 })).toBe('3 条未送达')
    await setLanguage('en')
    expect(t('sync.waiting', { n: 3 })).toBe('3 not delivered')
    await officeTexts()
    expect(t('entry.review')).toBe('Review it')
  })
})

describe('texts of the office', () => {
  /** Every file that comes with the app or with a page that does not wait for them. */
  function reached(from: string, seen = new Map<string, string>()): Map<string, string> {
    if (seen.has(from)) return seen
    const source = readFileSync(from, 'utf8')
    seen.set(from, source)
    for (const [, to] of source
      .replace(/withOfficeTexts\(\(\) => import\([^)]*\)/g, '')
      .matchAll(/(?:from |import\()'([@.][^']*)'/g)) {
      const base = to!.startsWith('@/') ? path.join('src', to!.slice(2)) : path.join(path.dirname(from), to!)
      const file = [base, `${base}.ts`, `${base}/index.ts`].find((one) => /\.(ts|vue)$/.test(one) && existsSync(one))
      if (file) reached(file, seen)
    }
    return seen
  }
  it('are not asked for by a page that does not bring them', () => {
    const files = reached('src/main.ts')
    expect([...files.keys()]).toContain('src/features/home/HomePage.vue')
    expect([...files.keys()]).not.toContain('src/features/review/ReviewPage.vue')
    const areas = Object.keys(office.zh).join('|')
    const asks = new RegExp(`['\`](${areas})\\.`)
    expect(
      [...files].filter(([file, source]) => file !== 'src/router.ts' && asks.test(source)).map(([file]) => file),
    ).toEqual([])
  })
})

describe('days and money', () => {
  const now = new Date(2026, 10, 22, 9, 5).getTime()
  it('says days as people do', () => {
    expect(dayText('2026-11-22', now)).toBe('今天')
    expect(dayText('2026-11-21', now)).toBe('昨天')
    expect(dayText('2026-03-01', now)).toBe('3月1日')
    expect(dayText('2025-03-01', now)).toBe('2025年3月1日')
    expect(dayPlus('2026-02-25', 7)).toBe('2026-03-04')
    expect(whenText(now - 5 * 60_000, now)).toBe('5 分钟前')
    expect(whenText(now - 26 * 3_600_000, now)).toBe('昨天 07:05')
  })
  it('says fen as yuan', () => {
    expect(yuanText(20050)).toBe('200.50')
    expect(yuanText(120000)).toBe('1,200')
    expect(yuanText(-50)).toBe('-0.50')
  })
})
