import { beforeEach, expect, it } from 'vitest'
import { toasts } from '@/kit/toast'
import { broken, storageRefused } from './broken'

beforeEach(() => (toasts.value = []))

it('what the phone has no room for is said, and the page with what she wrote stays', () => {
  expect(storageRefused(new DOMException('no', 'QuotaExceededError'))).toBe(true)
  expect(toasts.value.map((one) => [one.tone, one.text.includes('满')])).toEqual([['bad', true]])
  expect(broken.value).toBe('')
})

it('another error is none of the storage', () => {
  expect(storageRefused(new Error('QuotaExceededError'))).toBe(false)
  expect(storageRefused(new DOMException('no', 'AbortError'))).toBe(false)
  expect(toasts.value).toEqual([])
})
