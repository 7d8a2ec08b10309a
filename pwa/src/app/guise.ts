import { watchEffect } from 'vue'
import { router } from '@/router'
import { hidden } from '@/state/hide'
import { t, type TextKey } from '@/texts'

function set(selector: string, attribute: string, value: string) {
  document.querySelector(selector)?.setAttribute(attribute, value)
}

/** The window's title, icon and colour: those of the page that is open, or of a calendar while the app is hidden. */
export function wearGuise(): void {
  watchEffect(() => {
    const title = router.currentRoute.value.meta.title as TextKey | undefined
    const name = t('app.name')
    document.title = hidden.value ? t('calendar.title') : title ? `${t(title)} · ${name}` : name
  })
  watchEffect(() => {
    set('link[rel=icon]', 'href', hidden.value ? '/calendar.svg' : '/icon.svg')
    set('meta[name=theme-color]', 'content', hidden.value ? '#24507f' : '#97274f')
  })
}
