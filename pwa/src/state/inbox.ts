import { shallowRef, watch } from 'vue'
import type { RouteLocationNormalized } from 'vue-router'
import { getMeta } from '@/db/meta'
import { allMarks, allNotices, keepRead } from '@/db/notices'
import { linesOf, readsAlong, type Line, type Notice } from '@/domain/inbox'
import { whenIdle } from '@/kit/idle'
import { router } from '@/router'
import { schedule } from '@/sync/later'
import { link } from '@/sync/status'
import { localDay } from '@/texts/format'
import { now } from './edge'
import { lookAtPush, takeAway } from './push'
import { entries, loaded, recordsReady } from './records'
import { accountId } from './session'
import { forgetUnread, unread, wearBadge } from './unread'

/** What lies in the inbox of the account that is in, from this phone alone: it needs no network. */
export const lines = shallowRef<readonly Line[]>()

interface Kept {
  owner: string
  notices: readonly Notice[]
  read: ReadonlySet<string>
  /** The newest server time, and this phone's clock when nothing was heard yet. */
  now: number
}
let kept: Kept | undefined
const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('niangjia-inbox')

export const noticeOf = (id: string): Notice | undefined => kept?.notices.find((one) => one.id === id)

function show(): void {
  if (!kept || kept.owner !== accountId.value || !loaded.value) return
  const { notices, read, owner } = kept
  lines.value = linesOf({ notices, entries: entries.value, read, account: owner, now: kept.now, dayOf: localDay })
  unread.value = lines.value.filter((one) => one.unread).length
  wearBadge(unread.value)
}

/** Once she has read something, or a page of the inbox says that she has elsewhere. */
function clearShown(): void {
  const { read, notices } = kept!
  const elsewhere = new Set(notices.filter((one) => one.read_at).map((one) => one.id))
  void takeAway((id) => read.has(id) || elsewhere.has(id)).catch(() => undefined)
}

let planned = false
/** What asks for it is drawn first: of thousands of entries each is looked at. */
function plan(): void {
  if (planned || !kept) return
  planned = true
  whenIdle(() => {
    planned = false
    show()
  })
}

/** Reads it anew: an exchange, or another tab, has changed it. */
export async function reloadInbox(): Promise<void> {
  const owner = accountId.value
  if (!owner) return
  const [notices, marks, time] = await Promise.all([allNotices(), allMarks(), getMeta('serverTime')])
  if (owner !== accountId.value) return
  kept = { owner, notices, read: new Set(marks.map((one) => one.id)), now: time ?? now() }
  show()
  clearShown()
}

/** Until the inbox is there, for a page that shows it. */
export async function inboxReady(): Promise<void> {
  await recordsReady()
  if (kept?.owner !== accountId.value) await reloadInbox()
  show()
}

/** Tells the other tabs that the inbox is another one. */
export const inboxMoved = (): void => channel?.postMessage(accountId.value)

/** Notes what was read; the server, and her other phones, hear of it when there is a network. */
export async function markRead(ids: readonly string[]): Promise<void> {
  const fresh = ids.filter((id) => !kept?.read.has(id))
  if (!kept || !fresh.length) return
  const { owner } = kept
  kept = { ...kept, read: new Set([...kept.read, ...fresh]) }
  show()
  clearShown()
  await keepRead(fresh, now())
  if (owner !== accountId.value) return
  inboxMoved()
  // Without a network the next exchange takes it along.
  if (link.value !== 'offline' && link.value !== 'auth') void schedule().then((one) => one.syncNow())
}

/** All that need not be opened to be known. */
export const markAllRead = (): Promise<void> =>
  markRead((lines.value ?? []).filter((one) => one.unread && readsAlong(one)).flatMap((one) => one.ids))

const entityOf = ({ params, query }: RouteLocationNormalized): unknown => params.entity ?? query.entry

/** Whoever opens an entry has read what was told of it, by whichever way she came. */
function opened(entity: unknown): void {
  if (typeof entity !== 'string') return
  const about = (lines.value ?? []).filter((one) => one.unread && (one.notice?.ref ?? '') === entity)
  const ids = (lines.value ?? []).flatMap((one) => one.ids).filter((id) => id.startsWith(`entry:${entity}:`))
  void markRead([...about.flatMap((one) => one.ids), ...ids])
}

/** Once for the life of the page. */
export function listenInbox(): void {
  watch(
    accountId,
    (id) => {
      kept = undefined
      lines.value = undefined
      forgetUnread()
      if (id)
        void inboxReady()
          .then(() => opened(entityOf(router.currentRoute.value))) // it stood open before this was known
          .then(lookAtPush)
          .catch(() => undefined)
    },
    { immediate: true, flush: 'sync' },
  )
  watch([entries, loaded], plan)
  channel?.addEventListener('message', (event: MessageEvent<string>) => {
    if (event.data === accountId.value) void reloadInbox()
  })
  router.afterEach((to) => opened(entityOf(to)))
}
