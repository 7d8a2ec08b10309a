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

async function state(at: Phone, reason: string, words: string) {
  const card = at.page.getByTestId('disclose')
  await card.getByText(reason, { exact: true }).click()
  await card.getByLabel('具体说明').fill(words)
  await card.getByRole('button', { name: '写明理由，查看内容' }).click()
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
      await phone.page.locator('main a[href="tel:110"]').waitFor()
      await phone.page.locator('main a[href="tel:12338"]').waitFor()
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
    await county.page.getByTestId('urgent').getByText('忙岗').waitFor()
    await tellsNothing(county)
    await county.shot('urgent-county')
    // What it says is opened by a reason alone (D1), and those whom it concerns are told (D2).
    await county.page.getByTestId('urgent').getByRole('link').click()
    await county.page.getByRole('heading', { name: '敏感记录，要写明理由才能看' }).waitFor()
    await tellsNothing(county)
    await county.shot('disclosure-ask')
    await county.page.getByRole('button', { name: '写明理由，查看内容' }).click()
    await county.page.getByText('请先选一个理由').waitFor()
    await state(county, '核实情况', '派出所转来')
    await county.page.getByText('门口有争吵声').waitFor()
    await county.page.getByText('王某某').first().waitFor()
    await county.shot('disclosure-open')
    await phone.page.reload()
    await her.home()
    await phone.page.getByRole('heading', { name: '上级看过您这里的 1 条记录' }).waitFor()
    expect(await phone.page.locator('main').innerText()).not.toContain('派出所')
    await phone.shot('disclosure-news')
    await phone.page.getByTestId('disclosures').getByRole('link').first().click()
    await phone.page.getByText('核实情况：派出所转来').waitFor()
    await phone.shot('disclosure-told')
    await her.home()
    await phone.page.getByTestId('disclosures').waitFor({ state: 'detached' })
    await desk.page.reload() // the entry stands open here
    await desk.page.locator('article').getByText('核实情况：派出所转来').first().waitFor()

    // Once it is approved, the city's small count stays withheld.
    await reviewer.approve()
    await reviewer.allSent()
    const city = await stage.phone(DESK)
    const clerk = new Clerk(city.page)
    await clerk.login('shi1')
    expect(await clerk.fresh('走访户次')).toEqual(['1'])
    const seen = await city.page.locator('main').innerText()
    expect(seen).not.toContain('王某某')

    // The city opens the figure: it counts one that is not listed, until a reason opens it (D3).
    await city.page.locator('li.line', { hasText: '走访户次' }).locator('> .figure a').first().click()
    await city.page.getByRole('button', { name: '写明理由，查看没有列出的敏感记录' }).click()
    await state(city, '督办处置', '核对全市台账')
    await city.page.getByText('打开了 1 条敏感记录').waitFor()
    await city.shot('disclosure-figure')
    await city.page.locator('main li a').first().click()
    await city.page.getByText('门口有争吵声').waitFor()
    await county.goto('/review')
    await county.page.getByRole('heading', { name: /待审/ }).waitFor()
    await county.page.getByRole('heading', { name: '紧急 1 件' }).waitFor({ state: 'detached' })
  },
)
