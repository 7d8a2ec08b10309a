import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import AccountPage from './features/account/AccountPage.vue'
import LoginPage from './features/account/LoginPage.vue'
import CapturePage from './features/capture/CapturePage.vue'
import SavedPage from './features/capture/SavedPage.vue'
import EntriesPage from './features/entries/EntriesPage.vue'
import EntryPage from './features/entries/EntryPage.vue'
import HomePage from './features/home/HomePage.vue'
import HouseholdPage from './features/households/HouseholdPage.vue'
import HouseholdsPage from './features/households/HouseholdsPage.vue'
import RegisterPage from './features/households/RegisterPage.vue'
import { clearToasts } from './kit/toast'
import { account, hasRole } from './state/session'

/** `title` is the header's text, `back` makes a back button, `filling` marks a form that must not be interrupted. */
const routes: RouteRecordRaw[] = [
  { path: '/login', name: 'login', component: LoginPage },
  { path: '/', name: 'home', component: HomePage },
  { path: '/record/:form', name: 'record', component: CapturePage, meta: { filling: true, back: '/' } },
  { path: '/draft/:draft', name: 'draft', component: CapturePage, meta: { filling: true, back: '/' } },
  { path: '/edit/:entity', name: 'edit', component: CapturePage, meta: { filling: true, back: '/entries' } },
  { path: '/saved/:entity', name: 'saved', component: SavedPage, meta: { back: '/' } },
  { path: '/entries', name: 'entries', component: EntriesPage, meta: { title: 'nav.entries' } },
  { path: '/entries/:entity', name: 'entry', component: EntryPage, meta: { title: 'nav.entries', back: '/entries' } },
  { path: '/households', name: 'households', component: HouseholdsPage, meta: { title: 'nav.households' } },
  {
    path: '/households/:entity',
    name: 'household',
    component: HouseholdPage,
    meta: { title: 'nav.households', back: '/households' },
  },
  {
    path: '/register/:type/:entity?',
    name: 'register',
    component: RegisterPage,
    meta: { title: 'nav.households', back: '/households', filling: true },
  },
  { path: '/account', name: 'account', component: AccountPage, meta: { title: 'nav.account' } },
  // Pages of the office load when they are first opened; the service worker has them for offline use.
  {
    path: '/review',
    name: 'review',
    component: () => import('./features/review/ReviewPage.vue'),
    meta: { title: 'nav.review' },
  },
  {
    path: '/review/:entity',
    redirect: (to) => ({ path: '/review', query: { entry: to.params.entity } }),
  },
  {
    path: '/totals',
    name: 'totals',
    component: () => import('./features/totals/TotalsPage.vue'),
    meta: { title: 'nav.totals' },
  },
  {
    path: '/totals/entries',
    name: 'totals-entries',
    component: () => import('./features/totals/TotalEntriesPage.vue'),
    meta: { title: 'nav.totals', back: '/totals' },
  },
  {
    path: '/entry/:entity',
    name: 'entry-history',
    component: () => import('./features/entry/EntryHistoryPage.vue'),
    meta: { title: 'entry.title', back: '/totals' },
  },
  { path: '/:rest(.*)*', redirect: '/' },
]

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

/** Where a person begins: who records at home, who reviews at the queue, who only counts at the figures. */
export function start(): string {
  if (hasRole('volunteer')) return '/'
  if (hasRole('reviewer')) return '/review'
  return '/totals'
}

router.beforeEach((to) => {
  // A session that the server has ended still records: only a phone that knows nobody asks to log in.
  if (!account.value && to.name !== 'login') return { name: 'login' }
  if (to.name === 'home' && !hasRole('volunteer') && !hasRole('reviewer')) return start()
  return true
})

router.afterEach((to, from) => {
  if (to.meta.filling) clearToasts()
  else if (from.meta.filling) clearToasts('bad')
})
