import { expect } from 'vitest'
import { sound } from '../look'
import { Clerk } from '../pages/clerk'
import { Reviewer } from '../pages/reviewer'
import { Volunteer } from '../pages/volunteer'
import { DESK } from '../phone'
import { served, story } from '../story'

const server = served()

story(
  'two phones change one entry: fields merge, and of one field both values stand (M2 M4 M7 M8)',
  () => server,
  async (stage) => {
    const [phoneA, phoneB, desk] = [await stage.phone(), await stage.phone(), await stage.phone(DESK)]
    const [a, b, reviewer] = [new Volunteer(phoneA.page), new Volunteer(phoneB.page), new Reviewer(desk.page)]
    await a.login('cun1')
    await b.login('cun1b')
    await a.waiting(0)
    await b.waiting(0)
    await a.aid('冯一一', '10000')
    await a.waiting(0)
    await phoneB.syncNow()
    await b.openEntry('救助发放', '冯一一')

    // Different fields, both without signal.
    for (const phone of [phoneA, phoneB]) await phone.installed()
    await phoneA.offline(true)
    await phoneB.offline(true)
    await a.openEntry('救助发放')
    await a.edit()
    await a.fill('cash', '20000')
    await a.save()
    await b.edit()
    await b.tick('企业')
    await b.save()
    await phoneA.offline(false)
    await a.waiting(0)
    await phoneB.offline(false)
    await b.waiting(0)
    for (const one of [phoneA, phoneB]) {
      await one.syncNow()
      await one.page.locator('main').getByText('20,000').first().waitFor()
      await one.page.locator('main').getByText('企业', { exact: true }).waitFor()
    }

    // The same field, both without signal.
    await phoneA.offline(true)
    await phoneB.offline(true)
    await a.edit()
    await a.fill('cash', '30000')
    await a.save()
    await b.edit()
    await b.fill('cash', '40000')
    await b.save()
    await phoneA.offline(false)
    await a.waiting(0)
    await phoneB.offline(false)
    await b.waiting(0)
    await phoneB.page.getByText('两个内容都留着').first().waitFor()
    await sound(phoneB, 'conflict-volunteer')

    // In town both stand with who wrote them; only a choice makes way for the approval.
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.waitingCount(1)
    await reviewer.openEntry('救助发放')
    await desk.page.locator('label.option').filter({ hasText: '30,000' }).getByText('演示·村甲').waitFor()
    await desk.page.locator('label.option').filter({ hasText: '40,000' }).getByText('演示·村乙').waitFor()
    await sound(desk, 'conflict-desk')
    await expect.poll(() => reviewer.approveButton().isDisabled()).toBe(true)
    await desk.page.locator('label.option').filter({ hasText: '40,000' }).click()
    await desk.page.getByRole('button', { name: '就用选的内容' }).click()
    await desk.page.getByText('已选好').waitFor()
    await reviewer.approve()
    await reviewer.allSent()
    await reviewer.waitingCount(0)

    const city = await stage.phone(DESK)
    const clerk = new Clerk(city.page)
    await clerk.login('shi1')
    expect(await clerk.fresh('救助金', '救助人次')).toEqual(['4.00', '1'])
    for (const one of [phoneA, phoneB]) {
      await one.syncNow()
      await one.page.locator('main').getByText('已通过', { exact: true }).waitFor()
      await one.page.locator('main').getByText('40,000').first().waitFor()
    }
  },
)

story(
  'an edit that comes after the approval is an amendment, and the approved content counts on (R5 T1)',
  () => server,
  async (stage) => {
    const [phone, desk, city] = [await stage.phone(), await stage.phone(DESK), await stage.phone(DESK)]
    const [her, reviewer, clerk] = [new Volunteer(phone.page), new Reviewer(desk.page), new Clerk(city.page)]
    await clerk.login('shi1')
    const before = Number((await clerk.fresh('救助金'))[0])
    const now = async () => Number((Number((await clerk.fresh('救助金'))[0]) - before).toFixed(2))
    await her.login('cun1')
    await her.waiting(0)
    await her.aid('陈二二', '10000')
    await her.waiting(0)
    await phone.installed()
    await phone.offline(true)
    await her.openEntry('陈二二')
    await her.edit()
    await her.fill('cash', '20000')
    await her.save()

    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.waitingCount(1)
    await reviewer.openEntry('陈二二')
    await reviewer.approve()
    await reviewer.allSent()
    expect(await now()).toBe(1)

    await phone.offline(false)
    await her.waiting(0)
    await phone.page.locator('main').getByText('修订待审').waitFor()
    await phone.page.getByRole('heading', { name: '已通过的内容' }).waitFor()
    await phone.shot('amended')
    expect(await now()).toBe(1)

    await desk.hear('待审 1 条')
    await reviewer.openEntry('陈二二')
    await desk.page.getByText('修订了什么').waitFor()
    await desk.shot('amended-desk')
    await reviewer.approve()
    await reviewer.allSent()
    expect(await now()).toBe(2)
    await phone.syncNow()
    await phone.page.locator('main').getByText('已通过', { exact: true }).waitFor()

    // Another one is refused: the old content stands, and she reads why.
    await her.edit()
    await her.fill('cash', '60000')
    await her.save()
    await her.waiting(0)
    await phone.page.locator('main').getByText('修订待审').waitFor()
    await desk.hear('待审 1 条')
    await reviewer.openEntry('陈二二')
    await reviewer.refuseFor('收据上是两万')
    await reviewer.allSent()
    expect(await now()).toBe(2)
    await phone.syncNow()
    await phone.page.locator('main').getByText('修订没有通过').waitFor()
    await phone.page.locator('main').getByText('收据上是两万').first().waitFor()
    await phone.page.locator('main').getByText('已通过', { exact: true }).waitFor()
    await phone.page.locator('main').getByText('20,000').first().waitFor()
    expect(await phone.page.locator('main').getByText('修订待审').count()).toBe(0)
    await phone.shot('refused')
  },
)
