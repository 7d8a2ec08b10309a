import { beforeEach, expect, it, vi } from 'vitest'

const persist = vi.fn(async () => true)

beforeEach(() => {
  vi.resetModules()
  persist.mockClear()
  vi.stubGlobal('navigator', {
    storage: { persist, persisted: async () => false, estimate: async () => ({ usage: 7 }) },
  })
})

it('the system is asked to keep the records after the first save, once for the life of the page', async () => {
  const { askPersistence, persisted } = await import('./storage')
  expect(persist).not.toHaveBeenCalled()
  await askPersistence()
  await askPersistence()
  expect(persist).toHaveBeenCalledTimes(1)
  expect(persisted.value).toBe(true)
})

it('where she asks for it herself it is asked again', async () => {
  const { askPersistence } = await import('./storage')
  await askPersistence()
  await askPersistence(true)
  expect(persist).toHaveBeenCalledTimes(2)
})

it('looking at what is stored asks for nothing', async () => {
  const { persisted, readStorage, usedBytes } = await import('./storage')
  await readStorage()
  expect([persisted.value, usedBytes.value]).toEqual([false, 7])
  expect(persist).not.toHaveBeenCalled()
})

it('a browser that cannot tell, or refuses to answer, leaves it unknown', async () => {
  persist.mockRejectedValueOnce(new Error('no'))
  const { askPersistence, persisted } = await import('./storage')
  await askPersistence()
  expect(persisted.value).toBeUndefined()
  vi.stubGlobal('navigator', {})
  await askPersistence(true)
  expect(persisted.value).toBeUndefined()
})

it('it is asked when a save has ended, not before', async () => {
  const order: string[] = []
  vi.doMock('./records', () => ({ view: () => undefined, commit: vi.fn(), transition: vi.fn() }))
  vi.doMock('./storage', () => ({ askPersistence: () => order.push('asked') }))
  vi.doMock('@/kit/toast', () => ({ toast: () => order.push('said') }))
  const { afterSave } = await import('@/features/capture/after')
  await afterSave('e', true, { replace: async () => order.push('home') } as never)
  expect(order[0]).toBe('asked')
  expect(order).toContain('home')
  vi.doUnmock('./records')
  vi.doUnmock('./storage')
  vi.doUnmock('@/kit/toast')
})
