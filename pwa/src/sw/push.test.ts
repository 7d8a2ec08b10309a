import { describe, expect, it, vi } from 'vitest'
import { open, pushed, show, within } from './push'

const data = (value: unknown) => ({ json: () => value })
const sent = { kind: 'reminder', tag: 'a'.repeat(32), path: '/inbox', title: '娘家', body: '有工作快到期了。' }

describe('a push (N9)', () => {
  it('says what was sent', () => {
    expect(pushed(data(sent))).toEqual(sent)
  })

  it('says something of its own where nothing can be read, and opens nothing but a page of the app', () => {
    const broken = {
      json: () => {
        throw new SyntaxError('no JSON')
      },
    }
    for (const one of [
      null,
      broken,
      data(null),
      data('x'),
      data(7),
      data([]),
      data({ title: 5, body: 'x'.repeat(121) }),
    ]) {
      const it = pushed(one)
      expect(it.title).toBe('娘家')
      expect(it.body).toMatch(/点开/)
      expect(it.path).toBe('/inbox')
    }
    for (const path of [
      'https://example.org/',
      '//example.org',
      '/\\example.org',
      'javascript:alert(1)',
      '/inbox?x=1',
      '',
      7,
      undefined,
    ]) {
      expect(within(path)).toBe('/inbox')
    }
    expect(within('/entries/0a-b')).toBe('/entries/0a-b')
  })

  it('is shown by its tag, and takes away the older of its kind alone', async () => {
    const closed: string[] = []
    const old = (tag: string, kind: string) => ({ tag, data: { kind }, close: () => void closed.push(tag) })
    const showNotification = vi.fn(() => Promise.resolve())
    const on = {
      getNotifications: () =>
        Promise.resolve([old('old', 'reminder'), old(sent.tag, 'reminder'), old('urgent', 'urgent')]),
      showNotification,
    } as unknown as ServiceWorkerRegistration
    await show(on, sent)
    expect(showNotification).toHaveBeenCalledWith('娘家', expect.objectContaining({ tag: sent.tag, body: sent.body }))
    expect(closed).toEqual(['old'])
  })
})

describe('a click on it', () => {
  const clients = (windows: object[]) => ({
    matchAll: () => Promise.resolve(windows),
    openWindow: vi.fn(() => Promise.resolve(null)),
  })

  it('opens the app where none is open', async () => {
    const none = clients([])
    await open(none as unknown as Clients, { path: '/inbox' })
    expect(none.openWindow).toHaveBeenCalledWith('/inbox')
  })

  it('goes to the page in the app that is open, without loading it anew', async () => {
    const window = { focused: false, focus: vi.fn(() => Promise.resolve()), postMessage: vi.fn() }
    const one = clients([window])
    await open(one as unknown as Clients, null)
    expect(one.openWindow).not.toHaveBeenCalled()
    expect(window.focus).toHaveBeenCalled()
    expect(window.postMessage).toHaveBeenCalledWith({ type: 'OPEN', path: '/inbox' })
  })
})
