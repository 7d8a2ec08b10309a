import { expect, it } from 'vitest'
import { fitted } from './picture'

it('a picture’s longer side is 1,600 at most, and a small one stays as it is', () => {
  expect(fitted(4000, 3000, 1600)).toEqual({ width: 1600, height: 1200 })
  expect(fitted(3000, 4000, 1600)).toEqual({ width: 1200, height: 1600 })
  expect(fitted(800, 600, 1600)).toEqual({ width: 800, height: 600 })
  expect(fitted(10_000, 3, 1600)).toEqual({ width: 1600, height: 1 })
})
