import { expect } from 'vitest'
import { Clerk } from '../pages/clerk'
import { Reviewer } from '../pages/reviewer'
import { DESK } from '../phone'
import { served, story } from '../story'

const server = served()

story(
  'a form that is not used every day: two taps away, then the first; found by a search, by the reviewer, in the figures',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    await phone.offline(true)
    await phone.page.locator('a[data-form]').first().waitFor()
    // The home page keeps its three large buttons.
    await expect.poll(() => phone.page.locator('nav.big a[data-form]').count()).toBe(3)
    await phone.page.getByRole('link', { name: '更多表格' }).click()
    await phone.page.locator('nav[data-section=work]').getByText('记就业', { exact: true }).waitFor()
    // What townships and above record is not offered in a village.
    expect(await phone.page.getByText('记贷款').count()).toBe(0)
    expect(await phone.page.locator('nav[data-section=used]').count()).toBe(0)
    await phone.shot('forms')
    await phone.page.getByRole('link', { name: '记议事' }).click()
    await her.fill('topic', '彩礼定多少合适')
    await her.fill('women', '12')
    await her.fill('proposals', '3')
    await her.fill('adopted', '4')
    await phone.page.getByTestId('save').click()
    await her.field('adopted').getByText('采纳的不能多于建议').waitFor()
    await her.fill('adopted', '2')
    await her.save()

    await her.start('记积分')
    await her.toHousehold('王某某')
    await her.tick('兑换')
    await her.fill('spent_on', '洗衣粉')
    await her.fill('points', '8')
    await her.save()
    await her.home()
    await phone.page.getByRole('link', { name: '更多表格' }).click()
    const used = phone.page.locator('nav[data-section=used] a')
    await used.first().waitFor()
    expect(await used.allInnerTexts()).toEqual(['记积分', '记议事'])
    await phone.page.getByRole('link', { name: '记组织' }).click()
    await her.tick('妇女议事会', '原有登记')
    await her.fill('name', '村妇女议事会')
    await her.fill('elected_on', '2020-01-05')
    await her.fill('members', '9')
    await her.save()

    await her.entries()
    await phone.page.getByRole('searchbox', { name: '查找记录' }).fill('彩礼')
    await phone.page.locator('main li').getByText('妇女议事').waitFor()
    await expect.poll(() => phone.page.locator('main ul.plain-list > li').count()).toBe(1)
    await phone.page.getByRole('searchbox', { name: '查找记录' }).fill('')
    await phone.page.getByLabel('哪种表格').selectOption({ label: '巾帼家美积分超市' })
    await expect.poll(() => phone.page.locator('main ul.plain-list > li').count()).toBe(1)
    await phone.offline(false)
    await her.waiting(0)

    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.waitingCount(3)
    // More was spent than the household had: it stands apart, and says by how much.
    await desk.page.getByText('换掉的比有的多').first().waitFor()
    await desk.page.getByLabel('哪种表格').selectOption({ label: '妇女议事（1）' })
    await expect.poll(() => desk.page.locator('ul.rows > li').count()).toBe(1)
    await desk.page.getByLabel('哪种表格').selectOption({ label: '组织阵地（整类）（2）' })
    expect((await reviewer.rows()).length).toBe(2)
    expect((await reviewer.rows()).join()).not.toContain('积分')
    await desk.page.getByLabel('哪种表格').selectOption({ label: '全部表格' })
    await desk.page.locator('ul.rows a').first().click()
    await desk.page.getByText('加减下来是 -8 分').waitFor()
    await desk.shot('balance-below')
    await reviewer.approveAll(2)
    await reviewer.allSent()

    const city = await stage.phone(DESK)
    const clerk = new Clerk(city.page)
    await clerk.login('shi1')
    expect(await clerk.fresh('议事次数', '建议数', '采纳率')).toEqual(['1', '3', '66.67'])
    await city.page.getByTestId('jumps').getByRole('button', { name: '组织阵地' }).click()
    await city.page.waitForFunction(() => document.activeElement?.id === 'figures-organisation')
    await city.shot('figures-sections')
    await clerk.view('表格')
    await city.page.getByLabel('看哪一类').selectOption({ label: '宣传教育（整类）' })
    await city.page
      .getByRole('columnheader', { name: /发稿数/ })
      .first()
      .waitFor()
    await city.page.getByRole('columnheader', { name: /场次/ }).first().waitFor()
  },
)

story(
  'points that were voided after they had been spent: said before it is done, and until it is put right',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer('cun2')
    await phone.offline(true)
    const points = async (way: string, what: () => Promise<void>, n: string) => {
      await her.start('记积分')
      await her.toHousehold('何积分')
      await her.tick(way)
      await what()
      await her.fill('points', n)
      await her.save()
    }
    await points('加分', () => her.tick('庭院卫生'), '10')
    await points('兑换', () => her.fill('spent_on', '洗衣粉'), '8')
    await phone.offline(false)
    await her.waiting(0)

    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    // Two of one household on one day stand apart: each is read.
    for (let i = 0; i < 2; i++) {
      await reviewer.openEntry('何积分')
      await reviewer.approve()
    }
    await reviewer.allSent()
    await desk.page.getByRole('button', { name: '处理过的' }).click()
    await desk.page.locator('.queue ul.rows a').filter({ hasText: '加分' }).first().click()
    await desk.page.getByRole('article').getByRole('button', { name: '作废', exact: true }).click()
    const dialog = desk.page.getByRole('dialog')
    await dialog.getByText('作废以后，这一户是 -8 分，低于 0').waitFor()
    await desk.shot('void-below')
    await dialog.getByText('重复记录', { exact: true }).click()
    await dialog.getByRole('button', { name: '作废', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    const short = desk.page.getByTestId('short')
    await short.getByText('1 户换掉的比剩下的多').waitFor()
    await short.getByRole('link', { name: /何积分.*-8 分/ }).click()
    await desk.page.getByText('加减下来是 -8 分').waitFor()
    await desk.shot('void-below-after')
    await desk.page.getByRole('article').getByRole('button', { name: '恢复', exact: true }).click()
    await short.waitFor({ state: 'detached' })
    await reviewer.allSent()
  },
)
