import { watch } from 'vue'
import { createRouter, createWebHistory, START_LOCATION, type RouteRecordRaw } from 'vue-router'
import { broken } from './app/broken'
import LoginPage from './features/account/LoginPage.vue'
import HomePage from './features/home/HomePage.vue'
import { expressionsReady } from './domain/expressions'
import { hostApp } from './features/install/browser'
import { atRest, soon, whenIdle } from './kit/idle'
import { clearToasts } from './kit/toast'
import { hidden } from './state/hide'
import { catalogue } from './state/places'
import { recordsReady } from './state/records'
import { account, hasRole, seats, type Role } from './state/session'
import { withOfficeTexts } from './texts'

/** What a volunteer opens from the home page. */
const pages = {
  capture: withOfficeTexts(() => import('./features/capture/CapturePage.vue')),
  saved: () => import('./features/capture/SavedPage.vue'),
  forms: withOfficeTexts(() => import('./features/forms/FormsPage.vue')),
  entries: withOfficeTexts(() => import('./features/entries/EntriesPage.vue')),
  entry: withOfficeTexts(() => import('./features/entries/EntryPage.vue')),
  households: withOfficeTexts(() => import('./features/households/HouseholdsPage.vue')),
  household: withOfficeTexts(() => import('./features/households/HouseholdPage.vue')),
  register: withOfficeTexts(() => import('./features/households/RegisterPage.vue')),
  settings: withOfficeTexts(() => import('./features/account/AccountPage.vue')),
  sent: withOfficeTexts(() => import('./features/proof/SentPage.vue')),
  campaign: withOfficeTexts(() => import('./features/countdown/CampaignPage.vue')),
  inbox: withOfficeTexts(() => import('./features/inbox/InboxPage.vue')),
  notice: withOfficeTexts(() => import('./features/inbox/NoticePage.vue')),
}

const desk: Role[] = ['reviewer', 'manager', 'auditor']

/**
 * The log-in and the home page come with the app; every other page loads when it is first opened, from the phone
 * itself once the service worker is there.
 *
 * `title` is the header's text, `back` makes a back button, `filling` marks a form that must not be interrupted,
 * `roles` says who alone may come.
 */
const routes: RouteRecordRaw[] = [
  { path: '/login', name: 'login', component: LoginPage },
  { path: '/enrol', name: 'enrol', component: withOfficeTexts(() => import('./features/account/EnrolPage.vue')) },
  { path: '/', name: 'home', component: HomePage },
  {
    path: '/record/:form',
    name: 'record',
    component: pages.capture,
    meta: { filling: true, back: '/' },
  },
  {
    path: '/forms',
    name: 'forms',
    component: pages.forms,
    meta: { title: 'home.moreForms', back: '/' },
  },
  {
    path: '/draft/:draft',
    name: 'draft',
    component: pages.capture,
    meta: { filling: true, back: '/' },
  },
  {
    path: '/edit/:entity',
    name: 'edit',
    component: pages.capture,
    meta: { filling: true, back: '/entries' },
  },
  {
    path: '/saved/:entity',
    name: 'saved',
    component: pages.saved,
    meta: { back: '/' },
  },
  {
    path: '/entries',
    name: 'entries',
    component: pages.entries,
    meta: { title: 'nav.entries' },
  },
  {
    path: '/entries/:entity',
    name: 'entry',
    component: pages.entry,
    meta: { title: 'nav.entries', back: '/entries' },
  },
  {
    path: '/inbox',
    name: 'inbox',
    component: pages.inbox,
    meta: { title: 'inbox.title', back: '/' },
  },
  {
    path: '/inbox/:id',
    name: 'notice',
    component: pages.notice,
    meta: { title: 'inbox.title', back: '/inbox' },
  },
  {
    path: '/messages',
    name: 'messages',
    component: withOfficeTexts(() => import('./features/messages/MessagesPage.vue')),
    meta: { title: 'messages.title', back: '/account', roles: ['reviewer', 'manager'] },
  },
  {
    path: '/messages/new',
    name: 'message-new',
    component: withOfficeTexts(() => import('./features/messages/NewMessagePage.vue')),
    meta: { title: 'messages.title', back: '/messages', roles: ['reviewer', 'manager'], filling: true },
  },
  {
    path: '/messages/:id',
    name: 'message',
    component: withOfficeTexts(() => import('./features/messages/MessagePage.vue')),
    meta: { title: 'messages.title', back: '/messages', roles: ['reviewer', 'manager'] },
  },
  {
    path: '/households',
    name: 'households',
    component: pages.households,
    meta: { title: 'nav.households' },
  },
  {
    path: '/households/table',
    name: 'household-table',
    component: withOfficeTexts(() => import('./features/households/table/TablePage.vue')),
    meta: { title: 'nav.households', back: '/households' },
  },
  {
    path: '/households/:entity',
    name: 'household',
    component: pages.household,
    meta: { title: 'nav.households', back: '/households' },
  },
  {
    path: '/register/:type/:entity?',
    name: 'register',
    component: pages.register,
    meta: { title: 'nav.households', back: '/households', filling: true },
  },
  {
    path: '/account',
    name: 'account',
    component: pages.settings,
    meta: { title: 'nav.account' },
  },
  {
    path: '/sent',
    name: 'sent',
    component: pages.sent,
    meta: { title: 'nav.account', back: '/' },
  },
  {
    path: '/campaign',
    name: 'countdown',
    component: withOfficeTexts(() => import('./features/countdown/CountdownPage.vue')),
    meta: { title: 'countdown.title', back: '/' },
  },
  {
    path: '/campaign/:id',
    name: 'campaign',
    component: pages.campaign,
    meta: { title: 'countdown.title', back: '/' },
  },
  {
    path: '/stuck',
    name: 'stuck',
    component: withOfficeTexts(() => import('./features/proof/StuckPage.vue')),
    meta: { title: 'nav.account', back: '/account', roles: ['reviewer', 'manager'] },
  },
  {
    path: '/review',
    name: 'review',
    component: withOfficeTexts(() => import('./features/review/ReviewPage.vue')),
    meta: { title: 'nav.review' },
  },
  {
    path: '/review/:entity',
    redirect: (to) => ({ path: '/review', query: { entry: to.params.entity } }),
  },
  {
    path: '/dashboard',
    name: 'dashboard',
    component: withOfficeTexts(() => import('./features/dashboard/DashboardPage.vue')),
    meta: { title: 'nav.dashboard', back: '/' },
  },
  {
    path: '/totals',
    name: 'totals',
    component: withOfficeTexts(() => import('./features/totals/TotalsPage.vue')),
    meta: { title: 'nav.totals' },
  },
  {
    path: '/totals/entries',
    name: 'totals-entries',
    component: withOfficeTexts(() => import('./features/totals/TotalEntriesPage.vue')),
    meta: { title: 'nav.totals', back: '/totals' },
  },
  {
    path: '/entry/:entity',
    name: 'entry-history',
    component: withOfficeTexts(() => import('./features/entry/EntryHistoryPage.vue')),
    meta: { title: 'entry.title', back: '/totals' },
  },
  {
    path: '/install',
    name: 'install',
    component: withOfficeTexts(() => import('./features/install/InstallPage.vue')),
    meta: { title: 'nav.account', back: '/account' },
  },
  // While the app is hidden its address is this one, whatever is asked for; App.vue draws the page.
  { path: '/calendar', name: 'calendar', component: { render: () => null } },
  {
    path: '/people',
    name: 'people',
    component: withOfficeTexts(() => import('./features/people/PeoplePage.vue')),
    meta: { title: 'people.title', back: '/account', roles: ['manager'] },
  },
  {
    path: '/people/new',
    name: 'person-new',
    component: withOfficeTexts(() => import('./features/people/NewPersonPage.vue')),
    meta: { title: 'people.new.title', back: '/people', roles: ['manager'] },
  },
  {
    path: '/people/import',
    name: 'people-import',
    component: withOfficeTexts(() => import('./features/people/ImportPage.vue')),
    meta: { title: 'people.import.title', back: '/people', roles: ['manager'] },
  },
  {
    path: '/people/codes',
    name: 'codes',
    component: withOfficeTexts(() => import('./features/people/CodesPage.vue')),
    meta: { title: 'people.codes.title', back: '/people', roles: ['manager'] },
  },
  {
    path: '/people/tokens',
    name: 'read-tokens',
    component: withOfficeTexts(() => import('./features/exchange/TokensPage.vue')),
    meta: { title: 'exchange.short', back: '/account', roles: ['manager'] },
  },
  {
    path: '/people/:id',
    name: 'person',
    component: withOfficeTexts(() => import('./features/people/PersonPage.vue')),
    meta: { title: 'people.title', back: '/people', roles: ['manager'] },
  },
  {
    path: '/catalogue/:form?',
    name: 'catalogue',
    component: withOfficeTexts(() => import('./features/catalogue/CataloguePage.vue')),
    meta: { title: 'ownforms.title', back: '/account', roles: ['manager'] },
  },
  {
    path: '/campaigns',
    name: 'campaigns',
    component: withOfficeTexts(() => import('./features/campaigns/CampaignsPage.vue')),
    meta: { title: 'campaigns.title', roles: desk },
  },
  {
    path: '/campaigns/new',
    name: 'campaign-new',
    component: withOfficeTexts(() => import('./features/campaigns/EditorPage.vue')),
    meta: { title: 'campaigns.edit.title', back: '/campaigns', roles: ['manager'] },
  },
  {
    path: '/campaigns/:id',
    name: 'campaign-desk',
    component: withOfficeTexts(() => import('./features/campaigns/CampaignPage.vue')),
    meta: { title: 'campaigns.title', back: '/campaigns', roles: desk },
  },
  {
    path: '/campaigns/:id/mend',
    name: 'campaign-mend',
    component: withOfficeTexts(() => import('./features/campaigns/MendPage.vue')),
    meta: { title: 'campaigns.mend.title', back: '/campaigns', roles: ['manager'] },
  },
  {
    path: '/campaigns/:id/phones',
    name: 'campaign-phones',
    component: withOfficeTexts(() => import('./features/campaigns/PhonesPage.vue')),
    meta: { title: 'campaigns.phones.title', back: '/campaigns', roles: ['manager'] },
  },
  {
    path: '/reports',
    name: 'reports',
    component: withOfficeTexts(() => import('./features/reports/ReportsPage.vue')),
    meta: { title: 'nav.reports', roles: desk },
  },
  {
    path: '/reports/:id',
    name: 'report',
    component: withOfficeTexts(() => import('./features/reports/ReportPage.vue')),
    meta: { title: 'nav.reports', back: '/reports', roles: desk },
  },
  {
    path: '/audit',
    name: 'audit',
    component: withOfficeTexts(() => import('./features/people/AuditPage.vue')),
    meta: { title: 'people.audit.title', back: '/account', roles: ['auditor'] },
  },
  { path: '/:rest(.*)*', redirect: '/' },
]

export const router = createRouter({
  history: createWebHistory(),
  routes,
  // A page that has just been opened is at its top: to scroll it would lay it out once more. What opens over a page leaves
  // it where it is.
  scrollBehavior: (to, from, saved) =>
    saved ??
    (from === START_LOCATION || (to.path === from.path && to.query.figure !== from.query.figure) ? false : { top: 0 }),
})

/** Where a person begins: who records at home, who reviews at the queue, who only counts at the figures. */
export function start(): string {
  if (hasRole('volunteer')) return '/'
  if (hasRole('reviewer')) return '/review'
  // Who has left her last seat still sends what she recorded.
  return seats.value.length ? '/totals' : '/account'
}

// The page could not be fetched: no network, and the service worker not there yet.
router.onError(() => (broken.value = 'page'))

/** Pages that can be used before all records are in memory. Every other shows one, or lists them, and waits for that. */
const early = ['home', 'login', 'enrol', 'record', 'forms', 'account', 'install', 'calendar']

/**
 * They are unpacked once the first page has been at rest for a while: what is tapped later comes at once, and nothing
 * waits for them before. Until the service worker has them they are fetched sooner: the signal may be lost.
 */
function fetchPages(): void {
  if (!hasRole('volunteer')) return
  const rest = unpacked ? [] : [expressionsReady, ...Object.values(pages)]
  // One at a time: all of them at once would keep a slow phone from answering to a finger.
  const next = () => {
    const page = rest.shift()
    if (page)
      void page().then(
        () => whenIdle(next),
        () => undefined,
      )
    else unpacked = true
  }
  if (navigator.serviceWorker?.controller) atRest(next)
  else whenIdle(next)
}
let unpacked = false

// The place in the history that showed something is taken by the neutral page; coming back begins at the beginning.
watch(hidden, () => void router.replace({ name: hidden.value ? 'calendar' : 'home' }))

// The frame is drawn in a turn of its own, before the first page is: a slow phone answers to a finger in between.
router.beforeEach((_to, from) => (from === START_LOCATION ? new Promise((done) => soon(() => done(true))) : true))

router.beforeEach(async (to) => {
  if (hidden.value !== (to.name === 'calendar')) return { name: hidden.value ? 'calendar' : 'home', replace: true }
  // Inside another app the address stays what it is: opened in a browser it leads to the same place.
  if (hidden.value || hostApp) return true
  // A session that the server has ended still records: only a phone that knows nobody asks to log in.
  if (!account.value && to.name !== 'login' && to.name !== 'enrol') return { name: 'login' }
  if (to.meta.roles && !(to.meta.roles as Role[]).some(hasRole)) return start()
  // A password that another knows opens nothing but its own change, where there are no forms to record with yet.
  if (account.value?.mustChange && !catalogue.value && !['account', 'login', 'enrol'].includes(String(to.name))) {
    return { name: 'account' }
  }
  if (to.name === 'home' && !hasRole('volunteer') && !hasRole('reviewer')) return start()
  if (!early.includes(String(to.name))) await recordsReady()
  return true
})

/** Pages that ask nothing of the catalogue's conditions, or only once they stand. */
const plain = ['home', 'login', 'enrol', 'forms', 'account', 'install', 'calendar']
router.beforeResolve(async (to) => {
  if (!plain.includes(String(to.name))) await expressionsReady()
})

router.afterEach((to, from) => {
  if (to.name === 'home' && from.name !== 'home') fetchPages()
  if (to.meta.filling) clearToasts()
  else if (from.meta.filling) clearToasts('bad')
})
