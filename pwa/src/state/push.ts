import { shallowRef } from 'vue'
import { ApiError, client, ok } from '@/api/client'
import { getMeta, setMeta, type Meta } from '@/db/meta'
import type { KnownAccount } from '@/db/schema'
import { now } from './edge'
import { account, authorised, needsLogin } from './session'

/**
 * How telling this browser stands. `none`: the browser has no such thing; `server`: the server pushes nothing; `far`: the
 * browser's own service did not answer, as most on Android do not in mainland China; `failed`: the network went.
 */
export type Standing = 'none' | 'off' | 'on' | 'denied' | 'server' | 'far' | 'failed'

/** A service that cannot be reached may never say so. */
const patience = 20_000
/** How often the server is told again of an address that it should have. */
const weekly = 7 * 24 * 60 * 60 * 1000

export const canPush = (): boolean =>
  isSecureContext && 'serviceWorker' in navigator && 'PushManager' in self && 'Notification' in self

/** As far as it is known without asking anybody. */
const atFirst = (): Standing => (!canPush() ? 'none' : Notification.permission === 'denied' ? 'denied' : 'off')
export const standing = shallowRef<Standing>('none')

const within = <T>(run: Promise<T>): Promise<T | undefined> =>
  Promise.race([run, new Promise<undefined>((done) => setTimeout(done, patience))])

const worker = () => within(navigator.serviceWorker.ready)

function bytes(key: string): Uint8Array<ArrayBuffer> {
  const plain = atob(key.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(plain, (one) => one.charCodeAt(0))
}

const same = (key: ArrayBuffer | null, wanted: Uint8Array): boolean =>
  !!key && new Uint8Array(key).every((byte, at) => byte === wanted[at])

/** The browser's subscription by the server's key, made where there is none. */
async function subscription(key: string): Promise<PushSubscription | undefined> {
  const on = await worker()
  if (!on) return undefined
  const wanted = bytes(key)
  const there = await within(on.pushManager.getSubscription())
  if (there && same(there.options.applicationServerKey, wanted)) return there
  // Of another server, or of one that has lost its key: nobody can push to it any more.
  if (there) await within(there.unsubscribe())
  return within(on.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted }))
}

/** Subscribes this browser for whoever is in, and has the server know it. */
async function subscribe(owner: string): Promise<Standing> {
  const { key } = await authorised((headers) => ok(client.GET('/api/v1/push', { headers })))
  if (!key) return 'server'
  let made: PushSubscription | undefined
  try {
    made = await subscription(key)
  } catch {
    return Notification.permission === 'denied' ? 'denied' : 'far'
  }
  const { endpoint, keys } = made?.toJSON() ?? {}
  if (!endpoint || !keys?.p256dh || !keys.auth) return 'far'
  // She has left meanwhile: nothing of hers is to come here.
  if (account.value?.id !== owner) {
    await made!.unsubscribe()
    return 'off'
  }
  const body = { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } }
  await authorised((headers) => ok(client.PUT('/api/v1/push/subscription', { headers, body })))
  if (account.value?.id === owner) await setMeta('push', { wanted: true, endpoint, at: now() })
  return 'on'
}

const failure = (error: unknown): Standing =>
  error instanceof ApiError && ['not_found', 'bad_request'].includes(error.code) ? 'server' : 'failed'

/** Only from a tap: browsers ask their question then alone. */
export async function turnOn(): Promise<void> {
  const owner = account.value?.id
  if (!owner || !canPush()) return
  if ((await Notification.requestPermission()) !== 'granted') {
    // Closed without an answer it may be asked again.
    standing.value = Notification.permission === 'denied' ? 'denied' : 'off'
    return
  }
  standing.value = await subscribe(owner).catch(failure)
}

async function forget(): Promise<void> {
  const on = await navigator.serviceWorker?.getRegistration()
  await (await on?.pushManager?.getSubscription())?.unsubscribe()
}

export async function turnOff(): Promise<void> {
  await setMeta('push', { wanted: false, declined: true })
  standing.value = atFirst()
  await forget().catch(() => undefined)
  // What the browser has given up is no address any more; the server need not wait until it finds that out.
  await authorised((headers) => ok(client.DELETE('/api/v1/push/subscription', { headers }))).catch(() => undefined)
}

/** How it stands for whoever is in; a browser that has got another address meanwhile tells it. */
export async function lookAtPush(): Promise<Meta['push'] | undefined> {
  const owner = account.value?.id
  standing.value = atFirst()
  const kept = await getMeta('push')
  if (!owner || owner !== account.value?.id || !kept?.wanted || standing.value !== 'off') return kept
  if (Notification.permission !== 'granted') return kept
  standing.value = 'on'
  const there = await (await worker())?.pushManager.getSubscription()
  const known = there?.endpoint === kept.endpoint && Math.abs(now() - (kept.at ?? 0)) < weekly
  if (known || needsLogin.value || owner !== account.value?.id) return kept
  // Without a network it stays as it was.
  const found = await subscribe(owner).catch(() => 'on' as const)
  if (owner === account.value?.id) standing.value = found
  return kept
}

/** What was read, here or on another of her phones, stands in this one's list of notices no more: it would call her twice. */
export async function takeAway(read: (tag: string) => boolean): Promise<void> {
  if (!canPush() || Notification.permission !== 'granted') return
  const on = await navigator.serviceWorker.getRegistration()
  for (const one of (await on?.getNotifications?.()) ?? []) if (read(one.tag)) one.close()
}

/** She does not want to be asked again. */
export const decline = async (): Promise<void> => setMeta('push', { wanted: false, declined: true })

/**
 * Whether to offer it by itself: where it can be had, and was neither taken nor refused, by her here or by the browser's
 * own question. A server that pushes nothing has nothing to offer.
 */
export async function offers(): Promise<boolean> {
  if (!canPush() || Notification.permission !== 'default') return false
  const kept = await getMeta('push')
  if (kept?.wanted || kept?.declined) return false
  return !!(await authorised((headers) => ok(client.GET('/api/v1/push', { headers })))).key
}

/**
 * Whoever was in has left: what was shown of hers goes, and nothing of hers comes to this browser any more, without a
 * network too. It ends when the server has been told, or cannot be.
 */
export async function leave(known: KnownAccount): Promise<void> {
  standing.value = atFirst()
  void navigator.serviceWorker
    ?.getRegistration()
    .then(async (on) => {
      for (const shown of (await on?.getNotifications?.()) ?? []) shown.close()
      await forget()
    })
    .catch(() => undefined)
  if (!known.access || known.accessUntil <= now()) return
  const headers = { Authorization: `Bearer ${known.access}` }
  await ok(client.DELETE('/api/v1/push/subscription', { headers })).catch(() => undefined)
}
