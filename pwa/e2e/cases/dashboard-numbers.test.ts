import { readFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { sound } from '../look'
import { Clerk } from '../pages/clerk'
import { Keyboard } from '../pages/keyboard'
import { setLanguage } from '../pages/screen'
import { Pen, twoSay } from '../pen'
import { DESK, PHONE } from '../phone'
import { PASSWORD, TOWNSHIP, VILLAGE } from '../server'
import { served, story, type Stage } from '../story'
import { readSheets } from '../xlsx'

const server = served({ entries: 400 })
const COUNTY = '530923000000'
const year = new Date().getFullYear()
const dayBefore = (n: number) => new Date(Date.now() + 8 * 3_600_000 - n * 86_400_000).toISOString().slice(0, 10)
const number = (text: string) => Number(/[\d,]+/.exec(text)![0].replaceAll(',', ''))
const visit = (household: string, day: string, more: object = {}) => ({
  household,
  purposes: ['policy'],
  met: 'met',
  occurred_on: day,
  ...more,
})

/** All that a number opens to: what is listed, and what is told as a number alone. */
async function all(page: Page): Promise<number> {
  const rows = page.locator('ul.rows li')
  const hidden = page.getByTestId('hidden')
  await page.getByTestId('work-count').waitFor()
  await rows.or(hidden).first().waitFor()
  const more = page.getByRole('button', { name: '再显示一些' })
  for (;;) {
    const had = await rows.count()
    if (!(await more.count())) break
    await more.click()
    await expect.poll(() => rows.count()).toBeGreaterThan(had)
  }
  return (await rows.count()) + ((await hidden.count()) ? number(await hidden.innerText()) : 0)
}

/** Opens a number by the keyboard, or by a tap where there is no hand. */
async function open(link: Locator, hand?: Keyboard) {
  await link.waitFor()
  if (hand) {
    await hand.to(link)
    await hand.press('Enter')
  } else await link.click()
}

async function dashboard(stage: Stage, account: string, unit: string, size: { width: number; height: number }) {
  const desk = await stage.phone(size)
  const { page } = desk
  const hand = new Keyboard(page)
  if (size === DESK) await hand.login(account, PASSWORD)
  else await new Clerk(page).login(account)
  await desk.goto(`/dashboard?unit=${unit}`)
  await page.getByTestId('week').waitFor()
  await page.getByTestId('quality').waitFor()
  return { desk, page, hand: size === DESK ? hand : undefined }
}

story(
  'the numbers of the week open to their entries, those of the week before and what waits of it too (T22); a county is told no village’s days (T14)',
  () => server,
  async (stage) => {
    const village = await Pen.of(server, 'cun1')
    const [home] = await village.households(VILLAGE, ['七天户'])
    const made = await village.entries(VILLAGE, 'home_visit', [
      visit(home!, dayBefore(1)),
      visit(home!, dayBefore(9)),
      visit(home!, dayBefore(2)),
    ])
    const town = await Pen.of(server, 'zhen1')
    await town.approve(made.slice(0, 2))

    for (const size of [DESK, PHONE]) {
      const { desk, page, hand } = await dashboard(stage, 'zhen1', TOWNSHIP, size)
      const week = page.getByTestId('week')
      await week.scrollIntoViewIfNeeded()
      await sound(desk, 'dashboard-week', size === DESK ? ['normal'] : ['normal', 'large', 'huge'])
      for (const [name, entry] of [
        ['week-entries', made[0]!.entity],
        ['week-entries-before', made[1]!.entity],
        ['week-waiting', made[2]!.entity],
      ] as const) {
        const link = week.getByTestId(name).getByRole('link')
        await link.waitFor()
        const n = number(await link.innerText())
        expect(n).toBeGreaterThan(0)
        await open(link, hand)
        await page.getByText('怎么算').waitFor()
        await page.getByTestId('work-count').waitFor()
        expect(number(await page.getByTestId('work-count').innerText())).toBe(n)
        expect(await all(page)).toBe(n)
        const row = page.locator(`ul.rows a[href*="${entry}"]`)
        await row.waitFor()
        await sound(desk, `work-${name}`, ['normal'])
        await open(row, hand)
        await page.waitForURL(`**/entry/${entry}`)
        await desk.goto(`/dashboard?unit=${TOWNSHIP}`)
        await week.waitFor()
      }
      // A figure of the week before opens to that week’s entries.
      const before = week.locator('li', { hasText: '走访户次' }).locator('.before a')
      await before.waitFor()
      expect(await before.getAttribute('aria-label')).toContain('走访户次 前七天')
      await open(before, hand)
      await page.getByText('七天户').first().waitFor()
      await page.locator(`ul.rows a[href*="${made[1]!.entity}"]`).waitFor()
      expect(await page.locator(`ul.rows a[href*="${made[0]!.entity}"]`).count()).toBe(0)
      if (size === DESK) continue
      await desk.goto(`/dashboard?unit=${TOWNSHIP}`)
      await week.waitFor()
      await setLanguage(page, 'en')
      await page.reload()
      await week.waitFor()
      await week.scrollIntoViewIfNeeded()
      await sound(desk, 'dashboard-week-en', ['normal', 'large'])
    }

    // What waits of a form, and beside a figure that is counted from it, is the same list.
    const { page: shelf, desk: other } = await dashboard(stage, 'zhen1', TOWNSHIP, PHONE)
    for (const link of [
      shelf.getByTestId('waiting').locator('.forms li', { hasText: '入户走访' }).getByRole('link'),
      shelf.locator('[data-figure="visits"]').getByRole('link', { name: /另有 \d+ 条待审/ }),
    ]) {
      await link.waitFor()
      const n = number(await link.innerText())
      await link.click()
      await shelf.getByText('德党镇 · 现在 · 待审（入户走访）').waitFor()
      expect(await all(shelf)).toBe(n)
      await shelf.locator(`ul.rows a[href*="${made[2]!.entity}"]`).waitFor()
      await other.goto(`/dashboard?unit=${TOWNSHIP}`)
    }

    // The county opens what it is told of itself, down to its townships; of a village's days it is told nothing.
    const { page, desk, hand } = await dashboard(stage, 'xian1', COUNTY, DESK)
    await open(page.getByTestId('week-entries').getByRole('link'), hand)
    const part = page.getByTestId('work-units').getByRole('link', { name: /德党镇/ })
    await open(part, hand)
    await page.getByText(/^德党镇 · .*通过的记录$/).waitFor()
    await page.getByTestId('work-count').waitFor()
    expect(await page.getByTestId('work-units').getByRole('link').count()).toBe(0)
    await desk.goto(`/dashboard?unit=${VILLAGE}`)
    await page.getByTestId('week').getByText('这七天的数不显示').waitFor()
    // What waits is told by its age on the same page, and here too.
    expect(await page.getByTestId('week').locator('[data-work]:not([data-work="waiting"])').count()).toBe(0)
  },
)

story(
  'what contradicts itself and what looks odd: the quality card’s numbers open to the very entry, by the keyboard and by a tap (T22)',
  () => server,
  async (stage) => {
    const [a, b] = [await Pen.of(server, 'cun1'), await Pen.of(server, 'cun1b')]
    const [home] = await a.households(VILLAGE, ['两说户'])
    const pigs = visit(home!, dayBefore(1), { needs: '想养猪' })
    const { entity } = await twoSay([a, b], VILLAGE, pigs, [{ needs: '想养牛' }, { needs: '想养羊' }])
    // Of work that is done tomorrow.
    const [odd] = await a.entries(VILLAGE, 'home_visit', [visit(home!, dayBefore(-1))])

    for (const size of [DESK, PHONE]) {
      const { desk, page, hand } = await dashboard(stage, 'zhen1', TOWNSHIP, size)
      // What is to be looked at first opens too.
      await open(page.getByTestId('first').getByRole('link', { name: /说法不一样/ }), hand)
      await page.locator(`ul.rows a[href*="${entity}"]`).waitFor()
      await desk.goto(`/dashboard?unit=${TOWNSHIP}`)
      await page.getByTestId('quality').waitFor()
      for (const [name, entry, title, said] of [
        ['conflicts', entity, /· 现在 · 说法不一$/, '“需要什么帮助”有两个内容'],
        ['flagged', odd!.entity, new RegExp(`· ${year}年 · 存疑$`), '日期不寻常'],
      ] as const) {
        const link = page.getByTestId('quality').locator(`ul [data-work="${name}"]`)
        await link.waitFor()
        const n = number(await link.innerText())
        expect(n).toBeGreaterThan(0)
        await open(link, hand)
        await page.getByText(title).waitFor()
        expect(await all(page)).toBe(n)
        expect(number(await page.getByTestId('work-count').innerText())).toBe(n)
        await sound(desk, `work-${name}`, ['normal', 'large'])
        // The village that it comes from, and the entry.
        await open(page.getByTestId('work-units').getByRole('link', { name: /忙岗村民委员会/ }), hand)
        await page.getByText(title).and(page.getByText('忙岗村民委员会')).waitFor()
        const row = page.locator(`ul.rows a[href*="${entry}"]`)
        // What looked odd stands in the list, on the entry's page, and word for word where it is reviewed.
        if (name === 'flagged') await row.getByTestId('odd').getByText(said, { exact: true }).waitFor()
        await open(row, hand)
        await page.waitForURL(`**/entry/${entry}`)
        const why = page.getByTestId('odd')
        let told = ''
        if (name === 'flagged') {
          await why.waitFor()
          told = await why.innerText()
          expect(told).toContain('日期在今天以后，或在一年多以前')
          await sound(desk, 'entry-odd', ['normal', 'large'])
        }
        // What is to be done about it stands where it is reviewed.
        await open(page.getByRole('link', { name: '去审核' }), hand)
        await page.getByText(said).first().waitFor()
        if (told) {
          await why.waitFor()
          expect(await why.innerText()).toBe(told)
        }
        await desk.goto(`/dashboard?unit=${TOWNSHIP}`)
        await page.getByTestId('quality').waitFor()
      }
    }
    // She who recorded it reads the same on her phone, and of what may be there twice which the other one is.
    const twins = await a.entries(VILLAGE, 'home_visit', [visit(home!, dayBefore(3)), visit(home!, dayBefore(3))])
    const her = await stage.phone(PHONE)
    await new Clerk(her.page).login('cun1')
    await her.goto(`/entries/${odd!.entity}`)
    await her.page.getByTestId('odd').getByText('日期不寻常').waitFor()
    await sound(her, 'her-entry-odd', ['normal', 'huge'])
    await her.goto(`/entries/${twins[0]!.entity}`)
    await her.page.getByTestId('odd').getByText('同一户同一天两条').waitFor()
    await her.page.getByRole('link', { name: /^看另一条/ }).click()
    await her.page.waitForURL(`**/entries/${twins[1]!.entity}`)
    const { desk: there, page: table } = await dashboard(stage, 'zhen1', TOWNSHIP, DESK)
    await there.goto(`/entry/${twins[0]!.entity}`)
    await table.getByTestId('odd').getByText('同一户同一天两条').waitFor()
    await table.getByRole('link', { name: /^看另一条/ }).click()
    await table.waitForURL(`**/entry/${twins[1]!.entity}`)
    // Once it is approved, who comes from the number still reads it.
    const town = await Pen.of(server, 'zhen1')
    await town.approve([odd!])
    const { desk, page } = await dashboard(stage, 'xian1', TOWNSHIP, DESK)
    await desk.goto(`/entry/${odd!.entity}`)
    await page.getByTestId('odd').getByText('日期不寻常').waitFor()
  },
)

story(
  'what waits for a target opens to its entries, from the dashboard and from the campaign’s page, for who is told how much it is (T23)',
  () => server,
  async (stage) => {
    const village = await Pen.of(server, 'cun1')
    const homes = await village.households(VILLAGE, ['目标甲户', '目标乙户'])
    const made = await village.entries(VILLAGE, 'home_visit', [
      visit(homes[0]!, dayBefore(0)),
      visit(homes[1]!, dayBefore(0)),
    ])
    const title = '政策宣传进家门'
    const target = (page: Page) => page.getByTestId('targets').locator('li.target', { hasText: title })
    const listed = (page: Page) =>
      Promise.all(made.map((one) => page.locator(`ul.rows a[href*="${one.entity}"]`).waitFor()))
    let campaign = ''
    for (const size of [DESK, PHONE]) {
      const { desk, page, hand } = await dashboard(stage, 'zhen1', TOWNSHIP, size)
      const link = target(page).getByTestId('target-waiting').getByRole('link')
      await link.waitFor()
      const n = number(await link.innerText())
      expect(n).toBeGreaterThan(1)
      await open(link, hand)
      await page.getByText(`德党镇 · 现在 · 待审（${title}）`).waitFor()
      expect(await all(page)).toBe(n)
      expect(number(await page.getByTestId('work-count').innerText())).toBe(n)
      await listed(page)
      await sound(desk, 'target-waiting', ['normal', 'large'])

      await desk.goto(`/dashboard?unit=${TOWNSHIP}`)
      await open(target(page).getByRole('link', { name: title }), hand)
      const waits = page.getByTestId('progress').getByTestId('submitted').getByRole('link')
      await waits.waitFor()
      campaign = new URL(page.url()).pathname
      const more = number(await waits.innerText())
      expect(more).toBeGreaterThan(1)
      // The village has a number of its own below, which opens as well.
      await page
        .getByTestId('below')
        .getByRole('link', { name: /^忙岗村民委员会待审核 \d+/ })
        .waitFor()
      await sound(desk, 'campaign-waiting', ['normal', 'large'])
      await open(waits, hand)
      await page.getByText(`都通过的话，会增加 ${more} 户`).waitFor()
      await listed(page)
      // Each says what it would add; of a household that several are about it would be once.
      expect(await page.locator('ul.rows li', { hasText: '会加 1 户' }).count()).toBe(
        await page.locator('ul.rows li').count(),
      )
      expect(await all(page)).toBeGreaterThanOrEqual(more)
      await sound(desk, 'campaign-waiting-entries', ['normal', 'large'])
      if (size === PHONE) continue
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: '存为 Excel 表' }).click(),
      ])
      const sheets = readSheets(readFileSync(await file.path()))
      const rows = sheets.get('数据')!.slice(sheets.get('数据')!.findIndex((row) => row.includes('区划代码')) + 1)
      expect(rows).toHaveLength(await page.locator('ul.rows li').count())
      expect(
        rows.filter((row) => row.includes('入户走访') && row.includes('待审核') && row.at(-1) === '1').length,
      ).toBe(rows.length)
    }

    // A county is told how much it is in its townships, not which: a visit may be sensitive. Of a village it is told nothing.
    const { desk, page } = await dashboard(stage, 'xian1', TOWNSHIP, DESK)
    const link = target(page).getByTestId('target-waiting').getByRole('link')
    await link.waitFor()
    const n = number(await link.innerText())
    await link.click()
    expect(await all(page)).toBe(n)
    expect(await page.locator('ul.rows li').count()).toBe(0)
    await desk.goto(`${campaign}?unit=${VILLAGE}`)
    const waits = page.getByTestId('progress').getByTestId('submitted')
    await waits.getByText('不显示').waitFor()
    expect(await waits.getByRole('link').count()).toBe(0)
    await desk.goto(`/dashboard?unit=${VILLAGE}`)
    await target(page).waitFor()
    expect(await page.getByTestId('target-waiting').count()).toBe(0)
  },
)
