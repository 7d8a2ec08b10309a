import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { notAt, shown } from '../../e2e/routes'

it('every address of the app is looked at by the browser tests of the screens, in all sizes', () => {
  const router = readFileSync('src/router.ts', 'utf8')
  const list = router.slice(router.indexOf('const routes'), router.indexOf('export const router'))
  const all = new Set([...list.matchAll(/\bpath: '([^']+)'/g)].map((one) => one[1]!))
  // The one leads to the queue, the other home.
  const routes = [...all].filter((path) => path !== '/review/:entity' && path !== '/:rest(.*)*')
  expect(routes.length).toBeGreaterThan(20)
  expect(Object.values(shown).flat().sort()).toEqual(routes.sort())
})

it('knows which addresses were not shown', () => {
  const been = new Set(['/people', '/people/new', '/record/home_visit', '/register/household'])
  expect(notAt(['/people/:id', '/people/new', '/record/:form', '/register/:type/:entity?', '/audit'], been)).toEqual([
    '/people/:id',
    '/audit',
  ])
  expect(notAt(['/'], new Set(['/people']))).toEqual(['/'])
})
