import { expect } from 'vitest'
import { Reviewer } from '../pages/reviewer'
import { Volunteer } from '../pages/volunteer'
import { DESK } from '../phone'
import { VILLAGE } from '../server'
import { served, story } from '../story'

const server = served()

story(
  'a township records for a village, says who did the work, and the county decides (S26 R3 R4)',
  () => server,
  async (stage) => {
    const desk = await stage.phone(DESK)
    const town = new Volunteer(desk.page)
    await town.login('zhen1')
    await town.start('记走访')
    const where = desk.page.getByLabel('记在哪里')
    await expect.poll(() => town.field('done_by').count()).toBe(0)
    await where.selectOption(VILLAGE)
    await town.toHousehold('代一一')
    await town.tick('走访慰问')
    await desk.page.getByTestId('save').click()
    await town.field('done_by').getByRole('alert').waitFor()
    await desk.shot('stand-in-form')
    await town.fill('done_by', '村妇联执委某某')
    await town.save()
    await town.waiting(0)

    // It is the village's: on its phone, with the name of who did it.
    const { phone, her } = await stage.volunteer()
    await her.openEntry('代一一', '代一一')
    await phone.page.getByText('村妇联执委某某').first().waitFor()
    await phone.shot('stand-in-village')

    // Who wrote it down decides nothing on it.
    const reviewer = new Reviewer(desk.page)
    await reviewer.queue()
    await expect.poll(() => desk.page.getByRole('button', { name: '通过', exact: true }).count()).toBe(0)

    const county = await stage.phone(DESK)
    const above = new Reviewer(county.page)
    await above.login('xian1')
    await above.queue()
    await county.page.locator('section.overdue').getByRole('link').first().click()
    await county.page.getByRole('button', { name: '通过', exact: true }).click()
    await county.page.getByText('您的决定“通过”已生效。').waitFor()
  },
)

story(
  'a case is one line of time, and the township goes on with it for the village',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    await her.start('记走访')
    await her.toHousehold('案一一')
    await her.tick('走访慰问')
    await phone.page.getByTestId('more').click()
    await her.tick('邻里纠纷')
    await her.save()
    await phone.page.waitForURL('**/saved/*')
    await her.home()
    await her.waiting(0)

    const desk = await stage.phone(DESK)
    const town = new Volunteer(desk.page)
    await town.login('zhen1')
    const reviewer = new Reviewer(desk.page)
    await reviewer.queue()
    await reviewer.openEntry('案一一')
    await desk.page.getByRole('button', { name: /纠纷调解/ }).click()
    await expect.poll(() => desk.page.getByLabel('记在哪里').inputValue()).toBe(VILLAGE)
    await town.fill('done_by', '镇司法所调解员')
    await desk.shot('case-followed')
    await desk.page.locator('[data-field="field-outcome"]').getByText('调解成功', { exact: true }).click()
    await town.save()
    await town.waiting(0)

    await phone.goto('/')
    await her.waiting(0)
    await her.openEntry('案一一')
    await phone.page.getByRole('heading', { name: '同一件事的记录' }).waitFor()
    await expect.poll(() => phone.page.locator('ol.plain-list > li').count()).toBe(2)
    await phone.shot('case-line')
  },
)
