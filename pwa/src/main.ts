import { createApp } from 'vue'
import App from './app/App.vue'
import { broken, storageRefused } from './app/broken'
import { wearGuise } from './app/guise'
import { registerUpdates } from './app/updates'
import { listenInstall } from './features/install/install'
import './kit/kit.css'
import { soon, whenDrawn, whenIdle } from './kit/idle'
import { router } from './router'
import { listenHide } from './state/hide'
import { open } from './state/start'
import { textsReady } from './texts'

listenInstall()
const app = createApp(App)
app.config.errorHandler = (error) => {
  if (storageRefused(error)) return
  broken.value = error instanceof Error ? error.message : String(error)
  // The text of an error may help whoever is asked; it holds no record.
  // eslint-disable-next-line no-console -- the only place where an unforeseen error can be seen
  console.error(error)
}

// A draft keeps itself, and nobody waits for it.
addEventListener('unhandledrejection', (event) => {
  if (storageRefused(event.reason)) event.preventDefault()
})

let drawn: () => void
const stands = new Promise<void>((done) => (drawn = done))

// The phone's own database comes first: nothing on this path waits for a network.
Promise.all([open(stands), textsReady()])
  .catch(() => (broken.value = 'storage'))
  .finally(() =>
    // In a turn of its own, as the first page after it: one long turn would keep a slow phone from a finger.
    soon(() => {
      app.use(router).mount('#app')
      void router
        .isReady()
        .catch(() => undefined)
        .then(() => whenDrawn(drawn))
      listenHide()
      soon(wearGuise)
      whenIdle(registerUpdates)
      whenIdle(() => void import('./app/opened').then((one) => one.listenOpened()))
    }),
  )
