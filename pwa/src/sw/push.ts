import { lockScreen } from '../texts/lockscreen'

/** What a push brings (SPEC N9): a template's words, the notice's id as tag, and a path in the app. */
export interface Pushed {
  kind: string
  tag: string
  path: string
  title: string
  body: string
}

const text = (value: unknown, most: number): string | null =>
  typeof value === 'string' && value !== '' && value.length <= most ? value : null

/** A path in this app and nowhere else. */
export function within(path: unknown): string {
  return typeof path === 'string' && /^\/(?![/\\])[\w/-]*$/.test(path) ? path : '/inbox'
}

/** What a push says. Something is shown for every push, or the browser shows words of its own. */
export function pushed(data: { json(): unknown } | null): Pushed {
  let raw: Partial<Record<keyof Pushed, unknown>> = {}
  try {
    const said = data?.json()
    if (typeof said === 'object' && said !== null) raw = said
  } catch {
    // Not JSON: what the app says by itself is shown.
  }
  return {
    kind: text(raw.kind, 32) ?? 'notice',
    tag: text(raw.tag, 64) ?? 'notice',
    path: within(raw.path),
    title: text(raw.title, 40) ?? lockScreen.title,
    body: text(raw.body, 120) ?? lockScreen.body,
  }
}

/** Shows a notice once however often it comes, and takes away the older of its kind. */
export async function show(on: ServiceWorkerRegistration, one: Pushed): Promise<void> {
  const before = await on.getNotifications()
  await on.showNotification(one.title, {
    body: one.body,
    tag: one.tag,
    icon: '/icon-192.png',
    badge: '/icon-192.png',
    lang: 'zh-CN',
    data: { kind: one.kind, path: one.path },
    requireInteraction: one.kind === 'urgent' || one.kind === 'raised',
  })
  for (const old of before) {
    if (old.tag !== one.tag && (old.data as { kind?: unknown } | null)?.kind === one.kind) old.close()
  }
}

/** Opens the page of a notice in the app where it is open, without losing what is being written there, else anew. */
export async function open(clients: Clients, data: unknown): Promise<void> {
  const path = within((data as { path?: unknown } | null)?.path)
  const windows = await clients.matchAll({ type: 'window', includeUncontrolled: true })
  const at = windows.find((one) => one.focused) ?? windows[0]
  if (!at) {
    await clients.openWindow(path)
    return
  }
  await at.focus().catch(() => undefined) // a browser that does not allow it has the app before her already, or not at all
  // The app goes there by itself, by its router: to load the page would throw away a form that is half filled in.
  at.postMessage({ type: 'OPEN', path })
}
