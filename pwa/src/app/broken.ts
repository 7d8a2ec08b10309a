import { shallowRef } from 'vue'
import { toast } from '@/kit/toast'
import { t } from '@/texts'

/** What broke, if anything did: `storage` when the database does not open. */
export const broken = shallowRef('')

/** Says that the phone has no room, without taking the page away: what she wrote still stands on it. Tells whether it was that. */
export function storageRefused(error: unknown): boolean {
  const full = error instanceof DOMException && error.name === 'QuotaExceededError'
  if (full) toast(t('app.full'), { tone: 'bad', stays: true })
  return full
}
