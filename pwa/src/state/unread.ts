import { shallowRef } from 'vue'

/** How many lines of the inbox are unread, once that is known. The header says it: it comes with the app, the inbox later. */
export const unread = shallowRef<number>()

type Badged = Navigator & { setAppBadge?: (n: number) => Promise<void>; clearAppBadge?: () => Promise<void> }

/** The number on the app's icon: of whoever is in, and of nobody else. Most Android phones show none. */
export function wearBadge(n = 0): void {
  const { setAppBadge, clearAppBadge } = navigator as Badged
  void (n ? setAppBadge?.call(navigator, n) : clearAppBadge?.call(navigator))?.catch(() => undefined)
}

export function forgetUnread(): void {
  unread.value = undefined
  wearBadge()
}
