import { expect } from 'vitest'
import { Clerk } from '../pages/clerk'
import { Reviewer } from '../pages/reviewer'
import { Volunteer } from '../pages/volunteer'
import { DESK } from '../phone'
import { served, story } from '../story'

const server = served()

story(
  'recorded without signal, approved in town, counted in the city (P1 P3 P6)',
  () => server,
  async (stage) => {
    const phone = await stage.phone()
    const city = await stage.phone(DESK)
    const clerk = new Clerk(city.page)
    await clerk.login('shi1')
    await clerk.totals()
    await city.shot('city-before')
    const names = ['走访户次', '走访户数', '排查户数', '调解起数', '成功起数', '救助金', '救助人次']
    const before = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await clerk.figure(name)])))
    expect(before).toEqual(Object.fromEntries(names.map((name) => [name, name === '救助金' ? '0.00' : '0'])))

    let her = new Volunteer(phone.page)
    await her.login('cun1')
    await her.waiting(0)
    await phone.page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    await phone.offline(true)
    await phone.page.reload()
    await phone.page.getByText('没有网络').first().waitFor()
    await phone.shot('home-offline')

    // One of each form, the first with a new household.
    await her.start('记走访')
    await her.newHousehold('赵一一')
    await her.tick('矛盾排查')
    await phone.shot('visit')
    await her.save()
    await her.start('记调解')
    await her.pickHousehold('zy', '赵一一')
    await her.tick('邻里', '调解成功')
    await her.fill('text', '为水沟的事，已说和')
    await phone.shot('mediation')
    await her.save()
    await her.start('记救助')
    await her.pickHousehold('赵', '赵一一')
    await her.tick('临时救助', '困境妇女', '财政')
    await her.fill('cash', '300.5')
    await phone.shot('aid')
    await her.save()
    await her.waiting(3)

    // The browser is closed and opened again, still without network.
    await phone.close()
    await phone.open()
    her = new Volunteer(phone.page)
    await her.waiting(3)
    await phone.shot('home-waiting')
    await phone.page.getByRole('link', { name: '我的记录' }).click()
    await phone.page.locator('main').getByText('仅在本机').nth(2).waitFor()
    await phone.shot('entries-waiting')

    await phone.offline(false)
    await her.waiting(0)
    await phone.page.locator('main li').getByText('待审核').nth(2).waitFor()
    await phone.page.waitForFunction(() => !document.querySelector('main ul')?.textContent?.includes('仅在本机'))

    // In town: two are approved, one is returned with a reason at a field.
    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.waitingCount(3)
    await desk.shot('review-desk')
    await reviewer.openEntry('入户走访')
    await reviewer.approve()
    await reviewer.openEntry('救助发放')
    await reviewer.approve()
    await reviewer.openEntry('纠纷调解')
    await reviewer.returnFor('经过写得太简单', '经过')
    await reviewer.allSent()
    await reviewer.waitingCount(0)

    // The volunteer sees the reason at its field, corrects it offline, and sends it again.
    await phone.page.getByRole('link', { name: '首页' }).click()
    await phone.hear('已退回，请改一改')
    await phone.shot('home-returned')
    await phone.offline(true)
    await phone.page.locator('main').getByText('纠纷调解').first().click()
    await phone.page.getByText('经过写得太简单').first().waitFor()
    await phone.shot('returned')
    if (await phone.page.getByRole('link', { name: '修改' }).count())
      await phone.page.getByRole('link', { name: '修改' }).click()
    await her.field('text').getByText('经过写得太简单').waitFor()
    await phone.shot('correct')
    await her.fill('text', '两家为排水沟争执，到场查看后说和，已写下约定')
    await her.save()
    await phone.offline(false)
    await her.waiting(0)

    await desk.hear('待审 1 条')
    await reviewer.openEntry('纠纷调解')
    await desk.page.getByText('为水沟的事，已说和').first().waitFor() // what changed since she last looked
    await desk.shot('review-changed')
    await reviewer.approve()
    await reviewer.allSent()

    // The city's page shows exactly these additions, and each figure opens to its entries.
    await city.page.reload()
    await clerk.totals()
    const after = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await clerk.figure(name)])))
    expect(after).toEqual({
      走访户次: '1',
      走访户数: '1',
      排查户数: '1',
      调解起数: '1',
      成功起数: '1',
      救助金: '0.03',
      救助人次: '1',
    })
    await city.shot('city-after')
    for (const name of names) {
      await clerk.totals()
      const rows = await clerk.openFigure(name)
      expect(rows.length, name).toBe(1)
      expect(rows[0], name).toContain('忙岗')
      expect(rows[0], name).not.toContain('赵一一') // the city is told no names
    }
    await city.shot('city-entries')
    await city.page.locator('ul.rows a').first().click()
    await city.page.getByText('按权限不显示').first().waitFor()
    await city.shot('city-entry')
  },
)
