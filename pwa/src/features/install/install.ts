import { ref, shallowRef } from 'vue'

interface InstallPrompt extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>
}

/** The app runs in a window of its own, from the icon on the home screen. */
export const installed = ref(
  typeof window !== 'undefined' &&
    (!!window.matchMedia?.('(display-mode: standalone)').matches ||
      (navigator as Navigator & { standalone?: boolean }).standalone === true),
)
/** Where the browser installs by itself: what it has offered, kept until she asks for it. */
export const offered = shallowRef<InstallPrompt>()

export async function install(): Promise<void> {
  const event = offered.value
  offered.value = undefined
  if ((await event?.prompt())?.outcome === 'accepted') installed.value = true
}

/** Once, before the browser makes its offer. */
export function listenInstall(): void {
  addEventListener('beforeinstallprompt', (event) => {
    // The browser's own banner would come over what she is doing.
    event.preventDefault()
    offered.value = event as InstallPrompt
  })
  addEventListener('appinstalled', () => {
    offered.value = undefined
    installed.value = true
  })
}
