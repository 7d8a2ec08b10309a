import { watch } from 'vue'
import { ApiError } from '@/api/client'
import { backOff } from '@/domain/phone'
import { getMeta } from '@/db/meta'
import { inboxMoved, listenInbox, reloadInbox } from '@/state/inbox'
import { account, loggedInElsewhere, needsLogin } from '@/state/session'
import { whenIdle } from '@/kit/idle'
import { loadPlaces } from '@/state/places'
import { loadRecords, onSaved, refreshRecords, showRows, unsent } from '@/state/records'
import type { Round } from './exchange'
import {
  durable,
  filesWaiting,
  firstSync,
  lastError,
  lastSync,
  link,
  loading,
  lost,
  readLost,
  type Link,
} from './status'

/** When to exchange: after a save, when the network comes, when the page is looked at again, and every minute. */
const quiet = 60_000
let timer: ReturnType<typeof setTimeout> | undefined
/** When the timer rings, on the page's own clock. */
let due = 0
let running: Promise<void> | undefined
let again = false
let failures = 0
let leader = false
let stopLeading: (() => void) | undefined
const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('niangjia')

interface News {
  account: string
  entities?: string[]
  all?: boolean
  /** A tab that does not lead asks for an exchange. */
  wanted?: boolean
  /** How the leading tab's exchanges go: the others show the same. */
  status?: Status
}
interface Status {
  link: Link
  lastError: string
  lastSync: number
  durable: number | null
  firstSync: boolean
  loading?: number
  needsLogin: boolean
  lost: number
  files: number
}

const tell = (news: Omit<News, 'account'>) =>
  channel?.postMessage({ account: account.value?.id ?? '', ...news } satisfies News)

/** The sooner of what is planned already and this: what was saved while an exchange ended does not wait for the next quiet one. */
function plan(ms: number) {
  const at = performance.now() + ms
  if (timer !== undefined && due <= at) return
  unplan()
  due = at
  timer = setTimeout(() => {
    timer = undefined
    void syncNow()
  }, ms)
}

function unplan() {
  clearTimeout(timer)
  timer = undefined
}

async function hear(round: Round) {
  if (round.rows) {
    await showRows(round.rows)
    // Another tab reads what has come from the database, all at once.
    if (!round.more) tell({ all: true })
  } else if (round.places) {
    await loadRecords()
    tell({ all: true })
  } else if (round.touched.size) {
    await refreshRecords(round.touched)
    tell({ entities: [...round.touched] })
  }
  if (round.inbox) {
    inboxMoved()
    await reloadInbox()
  }
}

function fail(error: unknown) {
  failures++
  const full = error instanceof DOMException && error.name === 'QuotaExceededError'
  const code = error instanceof ApiError ? error.code : full ? 'storage_full' : 'unknown'
  lastError.value = code
  const status = error instanceof ApiError ? error.status : 0
  if (status === 401 || needsLogin.value) link.value = 'auth'
  else if (code === 'portal') link.value = 'portal'
  else if (code === 'upgrade_required') link.value = 'upgrade'
  else if (code === 'network' && !navigator.onLine) link.value = 'offline'
  else link.value = code === 'network' ? 'offline' : 'server'
  const wait =
    (error instanceof ApiError && error.retryAfter ? error.retryAfter * 1000 : 0) + backOff(failures, Math.random())
  // Without a session only a log-in helps; without unsent work there is no hurry, but a phone that has heard
  // nothing yet has no forms.
  const hurry = unsent.value.changes > 0 || !lastSync.value || loading.value !== undefined
  if (link.value !== 'auth') plan(hurry ? wait : Math.max(wait, 60_000))
  void countFiles()
}

/** How many photos wait, also while nothing can be sent. */
async function countFiles() {
  const id = account.value?.id
  if (id) await import('./files').then((files) => files.count(id)).catch(() => undefined)
}

/** Rows that came in packs are laid out one by one while nobody waits for anything; where there is no room they stay. */
async function layOutAtLeisure() {
  if (layingOut) return
  layingOut = true
  const { layOutNext } = await import('@/db/packs')
  const turn = () => new Promise<void>((done) => whenIdle(done))
  const owner = account.value?.id
  try {
    while (account.value?.id === owner && !running && (await layOutNext())) await turn()
  } catch {
    // After the next exchange.
  }
  layingOut = false
}
let layingOut = false

async function run() {
  do {
    again = false
    if (!account.value) return
    if (needsLogin.value && !(await loggedInElsewhere())) {
      link.value = 'auth'
      return
    }
    if (account.value.mustChange) {
      // The server gives this session nothing but the change of its password; sending goes on after it.
      link.value = 'server'
      lastError.value = 'must_change'
      return
    }
    link.value = 'sending'
    try {
      // What an exchange takes is not needed for the first page.
      const { exchangeAll } = await import('./exchange')
      await exchangeAll(hear)
      failures = 0
      lastError.value = ''
      link.value = 'idle'
      // Photos go behind the records, and make room for what is saved meanwhile.
      const id = account.value?.id
      const wait = id && !again ? await (await import('./files')).sendFiles(id) : undefined
      plan(Math.min(quiet, wait ?? quiet))
    } catch (error) {
      fail(error)
      return
    }
  } while (again)
}

/** Exchanges now, or right after the exchange that is under way (P5). */
export function syncNow(): Promise<void> {
  if (!leader) {
    tell({ wanted: true })
    return Promise.resolve()
  }
  if (running) {
    again = true
    return running
  }
  running = run().finally(() => {
    running = undefined
    // Asked for after the last look at `again`, when nobody would look any more.
    if (again) void syncNow()
    else void layOutAtLeisure()
  })
  return running
}

/** Takes the lead among tabs of this account, now or when the leading one is closed. */
function lead(id: string) {
  if (!navigator.locks) {
    leader = true
    void syncNow()
    return
  }
  const stop = new AbortController()
  void navigator.locks
    .request(`niangjia-lead-${id}`, { signal: stop.signal }, async () => {
      leader = true
      void syncNow()
      await new Promise<void>((resolve) => {
        stopLeading = resolve
        stop.signal.addEventListener('abort', () => resolve())
      })
      leader = false
    })
    .catch(() => undefined)
  stopLeading = () => stop.abort()
  // Where another tab leads, it answers with how things stand.
  tell({ wanted: true })
}

const status = (): Status => ({
  link: link.value,
  lastError: lastError.value,
  lastSync: lastSync.value,
  durable: durable.value,
  firstSync: firstSync.value,
  loading: loading.value,
  needsLogin: needsLogin.value,
  lost: lost.value,
  files: filesWaiting.value,
})

function follow(led: Status) {
  link.value = led.link
  lastError.value = led.lastError
  lastSync.value = led.lastSync
  durable.value = led.durable
  firstSync.value = led.firstSync
  loading.value = led.loading
  needsLogin.value = led.needsLogin
  lost.value = led.lost
  filesWaiting.value = led.files
}

/** Begins to exchange for the account that is in. */
export async function startSync(): Promise<void> {
  stopSync()
  const id = account.value?.id
  if (!id) return
  lastSync.value = (await getMeta('lastSync')) ?? 0
  durable.value = (await getMeta('durable')) ?? null
  await readLost()
  firstSync.value = false
  loading.value = undefined
  filesWaiting.value = 0
  failures = 0
  void countFiles()
  lead(id)
}

export function stopSync(): void {
  unplan()
  stopLeading?.()
  stopLeading = undefined
  leader = false
}

/** Once for the life of the page. */
export function listen(): void {
  // How much is unread is known without a network too.
  listenInbox()
  onSaved((entities) => {
    tell({ entities })
    // A moment's wait lets the records of one save go in one exchange.
    if (leader) plan(150)
    else tell({ wanted: true })
  })
  addEventListener('online', () => {
    failures = 0
    void syncNow()
  })
  addEventListener('offline', () => (link.value = 'offline'))
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && account.value) void syncNow()
  })
  watch([link, lastError, lastSync, durable, firstSync, needsLogin, lost, filesWaiting], () => {
    if (leader) tell({ status: status() })
  })
  channel?.addEventListener('message', (event: MessageEvent<News>) => {
    const news = event.data
    if (news.account !== account.value?.id) return
    if (news.wanted && leader) plan(50)
    if (news.status && !leader) follow(news.status)
    if (news.all) void loadPlaces().then(loadRecords)
    else if (news.entities) void refreshRecords(news.entities)
  })
}
