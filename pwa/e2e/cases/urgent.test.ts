import { expect } from 'vitest'
import { Clerk } from '../pages/clerk'
import { Reviewer } from '../pages/reviewer'
import { Volunteer } from '../pages/volunteer'
import { DESK, type Phone } from '../phone'
import { CUN1B } from '../server'
import { served, story } from '../story'

const server = served()

const secrets = ['家暴', '王某某', '门口有争吵声', 'domestic_violence']
async function tellsNothing(phone: Phone) {
  const text = await phone.page.locator('main').innerText()
  for (const secret of secrets) expect(text).not.toContain(secret)
}

story(
  'a sign of violence: advice without signal, urgent above, and no detail for others (W6)',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    await phone.offline(true)
    await her.visit('郑二二', '走访慰问')
    await her.start('记走访')
    await her.toHousehold('王某某')
    await phone.page.getByTestId('more').click()
    await her.fill('text', '门口有争吵声')
    await her.tick('家暴')
    const advised = async () => {
      await phone.page.getByText('先保护人').waitFor()
      expect(await phone.page.locator('main a[href="tel:110"]').isVisible()).toBe(true)
      expect(await phone.page.locator('main a[href="tel:12338"]').isVisible()).toBe(true)
    }
    await advised()
    await phone.shot('urgent-advice')
    await her.save()
    await phone.page.waitForURL('**/saved/*')
    await advised()
    const entity = new URL(phone.page.url()).pathname.split('/').pop()!
    await her.home()
    // On her own lists no detail stands for whoever looks over her shoulder.
    await phone.page.locator('main').getByText('敏感记录').first().waitFor()
    expect(await phone.page.locator('main').innerText()).not.toContain('家暴')
    expect((await her.lines()).join('\n')).not.toMatch(/家暴|门口有争吵声|王某某/)
    await phone.offline(false)
    await her.waiting(0)

    // A colleague of the village: that it exists, nothing else; nothing else is on her phone either.
    const other = await stage.phone()
    const colleague = new Volunteer(other.page)
    await colleague.login('cun1b')
    await colleague.waiting(0)
    await other.goto(`/entries/${entity}`)
    await other.page.getByText('内容只有记录人和审核员能看').waitFor()
    await tellsNothing(other)
    await other.shot('stub')
    const answers = server.exchanges.filter((one) => one.account === CUN1B).map((one) => one.answer)
    expect(answers.join('')).toContain(entity)
    expect(answers.join('')).not.toMatch(/domestic_violence|门口有争吵声/)

    // The township: first in the queue, no detail on the list, all of it when opened.
    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.waitingCount(2)
    const rows = await reviewer.rows()
    expect(rows[0]).toContain('紧急 · 敏感记录')
    expect(rows[0]).not.toMatch(/家暴|王某某|门口有争吵声/)
    expect(rows[1]).toContain('郑二二')
    await reviewer.openEntry('紧急 · 敏感记录')
    await desk.page.locator('article').getByText('家暴').first().waitFor()
    await desk.page.locator('article').getByText('门口有争吵声').waitFor()
    await desk.shot('urgent-desk')

    // The county: that there is an urgent one and where.
    const county = await stage.phone(DESK)
    await new Reviewer(county.page).login('xian1')
    await county.page.getByRole('heading', { name: '紧急 1 件' }).waitFor()
    await county.page.locator('section.urgent').getByText('忙岗').waitFor()
    await tellsNothing(county)
    await county.shot('urgent-county')
    expect(await county.page.locator('section.urgent a').count(), 'a way to what is not for the county').toBe(0)
    await county.goto(`/entry/${entity}`)
    await county.page.getByText('没有找到').waitFor()
    await tellsNothing(county)

    // Once it is approved, the city's small count stays withheld.
    await reviewer.approve()
    await reviewer.allSent()
    const city = await stage.phone(DESK)
    const clerk = new Clerk(city.page)
    await clerk.login('shi1')
    expect(await clerk.fresh('走访户次')).toEqual(['1'])
    const seen = await city.page.locator('main').innerText()
    expect(seen).not.toContain('王某某')
    await county.goto('/review')
    await county.page.getByRole('heading', { name: /待审/ }).waitFor()
    await county.page.getByRole('heading', { name: '紧急 1 件' }).waitFor({ state: 'detached' })
  },
)
