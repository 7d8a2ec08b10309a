import { shallowRef } from 'vue'

/** A new version that waits. It takes over only when asked: an update never changes the page under a reader. */
export const updateWaits = shallowRef(false)
let waiting: ServiceWorker | undefined

function found(worker: ServiceWorker | null) {
  if (!worker || !navigator.serviceWorker.controller) return
  waiting = worker
  updateWaits.value = true
}

export function registerUpdates(): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  let reloading = false
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    // The first worker takes control of a fresh page; only a wanted update reloads.
    if (waiting && !reloading) {
      reloading = true
      location.reload()
    }
  })
  void navigator.serviceWorker
    .register('/sw.js', { scope: '/' })
    .then((registration) => {
      found(registration.waiting)
      registration.addEventListener('updatefound', () => {
        const worker = registration.installing
        worker?.addEventListener('statechange', () => {
          if (worker.state === 'installed') found(registration.waiting ?? worker)
        })
      })
    })
    .catch(() => undefined)
}

/** Everything that was saved is in the database before the reload, so unsent work is not touched by it. */
export function updateNow(): void {
  waiting?.postMessage({ type: 'SKIP_WAITING' })
}
