import { router } from '../router'

/** The page that a click on a notice asks for, while the app is open: by the router, so that what is being written stays. */
export function listenOpened(): void {
  navigator.serviceWorker?.addEventListener(
    'message',
    (event: MessageEvent<{ type?: string; path?: string } | null>) => {
      if (event.data?.type === 'OPEN' && event.data.path?.startsWith('/')) void router.push(event.data.path)
    },
  )
}
