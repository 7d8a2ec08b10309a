import { expect } from 'vitest'
import { Reviewer } from '../pages/reviewer'
import { Volunteer } from '../pages/volunteer'
import { DESK } from '../phone'
import { CUN1, CUN1B } from '../server'
import { served, story } from '../story'

const server = served()

/** In the tab that is in front: what is behind is slowed down by the browser. */
async function visit(her: Volunteer, head: string) {
  await her.page.bringToFront()
  await her.visit(head, '走访慰问')
}

story(
  'P5: two tabs record, one sends at a time, and both show all',
  () => server,
  async (stage) => {
    const { phone, her: one } = await stage.volunteer()
    const two = new Volunteer(await phone.tab())
    await two.waiting(0)
    server.delay = 300
    server.most = 0
    await phone.offline(true)
    await visit(one, '褚一一')
    await visit(two, '卫二二')
    await phone.offline(false)
    // Online too: each save asks for an exchange while another may be under way.
    await visit(one, '蒋三三')
    await visit(two, '沈四四')
    for (const her of [one, two]) {
      await her.page.bringToFront()
      await her.waiting(0)
      await her.page.waitForFunction(() => !document.body.innerText.includes('未送达'))
      const lines = await her.lines()
      expect(lines).toHaveLength(4)
      for (const head of ['褚一一', '卫二二', '蒋三三', '沈四四']) expect(lines.join('\n')).toContain(head)
      expect(lines.join('\n')).not.toContain('仅在本机')
    }
    expect(server.most).toBe(1)

    // The tab that leads is closed: the other one takes over by itself.
    await phone.page.close()
    await visit(two, '韩五五')
    await two.waiting(0)
    expect(server.most).toBe(1)
    server.delay = 0
    const pushed = server.exchanges.filter((each) => each.account === CUN1).flatMap((each) => each.changes)
    expect(new Set(pushed).size, 'two changes a visit').toBe(10)
    expect(new Set(server.exchanges.filter((each) => each.changes.length).map((each) => each.epoch)).size).toBe(1)
  },
)

story(
  'P5: the tab that sends dies in the middle of an exchange: the other one takes over, and all is there once',
  () => server,
  async (stage) => {
    const { phone, her: one } = await stage.volunteer('cun2')
    const two = new Volunteer(await phone.tab())
    await two.waiting(0)
    const before = server.exchanges.length
    server.delay = 5_000
    await visit(one, '秦八八')
    await expect.poll(() => server.exchanges.length, { timeout: 30_000 }).toBeGreaterThan(before)
    // The renderer is gone, as when the system takes the memory of a tab: nothing in it runs any more.
    const died = new Promise((done) => one.page.once('crash', done))
    const tools = await one.page.context().newCDPSession(one.page)
    void tools.send('Page.crash').catch(() => undefined)
    await died
    server.delay = 0
    await visit(two, '尤九九')
    await two.waiting(0)
    const lines = await two.lines()
    for (const head of ['秦八八', '尤九九']) expect(lines.filter((line) => line.includes(head))).toHaveLength(1)
    expect(lines.join('\n')).not.toContain('仅在本机')
    expect(
      new Set(
        server.exchanges
          .slice(before)
          .filter((each) => each.changes.length)
          .map((each) => each.epoch),
      ).size,
    ).toBe(1)
  },
)

story(
  'P8: nothing of one account is sent or shown under another on the same phone',
  () => server,
  async (stage) => {
    const before = server.exchanges.length
    const { phone, her } = await stage.volunteer()
    await phone.offline(true)
    await her.visit('杨六六', '走访慰问')
    await her.logout(true)
    await phone.offline(false)
    const out = server.exchanges.length

    await her.login('cun1b')
    await her.waiting(0)
    expect(await her.lines()).toHaveLength(0)
    await phone.page.getByRole('searchbox', { name: '查找记录' }).fill('杨六六')
    await phone.page.getByText('没有找到符合的记录').waitFor()
    await her.visit('朱七七', '走访慰问')
    await her.waiting(0)
    const hers = server.exchanges.slice(out)
    expect(new Set(hers.map((one) => one.account))).toEqual(new Set([CUN1B]))
    expect(hers.flatMap((one) => one.changes)).toEqual([1, 2])
    await her.logout()

    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await desk.page.getByText('朱七七').first().waitFor()
    expect((await reviewer.rows()).join('\n')).not.toContain('杨六六')

    await her.login('cun1')
    await phone.page.waitForFunction(() => !document.body.innerText.includes('未送达'))
    await her.waiting(0)
    expect((await her.lines()).filter((line) => line.includes('杨六六'))).toHaveLength(1)
    await desk.syncNow()
    await desk.page.getByText('杨六六').first().waitFor()
    expect((await reviewer.rows()).filter((line) => line.includes('杨六六'))).toHaveLength(1)
    // Every log has come under one account alone.
    const owners = new Map<string, Set<string>>()
    for (const one of server.exchanges.slice(before)) {
      if (one.changes.length) owners.set(one.epoch, (owners.get(one.epoch) ?? new Set()).add(one.account))
    }
    expect([...owners.values()].map((accounts) => [...accounts]).sort()).toEqual([[CUN1], [CUN1B]])
  },
)
