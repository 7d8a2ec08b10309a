import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { sound } from '../look'
import { Clerk } from '../pages/clerk'
import { Keyboard } from '../pages/keyboard'
import { setLanguage } from '../pages/screen'
import { Pen } from '../pen'
import { DESK } from '../phone'
import { CITY, PASSWORD, TOWNSHIP, VILLAGE } from '../server'
import { served, story } from '../story'
import { readCsv, readSheets } from '../xlsx'

const server = served({ entries: 1500 })
const COUNTY = '530923000000'
const year = new Date().getFullYear()
const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)

const head = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true })
const tile = (page: Page, unit: string) => page.locator(`.tile[data-unit="${unit}"]`)
const figure = (page: Page, id: string) => page.locator(`[data-figure="${id}"] > .figure .value`)
const number = (text: string) => Number(/[\d,]+/.exec(text)![0].replaceAll(',', ''))

/** What a button gives as a file. */
async function taken(page: Page, button: Locator): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent('download'), button.click()])
  return readFile(await file.path())
}

/** As one who comes back to the page: it asks anew, until it says what is expected. */
const becomes = (page: Page, read: () => Promise<number>, n: number) =>
  expect
    .poll(
      async () => {
        await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
        return read()
      },
      { timeout: 30_000 },
    )
    .toBe(n)

story(
  'the city’s clerk goes down to a county and to the entries behind a figure by the keyboard; an approval shows; on paper',
  () => server,
  async (stage) => {
    const desk = await stage.phone(DESK)
    const { page } = desk
    const hand = new Keyboard(page)
    await hand.login('shi1', PASSWORD)
    await hand.to(page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '概览' }))
    await hand.press('Enter')
    await head(page, '临沧市').waitFor()
    const first = page.getByTestId('first')
    await first.getByText('“冬季走访困难家庭”按现在的速度完不成').waitFor()
    await first.getByText(/\d+ 个村 30 天没有记录/).waitFor()
    await page.getByTestId('ranking').waitFor()
    await desk.shot('dashboard-city')

    // What is behind leads to where it is: the list of villages opens, and the focus is at it.
    await hand.to(first.getByRole('button', { name: '看是哪些村' }))
    await hand.press('Enter')
    await page.getByTestId('silent-list').waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('dashboard-coverage')

    // A link to another unit is not this page.
    await tile(page, COUNTY).waitFor()
    expect(await page.locator('main [aria-current="page"]:not(h1)').count()).toBe(0)
    // A tile leads to its unit, and the keyboard goes on from the head of that page.
    await page.reload()
    await page.getByTestId('ranking').waitFor()
    await hand.to(page.getByRole('button', { name: '看下面各单位' }))
    await hand.press('Enter')
    await hand.to(tile(page, COUNTY))
    await hand.press('Enter')
    await head(page, '永德县').waitFor()
    await tile(page, TOWNSHIP).waitFor()
    const visits = figure(page, 'visits')
    await visits.waitFor()
    const before = number(await visits.innerText())
    await hand.to(visits)
    await hand.press('Enter')
    await page.getByText(`永德县 · ${year}年 · 走访户次`).waitFor()
    const entry = page.locator('ul.rows a').first()
    await entry.waitFor()
    // The list is taken away as it stands there, with what it says of itself below.
    const list = readCsv((await taken(page, page.getByRole('button', { name: '存为 CSV' }))).toString('utf8').slice(1))
    const named = list.findIndex((row) => row[0] === '单位')
    expect(list[named]!.slice(0, 4)).toEqual(['单位', '区划代码', '日期', '表格'])
    const rest = list.slice(named + 1)
    const listed = rest.slice(
      0,
      rest.findIndex((row) => row.length < 2),
    )
    const apart = /另有 (\d+) 条敏感记录/.exec(list.slice(0, named).flat().join(' '))
    expect(listed.length + Number(apart?.[1] ?? 0)).toBe(before)
    expect(await entry.innerText()).toContain(listed[0]![0])
    expect(rest.flat()).toContain('导出人')
    await hand.to(entry)
    await hand.press('Enter')
    await page.waitForURL('**/entry/*')
    await page.goBack()
    await entry.waitFor()
    await page.goBack()
    await head(page, '永德县').waitFor()
    await visits.waitFor()
    expect(number(await visits.innerText())).toBe(before)

    // What comes in waits apart; once it is approved it counts.
    const waiting = page.getByTestId('waiting-count')
    const waits = async () => number(await waiting.innerText())
    const stood = await waits()
    const village = await Pen.of(server, 'cun1')
    const [home] = await village.households(VILLAGE, ['概览户'])
    const sent = await village.entries(VILLAGE, 'home_visit', [
      { household: home, purposes: ['policy'], met: 'met', occurred_on: today() },
    ])
    await becomes(page, waits, stood + 1)
    expect(number(await visits.innerText())).toBe(before)
    await (await Pen.of(server, 'zhen1')).approve(sent)
    await becomes(page, async () => number(await visits.innerText()), before + 1)
    await becomes(page, waits, stood)

    // Another figure in the townships below, ranked, and its months.
    await page.getByLabel('看哪个数').selectOption({ label: '走访户次' })
    await page.getByRole('img', { name: /走访户次，折线图/ }).waitFor()
    const ranks = page.getByTestId('ranking').locator('tbody tr')
    await ranks.nth(1).waitFor()
    const values = (await ranks.locator('td:nth-of-type(2)').allInnerTexts()).map(number)
    expect(values).toEqual([...values].sort((a, b) => b - a))
    const units = await ranks.locator('th').allInnerTexts()
    const book = readSheets(
      await taken(page, page.getByTestId('ranking').getByRole('button', { name: '存为 Excel 表' })),
    )
    const table = book.get('数据')!
    const lines = table.slice(table.findIndex((row) => row[0] === '名次') + 1)
    expect(lines.slice(0, units.length).map((row) => row[1])).toEqual(units)
    expect(lines.slice(0, units.length).map((row) => Number(row[4]))).toEqual(values)
    expect(book.get('口径')!.flat()).toContain('占比')
    await desk.shot('dashboard-county')

    await page.setViewportSize({ width: 1032, height: 703 })
    await page.emulateMedia({ media: 'print' })
    const text = await page.locator('body').innerText()
    expect(text).toContain(`永德县 ${year}年概览`)
    for (const name of ['打印', '存为', '主菜单', '全部已送达']) expect(text).not.toContain(name)
    expect(await page.locator('button:visible:not([aria-expanded])').count()).toBe(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1032)
    // Without a finger's height the lines of a link are as high as its words, and lie over no other.
    const said = await page
      .getByTestId('first')
      .locator('.what > *')
      .evaluateAll((all) =>
        all.map((one) => {
          const { top, bottom } = one.getBoundingClientRect()
          return { top, bottom, same: one.previousElementSibling?.getBoundingClientRect().bottom ?? top }
        }),
      )
    for (const one of said) expect(one.top).toBeGreaterThanOrEqual(one.same - 1)
    await desk.shot('dashboard-print')
    const boxes = (await page.pdf({ preferCSSPageSize: true })).toString('latin1').match(/\/MediaBox \[[^\]]*\]/g)!
    expect(new Set(boxes)).toEqual(new Set(['/MediaBox [0 0 841.91998 594.95996]']))
  },
)

story(
  'a township on a phone: from the figures, down to a village and its silence, and without a network',
  () => server,
  async (stage) => {
    const { phone } = await stage.volunteer('zhen1')
    const { page } = phone
    await new Clerk(page).totals()
    await page.getByTestId('dashboard').click()
    await head(page, '德党镇').waitFor()
    await page.getByTestId('ranking').waitFor()
    // A phone shows all columns: none is out of sight at the side of its table.
    await page.getByTestId('targets').locator('summary').first().click()
    await page.getByTestId('waiting').locator('summary').click()
    for (const card of ['ranking', 'targets', 'waiting']) {
      const frame = page.getByTestId(card).getByRole('region').first()
      await frame.waitFor()
      expect(await frame.evaluate((one) => one.scrollWidth - one.clientWidth)).toBeLessThanOrEqual(0)
    }
    // A target's villages are taken away as they stand there.
    const target = page
      .getByTestId('targets')
      .locator('li.target')
      .filter({ has: page.locator('details[open]') })
    const villages = await target.locator('tbody th a').allInnerTexts()
    const file = readCsv(
      (await taken(page, target.getByRole('button', { name: '存为 CSV' }))).toString('utf8').slice(1),
    )
    const heads = file.findIndex((row) => row[0] === '名次')
    expect(villages.length).toBeGreaterThan(1)
    expect(file.slice(heads + 1, heads + 1 + villages.length).map((row) => row[1])).toEqual(
      expect.arrayContaining(villages),
    )
    await sound(phone, 'dashboard-township', ['normal', 'large', 'huge'])
    await setLanguage(page, 'en')
    await page.reload()
    await page.getByTestId('ranking').waitFor()
    await sound(phone, 'dashboard-township-en', ['normal', 'large'])
    await setLanguage(page, 'zh')
    await page.reload()

    await page.getByTestId('silent').click()
    const never = page
      .getByTestId('silent-list')
      .getByRole('row', { name: /从来没有/ })
      .first()
    await never.waitFor()
    // They stand in a new message.
    await page.getByTestId('write').click()
    await page.getByText(/选了 \d+ 个单位/).waitFor()
    await page.goBack()
    await page.getByTestId('silent').click()
    await never.getByRole('link').click()
    await page.getByText('还没有审核通过的记录').waitFor()

    await page.getByRole('navigation', { name: '单位' }).getByRole('link', { name: '德党镇' }).click()
    await tile(page, VILLAGE).waitFor()
    await phone.offline(true)
    await page.reload()
    await page.getByText(/没有网络，这是 .+ 的数据/).waitFor()
    await tile(page, VILLAGE).waitFor()
    await page.getByTestId('first').waitFor()
    // A unit that was never looked at is not there; one that is not hers is not told.
    await page.getByRole('button', { name: '本季度' }).click()
    await page.getByText('没有网络，也没有存下的概览').waitFor()
    await phone.offline(false)
    await phone.goto(`/dashboard?unit=${CITY}`)
    await page.getByRole('alert').waitFor()
    expect(await page.getByTestId('first').count()).toBe(0)
    // Asking once more would not help: it leads to what is hers.
    expect(await page.getByRole('button', { name: '再试一次' }).count()).toBe(0)
    await page.getByRole('link', { name: '看自己单位的概览' }).click()
    await head(page, '德党镇').waitFor()
  },
)

story(
  'a small number of a sensitive kind is told to the township and to nobody further up (T8); a volunteer sees her village',
  () => server,
  async (stage) => {
    const village = await Pen.of(server, 'cun1')
    const [home] = await village.households(VILLAGE, ['线索户'])
    const seen = await village.entries(VILLAGE, 'home_visit', [
      { household: home, purposes: ['policy'], met: 'met', occurred_on: today(), signs: ['domestic_violence'] },
    ])
    await (await Pen.of(server, 'zhen1')).approve(seen)
    const tilesOf = async (account: string) => {
      const desk = await stage.phone(DESK)
      await new Clerk(desk.page).login(account)
      await desk.page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '概览' }).waitFor()
      await desk.goto(`/dashboard?unit=${TOWNSHIP}`)
      await desk.page.getByLabel('看哪个数').selectOption({ label: '风险线索数' })
      await desk.page.getByRole('heading', { name: '村一览（风险线索数）' }).waitFor()
      await tile(desk.page, VILLAGE).waitFor()
      return { own: await tile(desk.page, VILLAGE).innerText(), all: await desk.page.locator('.tile').allInnerTexts() }
    }
    const town = await tilesOf('zhen1')
    expect(number(town.own.split('\n')[1]!)).toBeGreaterThan(0)
    expect(town.all.join()).not.toContain('不显示')
    const city = await tilesOf('shi1')
    expect(city.all.join()).toContain('不显示')

    const { phone } = await stage.volunteer()
    await phone.page.getByTestId('dashboard').click()
    await head(phone.page, '忙岗村民委员会').waitFor()
    await phone.page.getByTestId('waiting').waitFor()
    expect(await phone.page.getByTestId('ranking').count()).toBe(0)
    // What may not be told of days is said once; what came up in them and waits is told all the same.
    const week = phone.page.getByTestId('week')
    expect((await week.innerText()).split('不显示').length - 1).toBeLessThanOrEqual(1)
    await phone.page.getByText('本村近 30 天有记录').waitFor()
    const came = async () => {
      const text = phone.page.getByTestId('week-waiting')
      return (await text.count()) ? number(await text.innerText()) : 0
    }
    const had = await came()
    await village.entries(VILLAGE, 'home_visit', [
      { household: home, purposes: ['policy'], met: 'met', occurred_on: today() },
    ])
    await becomes(phone.page, came, had + 1)
    await sound(phone, 'dashboard-village', ['normal', 'large'])
  },
)

story(
  'numbers of the work open to their entries (T22): a township’s reviewer sees which were sent back, the city where they are',
  () => server,
  async (stage) => {
    const village = await Pen.of(server, 'cun1')
    const [home] = await village.households(VILLAGE, ['退回户'])
    const [back] = await village.entries(VILLAGE, 'home_visit', [
      { household: home, purposes: ['policy'], met: 'met', occurred_on: today() },
    ])
    const open = async (account: string, unit: string) => {
      const desk = await stage.phone(DESK)
      const { page } = desk
      await new Clerk(page).login(account)
      await page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '概览' }).waitFor()
      await desk.goto(`/dashboard?unit=${unit}`)
      await page.getByTestId('quality').waitFor()
      return desk
    }
    const all = async (page: Page) => {
      const rows = page.locator('ul.rows li')
      const more = page.getByRole('button', { name: '再显示一些' })
      await page.getByTestId('work-count').waitFor()
      await rows.or(page.getByTestId('hidden')).first().waitFor()
      for (;;) {
        const had = await rows.count()
        if (!(await more.count())) break
        await more.click()
        await expect.poll(() => rows.count()).toBeGreaterThan(had)
      }
      let n = 0
      // How often a row counts stands at its end; what an entry says of itself may end in 次, too.
      for (const text of await rows.allInnerTexts()) n += number(/(\d+) 次$/.exec(text.trim())?.[0] ?? '1')
      const hidden = page.getByTestId('hidden')
      return { listed: n, hidden: (await hidden.count()) ? number(await hidden.innerText()) : 0 }
    }
    const town = await open('zhen1', TOWNSHIP)
    const { page } = town
    // What the township recorded itself has a line of its own: the lines below the whole come to it.
    const decided = await page.getByTestId('quality').locator('tbody td:nth-of-type(1)').allInnerTexts()
    const [whole, ...parts] = decided.map(number)
    expect(parts.reduce((sum, n) => sum + n, 0)).toBe(whole)
    const returned = page.getByTestId('quality').locator('ul [data-work="returned"]')
    const before = number(await returned.innerText())
    await (await Pen.of(server, 'zhen1')).sendBack(back!, '请写明去了哪一家')
    await becomes(page, async () => number(await returned.innerText()), before + 1)
    const hand = new Keyboard(page)
    await hand.to(returned)
    await hand.press('Enter')
    await page.getByRole('heading', { name: '这个数是哪些记录' }).waitFor()
    expect(number(await page.getByTestId('work-count').innerText())).toBe(before + 1)
    expect(await all(page)).toEqual({ listed: before + 1, hidden: 0 })
    await sound(town, 'work-returned', ['normal'])
    // One of its villages has a part of it.
    await page
      .getByTestId('work-units')
      .getByRole('link', { name: /忙岗村民委员会/ })
      .click()
    await page.getByText(`德党镇 忙岗村民委员会 · ${year}年 · 退回`).waitFor()
    const own = number(await page.getByTestId('work-count').innerText())
    expect(await all(page)).toEqual({ listed: own, hidden: 0 })
    await page.locator(`ul.rows a[href*="${back!.entity}"]`).click()
    await page.getByText('请写明去了哪一家').first().waitFor()

    // The city is told how many and where, and lists what cannot be sensitive.
    const city = await open('shi1', CITY)
    for (const name of ['returned', 'decided', 'waiting']) {
      const one = city.page.locator(`[data-work="${name}"]`).first()
      await one.waitFor()
      const n = number(await one.innerText())
      await one.click()
      await city.page.getByTestId('work-count').waitFor()
      expect(number(await city.page.getByTestId('work-count').innerText())).toBe(n)
      const seen = name === 'decided' ? undefined : await all(city.page)
      if (seen) expect(seen.listed + seen.hidden).toBe(n)
      await city.page.goBack()
      await city.page.getByTestId('quality').waitFor()
    }
    // A village that was silent opens to what it recorded last.
    await city.page.getByTestId('silent').click()
    const last = city.page
      .getByTestId('silent-list')
      .getByRole('link', { name: /看最近的记录/ })
      .first()
    if (await last.count()) {
      await last.click()
      await city.page.getByRole('heading', { name: '最近的记录' }).waitFor()
      await city.page.locator('ul.rows li').first().waitFor()
    }
  },
)
