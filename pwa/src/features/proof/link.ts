import { lastError, link } from '@/sync/status'
import { errorText, t } from '@/texts'

/** Why nothing is sent at the moment, or that it is being sent; '' where there is nothing to say. */
export function linkText(): string {
  switch (link.value) {
    case 'sending':
      return t('sync.sending')
    case 'offline':
      return t('sync.offlineNone')
    case 'portal':
      return t('sync.portal')
    case 'auth':
      return t('sync.authNeeded')
    case 'upgrade':
      return t('sync.upgrade')
    case 'server':
      return lastError.value && lastError.value !== 'unknown' ? errorText(lastError.value) : t('sync.server')
    default:
      return ''
  }
}
