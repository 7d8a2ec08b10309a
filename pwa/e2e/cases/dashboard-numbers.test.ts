import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { sound } from '../look'
import { Clerk } from '../pages/clerk'
import { Keyboard } from '../pages/keyboard'
import { setLanguage } from '../pages/screen'
import { freshId, Pen } from '../pen'
import { DESK, PHONE } from '../phone'
import { PASSWORD, TOWNSHIP, VILLAGE } from '../server'
import { served, story, type Stage } from '../story'

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
    const entity = freshId()
    const fields = visit(home!, dayBefore(1), { needs: '想养猪' })
    const [first] = await a.write([
      { type: 'entry', entity, kind: 'create', unit: VILLAGE, form: 'home_visit', form_version: 1, fields, event: 'submit' }, // prettier-ignore
    ])
    const patch = (needs: string) => ({
      type: 'entry',
      entity,
      kind: 'patch',
      form_version: 1,
      fields: { needs },
      trunk: first!.version,
    })
    await a.write([patch('想养牛')])
    const [second] = await b.write([patch('想养羊')])
    expect(second!.outcome).toBe('conflict')
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
        await open(row, hand)
        await page.waitForURL(`**/entry/${entry}`)
        // What is to be done about it stands where it is reviewed.
        await open(page.getByRole('link', { name: '去审核' }), hand)
        await page.getByText(said).first().waitFor()
        await desk.goto(`/dashboard?unit=${TOWNSHIP}`)
        await page.getByTestId('quality').waitFor()
      }
    }
  },
)
