import { expect } from 'vitest'
import { sound } from '../look'
import { badgeOf, InboxOf, watchBadge } from '../pages/inbox'
import { Reviewer } from '../pages/reviewer'
import { Volunteer } from '../pages/volunteer'
import { DESK, type Phone } from '../phone'
import { served, story } from '../story'

const server = served()

/** Asks for news until a line of the inbox is there: the server tells of what is urgent some seconds later. */
async function hear(phone: Phone, inbox: InboxOf, words: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await phone.syncNow()
        return inbox.line(words).count()
      },
      { timeout: 30_000, interval: 500 },
    )
    .toBeGreaterThan(0)
}

story(
  'returned and approved are told without a network from the start, and read on one phone is read on the other (N13, N14, N15)',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    await watchBadge(phone.page)
    for (const head of ['甲一一', '乙二二', '丙三三']) await her.visit(head, '走访慰问')
    await her.waiting(0)
    const other = await stage.phone()
    await new Volunteer(other.page).login('cun1')
    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.waitingCount(3)
    await reviewer.openEntry('乙二二')
    await reviewer.returnFor('缺照片', '做了什么')
    await reviewer.approveAll(2)
    await reviewer.allSent()

    await phone.hear('缺照片')
    await phone.page.getByText('已通过').first().waitFor()
    await phone.offline(true)
    await phone.close()
    await phone.open()
    const again = new Volunteer(phone.page)
    const inbox = new InboxOf(phone.page)
    const bell = phone.page.getByTestId('inbox')
    await bell.filter({ hasText: '2' }).waitFor()
    await phone.shot('inbox-home')
    await inbox.open()
    await inbox.stands('有一条记录被退回，请改一改', true)
    await inbox.stands('2 条已通过', true)
    await sound(phone, 'inbox')
    await inbox.line('2 条已通过').click()
    await inbox.stands('2 条已通过', false)
    await phone.page.locator('main .inside li').nth(1).waitFor()
    await inbox.line('有一条记录被退回').click()
    await phone.page.getByText('缺照片').first().waitFor()
    await phone.page.goBack()
    await inbox.stands('有一条记录被退回', false)
    await phone.page.getByRole('heading', { name: '没有未读的' }).waitFor()

    // Read without a network, it is told when there is one; her other phone, which has heard of both too, knows it then.
    const second = new InboxOf(other.page)
    await other.syncNow()
    await second.open()
    await second.stands('有一条记录被退回', true)
    await phone.offline(false)
    await phone.syncNow()
    await expect
      .poll(
        async () => {
          await other.syncNow()
          return second.unread('').count()
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(0)
    await second.stands('2 条已通过', false)

    // What has been dealt with asks for nothing any more.
    await inbox.line('有一条记录被退回').click()
    await again.edit()
    await again.tick('政策宣传')
    await again.save()
    await again.waiting(0)
    await again.home()
    await inbox.open()
    await inbox.line('2 条已通过').waitFor()
    await inbox.line('有一条记录被退回').waitFor({ state: 'detached' })
  },
)

story(
  'a message to units below: nothing of it on a list, and by unit who has it and who has read it (N7, N13)',
  () => server,
  async (stage) => {
    const desk = await stage.phone(DESK)
    const { page } = desk
    const reviewer = new Reviewer(page)
    await reviewer.login('zhen1')
    await page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '我的', exact: true }).click()
    await page.getByTestId('messages').click()
    await page.getByTestId('new-message').click()
    await page.getByTestId('send').click()
    await page.getByText('请写上要说的话').waitFor()
    const words = '星期五上午十点在镇上开会。\n请带上本子。'
    await page.getByLabel('写什么').fill(words)
    await page.getByText('挑几个单位', { exact: true }).click()
    await page.getByTestId('send').click()
    await page.getByText('请选发给哪些单位').waitFor()
    await page.getByRole('searchbox', { name: '查找单位' }).fill('忙岗')
    await page.locator('main label.chip').filter({ hasText: '忙岗村' }).click()
    await page.getByText('选了 1 个单位').waitFor()
    await sound(desk, 'message-new')
    await page.getByTestId('send').click()
    await page.getByTestId('sure').click()
    await page.waitForURL(/\/messages\/[0-9a-f]{32}$/)
    const counts = page.getByTestId('counts')
    await counts.getByText('收到 0 · 已读 0 · 共 2 人').waitFor()

    const { phone } = await stage.volunteer()
    const inbox = new InboxOf(phone.page)
    await inbox.open()
    await inbox.stands('上级发来通知', true)
    await phone.syncNow() // the receipt is told when the notice is kept
    expect(await phone.page.locator('main').innerText()).not.toContain('星期五')
    await page.reload()
    await counts.getByText('收到 1 · 已读 0').waitFor()
    await phone.offline(true)
    await phone.page.reload()
    await inbox.line('上级发来通知').click()
    await phone.page.getByText('请带上本子。').waitFor()
    await phone.shot('notice-message')
    await phone.offline(false)
    await phone.syncNow()
    await expect
      .poll(
        async () => {
          await page.reload()
          await counts.waitFor()
          return counts.innerText()
        },
        { timeout: 20_000, interval: 500 },
      )
      .toContain('收到 1 · 已读 1')
    await page
      .getByRole('row', { name: /忙岗村/ })
      .getByText('2', { exact: true })
      .waitFor()
    await desk.shot('message')
    await page.getByRole('button', { name: '返回' }).click()
    await page.getByText('收到 1 · 已读 1').waitFor()
  },
)

story(
  'an urgent entry: neutral on the list, inside what the law asks, without a network (N8, N16)',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer('cun1b')
    await her.sawViolence()
    await phone.goto('/')
    await her.waiting(0)
    const secrets = /家暴|王某某|虐待/
    for (const [account, whole] of [
      ['zhen1', true],
      ['xian1', false],
    ] as const) {
      const { phone: theirs } = await stage.volunteer(account)
      const { page } = theirs
      const inbox = new InboxOf(page)
      await inbox.open()
      await hear(theirs, inbox, '有一件急事，请马上看')
      await theirs.offline(true)
      await page.reload()
      await inbox.stands('有一件急事，请马上看', true)
      expect(await page.locator('body').innerText()).not.toMatch(secrets)
      expect(await page.title()).toBe('消息 · 娘家')
      // It has to be opened: it is not read along with the rest.
      if (await page.getByTestId('all-read').count()) await page.getByTestId('all-read').click()
      await inbox.stands('有一件急事，请马上看', true)
      await theirs.shot(`inbox-urgent-${account}`)
      await inbox.line('有一件急事，请马上看').click()
      await page.locator('main a[href="tel:110"]').first().waitFor()
      await page.locator('main a[href="tel:12338"]').first().waitFor()
      await page.getByText('马上报警').first().waitFor()
      await sound(theirs, `notice-urgent-${account}`)
      expect(await page.locator('main').innerText()).not.toMatch(/王某某/)
      if (whole) {
        await page.getByTestId('open-entry').click()
        await page.locator('article').getByText('家暴').first().waitFor()
      }
      await theirs.offline(false)
    }
  },
)

story(
  'the number on the icon is of whoever is in, and of nobody when nobody is',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    const { page } = phone
    await watchBadge(page)
    const inbox = new InboxOf(page)
    const numbered = async () => {
      const words = await page.locator('main h1').innerText()
      return Number(/未读 (\d+) 条/.exec(words)?.[1] ?? 0)
    }
    await her.visit('丁四四', '走访慰问')
    await her.waiting(0)
    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.openEntry('丁四四')
    await reviewer.returnFor('写清楚', '做了什么')
    await reviewer.allSent()
    await phone.syncNow()
    await inbox.open()
    await inbox.stands('有一条记录被退回', true)
    expect(await numbered()).toBeGreaterThan(0)
    await expect.poll(() => badgeOf(page)).toBe(await numbered())
    await page.goBack()
    await her.logout()
    expect(await badgeOf(page)).toBe(0)
    await her.login('cun1b')
    await her.waiting(0)
    await inbox.open()
    await expect.poll(() => badgeOf(page)).toBe(await numbered())
    expect(await inbox.line('有一条记录被退回').count()).toBe(0)
    await page.goBack()
    await her.logout()
    expect(await badgeOf(page)).toBe(0)
  },
)
