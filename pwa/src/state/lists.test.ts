import { describe, expect, it } from 'vitest'
import type { View } from '@/domain/overlay'
import { byAge, withChanged } from './lists'

const view = (entity: string, createdAt: number, type = 'entry') => ({ entity, createdAt, type }) as View
const map = (...list: View[]) => new Map(list.map((one) => [one.entity, one]))
const names = (list: readonly View[]) => list.map((one) => one.entity).join('')

describe('lists of records', () => {
  it('are as if they had been sorted anew, whatever changed', () => {
    const all = map(...[5, 3, 9, 1, 7].map((age) => view(`e${age} `, age)))
    const list = [...all.values()].sort(byAge)
    expect(names(list)).toBe('e9 e7 e5 e3 e1 ')
    all.set('e4 ', view('e4 ', 4)).set('e3 ', view('e3 ', 8)).delete('e9 ')
    const next = withChanged(list, new Set(['e4 ', 'e3 ', 'e9 ']), all, 'entry')
    expect(names(next)).toBe('e3 e7 e5 e4 e1 ')
    expect(next[0]).toBe(all.get('e3 '))
    expect(names(list)).toBe('e9 e7 e5 e3 e1 ')
  })
  it('are so too when thousands come at once', () => {
    const all = map(...Array.from({ length: 100 }, (_, i) => view(`e${i}`, i * 2)))
    const list = [...all.values()].sort(byAge)
    const news = Array.from({ length: 60 }, (_, i) => view(i % 2 ? `n${i}` : `e${i}`, i * 3 + 1))
    for (const one of news) all.set(one.entity, one)
    const next = withChanged(list, new Set(news.map((one) => one.entity)), all, 'entry')
    expect(names(next)).toBe(names([...all.values()].sort(byAge)))
    expect(names(list)).toBe(names(Array.from({ length: 100 }, (_, i) => view(`e${99 - i}`, 0))))
  })
  it('a household that changed stays where it stood, a new one comes last', () => {
    const all = map(view('a', 1, 'household'), view('b', 2, 'household'), view('c', 3, 'household'))
    const list = [...all.values()]
    all
      .set('b', view('b', 9, 'household'))
      .set('d', view('d', 0, 'household'))
      .delete('a')
    const next = withChanged(list, new Set(['a', 'b', 'd']), all, 'household')
    expect(names(next)).toBe('bcd')
    expect(next[0]).toBe(all.get('b'))
  })
  it('is the same list where nothing of its type changed', () => {
    const all = map(view('a', 1), view('h', 1, 'household'))
    const list = [all.get('a')!]
    expect(withChanged(list, new Set(['h', 'gone']), all, 'entry')).toBe(list)
  })
})
