import { describe, expect, it } from 'vitest'
import { lineThrough, ticks } from './scale'

describe('the steps of an axis', () => {
  it('are round and few, and hold what is drawn', () => {
    expect(ticks(0)).toEqual([0, 1])
    expect(ticks(3)).toEqual([0, 1, 2, 3])
    expect(ticks(5)).toEqual([0, 1, 2, 3, 4, 5])
    expect(ticks(7)).toEqual([0, 2, 4, 6, 8])
    expect(ticks(104)).toEqual([0, 50, 100, 150])
    expect(ticks(49_000_000)).toEqual([0, 10_000_000, 20_000_000, 30_000_000, 40_000_000, 50_000_000])
    for (let most = 1; most < 5000; most += 7) {
      const got = ticks(most)
      expect(got.length).toBeLessThanOrEqual(6)
      expect(got[got.length - 1]).toBeGreaterThanOrEqual(most)
      expect(got[got.length - 2]).toBeLessThan(most)
    }
  })
})

describe('a line', () => {
  it('is broken where a month is withheld or has not begun', () => {
    const at = (x: number) => ({ x, y: x * 2 })
    expect(lineThrough([at(1), at(2), undefined, at(4), undefined])).toBe('M1 2L2 4M4 8')
    expect(lineThrough([undefined, undefined])).toBe('')
  })
})
