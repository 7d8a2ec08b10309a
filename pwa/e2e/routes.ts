/**
 * Every address of the app and which of the files that look at screens shows it: `src/test/routes.test.ts` holds the
 * list to the router, each file to what it has been at.
 */
export const shown = {
  screens: [
    '/login',
    '/enrol',
    '/',
    '/record/:form',
    '/forms',
    '/draft/:draft',
    '/edit/:entity',
    '/saved/:entity',
    '/entries',
    '/entries/:entity',
    '/inbox',
    '/inbox/:id',
    '/households',
    '/households/table',
    '/households/:entity',
    '/register/:type/:entity?',
    '/account',
    '/sent',
    '/campaign',
    '/campaign/:id',
    '/stuck',
    '/review',
    '/totals',
    '/totals/entries',
    '/entry/:entity',
    '/install',
    '/calendar',
  ],
  office: [
    '/dashboard',
    '/people',
    '/people/new',
    '/people/import',
    '/people/codes',
    '/people/tokens',
    '/people/:id',
    '/catalogue/:form?',
    '/audit',
    '/messages',
    '/messages/new',
    '/messages/:id',
    '/campaigns',
    '/campaigns/new',
    '/campaigns/:id',
    '/campaigns/:id/mend',
    '/campaigns/:id/phones',
    '/reports',
    '/reports/:id',
  ],
} as const

/** Those of a list that none of some addresses leads to; a fixed address goes before one with a place in it. */
export function notAt(list: readonly string[], been: ReadonlySet<string>): string[] {
  const fixed = new Set(Object.values(shown).flat() as string[])
  return list.filter((route) => {
    const like = new RegExp(`^${route.replace(/\/:\w+\?/g, '(/[^/]+)?').replace(/:\w+/g, '[^/]+')}$`)
    return ![...been].some((path) => (fixed.has(path) ? path === route : like.test(path)))
  })
}
