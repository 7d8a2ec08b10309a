import { createECDH, randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { CDPSession, Page } from 'playwright-core'
import { sound } from '../look'
import { InboxOf } from '../pages/inbox'
import { freshId, Pen } from '../pen'
import { withWindows } from '../phone'
import { TOWNSHIP, VILLAGE } from '../server'
import { served, story } from '../story'

withWindows()

const server = served({ serve: ['--push-contact', 'https://niangjia.example.org'] })
const sent = {
  kind: 'reminder',
  tag: 'a'.repeat(32),
  path: '/inbox',
  title: '娘家',
  body: '有工作快到期了，点开看一看。',
}

/** The page's service worker, by the number under which the browser keeps it. */
async function registrationOf(tools: CDPSession): Promise<string> {
  const found = new Promise<string>((done) =>
    tools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      if (registrations[0]) done(registrations[0].registrationId)
    }),
  )
  await tools.send('ServiceWorker.enable')
  return found
}

const shown = (page: Page) =>
  page.evaluate(async () =>
    (await (await navigator.serviceWorker.ready).getNotifications()).map((one) =>
      [one.tag, one.title, one.body].join(' '),
    ),
  )

story(
  'a push shows its notice once, without a network too, and a click on it opens the page (N9)',
  () => server,
  async (stage) => {
    const { phone } = await stage.volunteer()
    const { page } = phone
    await page.context().grantPermissions(['notifications'], { origin: server.url })
    const tools = await page.context().newCDPSession(page)
    const registrationId = await registrationOf(tools)
    const push = (data: string) =>
      tools.send('ServiceWorker.deliverPushMessage', { origin: server.url, registrationId, data })
    await phone.offline(true)

    await push(JSON.stringify({ ...sent, tag: 'b'.repeat(32), body: '早先的一条' }))
    await expect.poll(() => shown(page)).toHaveLength(1)
    await push(JSON.stringify(sent))
    await push(JSON.stringify(sent))
    await expect.poll(() => shown(page)).toEqual([`${sent.tag} ${sent.title} ${sent.body}`])
    await push('no JSON')
    await expect.poll(() => shown(page)).toContain('notice 娘家 有新的消息，点开看一看。')

    // A finger on a notice is the system's to see: what the browser then tells the worker is told to it here.
    const [worker] = page.context().serviceWorkers()
    await worker!.evaluate(async (tag) => {
      const on = self as unknown as ServiceWorkerGlobalScope
      const [notification] = (await on.registration.getNotifications()).filter((one) => one.tag === tag)
      on.dispatchEvent(new NotificationEvent('notificationclick', { notification: notification! }))
    }, sent.tag)
    await page.waitForURL(/\/inbox$/)
    // It opens on what this phone has, before the network that the push came by is there for the app.
    await page.locator('main h1').waitFor()
    expect(await shown(page)).not.toContain(`${sent.tag} ${sent.title} ${sent.body}`)
    await phone.offline(false)

    // What she reads in the app stands no more in the phone's own list of notices.
    const { token } = await Pen.of(server, 'zhen1')
    const written = await fetch(`${server.url}/api/v1/messages`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ id: freshId(), unit: TOWNSHIP, text: '明天开会', units: [VILLAGE] }),
    })
    expect(written.status).toBe(200)
    await phone.syncNow()
    const line = new InboxOf(page).line('上级发来通知').first()
    await line.waitFor()
    const path = await line.evaluate((one) => (one.closest('a') ?? one.querySelector('a'))!.pathname)
    const tag = path.split('/').pop()!
    await push(JSON.stringify({ ...sent, kind: 'message', tag }))
    const tags = async () => (await shown(page)).map((one) => one.split(' ')[0])
    await expect.poll(tags).toContain(tag)
    await line.click()
    await page.getByText('明天开会').waitFor()
    await expect.poll(tags).not.toContain(tag)
    expect(await tags()).toContain('notice') // another, which nobody has read
  },
)

/**
 * A browser's push service in place of the one that cannot be reached from here, and the browser's question, which is
 * answered as the test says. All of it is kept for the next page.
 */
async function withService(page: Page): Promise<void> {
  const key = createECDH('prime256v1').generateKeys().toString('base64url')
  await page.addInitScript(
    ([p256dh, auth]) => {
      const get = (name: string) => localStorage.getItem(`test.${name}`)
      const set = (name: string, value: string) => localStorage.setItem(`test.${name}`, value)
      Object.defineProperty(Notification, 'permission', { get: () => get('permission') ?? 'default' })
      Notification.requestPermission = async () => {
        set('permission', get('answer') ?? 'granted')
        return Notification.permission
      }
      const made = () => {
        const { endpoint, server } = JSON.parse(get('subscription')!) as { endpoint: string; server: number[] }
        return {
          endpoint,
          options: { applicationServerKey: Uint8Array.from(server).buffer },
          toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
          unsubscribe: async () => (localStorage.removeItem('test.subscription'), true),
        } as unknown as PushSubscription
      }
      PushManager.prototype.getSubscription = async () => (get('subscription') ? made() : null)
      PushManager.prototype.subscribe = async (options) => {
        const server = [...new Uint8Array(options!.applicationServerKey as unknown as ArrayBuffer)]
        set('subscription', JSON.stringify({ endpoint: `https://push.example.org/${Math.random()}`, server }))
        return made()
      }
    },
    [key, randomBytes(16).toString('base64url')] as const,
  )
  await page.reload()
}

const subscribed = (page: Page) => page.evaluate(() => localStorage.getItem('test.subscription') !== null)

story(
  'a phone is asked by a tap, once something of hers has arrived; who leaves is told nothing there any more (N17)',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    const { page } = phone
    await withService(page)
    const offer = page.getByTestId('push-offer')
    await page.getByText('记第一条').or(page.locator('p.install')).first().waitFor()
    expect(await offer.count()).toBe(0)
    await her.visit('戊五五', '走访慰问')
    await her.waiting(0)
    await page.reload()
    await offer.waitFor()
    await sound(phone, 'push-offer', ['normal', 'large', 'huge'])
    const told = (method: string) =>
      page.waitForResponse((one) => one.url().endsWith('/push/subscription') && one.request().method() === method)
    const [put] = await Promise.all([told('PUT'), offer.getByTestId('push-on').click()])
    expect(put.status()).toBe(204)
    await page.getByText('这部手机的提醒已经打开').waitFor()

    // Who leaves takes it along; who comes is not subscribed by it, and where she refuses it is said what she can do.
    const [gone] = await Promise.all([told('DELETE'), her.logout()])
    expect(gone.status()).toBe(204)
    await expect.poll(() => subscribed(page)).toBe(false)
    await her.login('cun1b')
    await page.evaluate(() => {
      localStorage.removeItem('test.permission')
      localStorage.setItem('test.answer', 'denied')
    })
    await phone.goto('/account')
    const card = page.getByTestId('push')
    await card.getByTestId('push-on').click()
    await card.getByText('提醒被手机或浏览器拦住了').waitFor()
    await card.scrollIntoViewIfNeeded()
    await sound(phone, 'push-denied', ['normal', 'large', 'huge'])
    expect(await subscribed(page)).toBe(false)
    await her.logout()

    // The first is back: what she had wanted is there again, until she turns it off.
    await page.evaluate(() => localStorage.setItem('test.permission', 'granted'))
    await Promise.all([told('PUT'), her.login('cun1')])
    await phone.goto('/account')
    await card.getByText('这部手机的提醒已经打开').waitFor()
    await Promise.all([told('DELETE'), card.getByTestId('push-off').click()])
    await card.getByTestId('push-on').waitFor()
    expect(await subscribed(page)).toBe(false)
  },
)
