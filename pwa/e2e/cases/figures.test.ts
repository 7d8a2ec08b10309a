import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { sound } from '../look'
import { unharmed } from '../office'
import { Clerk } from '../pages/clerk'
import { Keyboard } from '../pages/keyboard'
import { setLanguage, show } from '../pages/screen'
import { DESK } from '../phone'
import { PASSWORD } from '../server'
import { served, story } from '../story'
import { readCsv, readSheets } from '../xlsx'

const server = served({ entries: 1500 })
const COUNTY = '530923000000'
const year = new Date().getFullYear()

/** The table as it stands on the page: units, and their figures without what else is in a cell. */
async function table(page: Page): Promise<{ heads: string[]; rows: string[][] }> {
  return page.getByTestId('figures').evaluate((frame) => {
    const clean = (text: string) => text.replace(/[▲▼]/g, '').replace(/\s+/g, ' ').trim()
    const heads = [...frame.querySelectorAll('thead tr:last-child th')].map((one) => clean(one.textContent ?? ''))
    const rows = [...frame.querySelectorAll('tbody tr')].map((row) =>
      [...row.children].map((cell) => clean((cell.querySelector('.value') ?? cell).textContent ?? '')),
    )
    return { heads, rows }
  })
}

/** A figure as a number, or the words that stand in its place. */
function number(text: string): number | string {
  const plain = text.replaceAll(',', '').replace(/^\+/, '')
  if (plain.endsWith('%')) return Number(plain.slice(0, -1))
  return plain === '' || Number.isNaN(Number(plain)) ? text : Number(plain)
}

async function download(page: Page, button: string): Promise<{ name: string; body: Buffer }> {
  const [got] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()])
  return { name: got.suggestedFilename(), body: readFileSync(await got.path()) }
}

/** The columns of a file without the two numbers of each rate, which stand under it on the screen. */
const figuresOf = (heads: readonly string[]): number[] =>
  heads.flatMap((text, at) => (/的分[子母]：/.test(text) ? [] : [at]))

story(
  'the table with last year beside, and the same figures taken away as files (T8)',
  () => server,
  async (stage) => {
    const desk = await stage.phone(DESK)
    const clerk = new Clerk(desk.page)
    await clerk.login('shi1')
    await desk.page.getByTestId('figures').waitFor()
    await desk.shot('figures-city')
    await desk.goto(`/totals?unit=${COUNTY}&period=${year}`)
    await desk.page.waitForFunction(() => !document.body.innerText.includes('正在取'))
    await desk.page.locator('tbody tr.whole td').nth(1).getByText(/\d/).waitFor()

    // The months that are over beside the same of last year, the year as it is now with them; in January none is over.
    const over = new Date().getMonth()
    if (over > 0) {
      const months = (of: number) => `${of}年${over > 1 ? '1–' : ''}${over}月`
      await desk.page.getByText(`${months(year)}和${months(year - 1)}比`).waitFor()
      await desk.page.getByText('看哪一类').waitFor()
      await desk.page.locator('tbody tr.whole td').nth(2).getByText(/\d/).waitFor()
      const alike = await table(desk.page)
      expect(alike.heads.slice(0, 4).map((one) => one.replace(/^走访户次\s*/, ''))).toEqual([
        `${year}年`,
        months(year),
        months(year - 1),
        '增减',
      ])
      for (const row of alike.rows) {
        const [, mine, theirs, change] = row.slice(1, 5).map(number)
        expect(change, row[0]).toBe((mine as number) - (theirs as number))
      }
      await desk.shot('figures-county-alike')
      // A file has the rows as they stand here.
      const by = desk.page.getByRole('button', { name: `走访户次 ${months(year)}` })
      await by.click()
      const sorted = await table(desk.page)
      const taken = readCsv((await download(desk.page, '存为 CSV')).body.toString('utf8').slice(1))
      const head = taken.findIndex((row) => row[0] === '单位')
      expect(taken.slice(0, head).flat().join()).toContain(`${months(year)}和${months(year - 1)}比`)
      expect(taken.slice(head + 1, head + 1 + sorted.rows.length).map((row) => row[0])).toEqual(
        sorted.rows.map((row) => row[0]!.replace(/（全部）$/, '')),
      )
      expect(taken[head + 1]!.slice(1, 5).map(number)).toEqual(sorted.rows[0]!.slice(1, 5).map(number))
      await by.click()
      await by.click()
      await desk.page.getByRole('button', { name: '去年整段' }).click()
      await desk.page.getByText('去年的数是整段时间的').waitFor()
    }

    // All figures there are, and their files.
    await desk.page.getByLabel('看哪一类').selectOption({ label: '全部' })
    await desk.page.waitForFunction(
      () => document.querySelectorAll('tr.whole td').length > 100 && !document.body.innerText.includes('正在取'),
    )
    const shown = await table(desk.page)
    const withheld = shown.rows.flat().filter((cell) => cell === '不显示').length
    expect(withheld).toBeGreaterThan(0)
    expect(shown.rows.length).toBeGreaterThan(5)
    await desk.shot('figures-county')

    // Where a figure is withheld, so is its change; everywhere else the change is the difference.
    for (const row of shown.rows) {
      for (let at = 1; at < row.length; at += 3) {
        const [now, before, change] = row.slice(at, at + 3).map(number) as [unknown, unknown, unknown]
        if (now === '不显示' || before === '不显示') expect(change, `${row[0]} ${at}`).toBe('不显示')
        else if (typeof now === 'number' && typeof before === 'number') {
          expect(Math.abs(Number(change) - (now - before)), `${row[0]} ${at}`).toBeLessThan(0.0151)
        } else expect(change, `${row[0]} ${at}`).toBe('—')
      }
    }

    const xlsx = await download(desk.page, '存为 Excel 表')
    unharmed('xlsx', xlsx.body)
    const csv = await download(desk.page, '存为 CSV')
    expect(xlsx.name).toBe(`永德县-${year}年.xlsx`)
    expect(csv.name).toBe(`永德县-${year}年.csv`)
    const sheets = readSheets(xlsx.body)
    expect([...sheets.keys()]).toEqual(['数据', '口径'])
    expect(csv.body.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
    const lines = readCsv(csv.body.toString('utf8').slice(1))
    const definitions = await desk.page.locator('dl.definitions > div:visible').count()
    expect(definitions).toBe(shown.heads.length / 3)
    for (const [kind, file] of [
      ['xlsx', sheets.get('数据')!],
      ['csv', lines],
    ] as const) {
      const head = file.findIndex((row) => row[0] === '单位')
      const alike = figuresOf(file[head]!)
      expect(alike.length, kind).toBe(shown.heads.length + 1)
      expect(alike.length, kind).toBeLessThan(file[head]!.length)
      for (const [at, row] of shown.rows.entries()) {
        const got = alike.map((column) => file[head + 1 + at]![column]!)
        expect(got[0], kind).toBe(row[0]!.replace(/（全部）$/, ''))
        for (let i = 1; i < row.length; i++) {
          const [mine, theirs] = [number(row[i]!), number(got[i]!)]
          const what = `${kind}: ${row[0]}, column ${i}`
          if (typeof mine === 'string') expect(theirs, what).toBe(mine)
          else {
            const percent = row[i]!.endsWith('%') && kind === 'xlsx'
            expect(Math.abs((theirs as number) * (percent ? 100 : 1) - mine), what).toBeLessThan(0.0050001)
          }
        }
      }
    }
    const words = sheets.get('口径')!.flat().join('\n')
    for (const name of await desk.page.locator('dl.definitions dd:visible').allInnerTexts()) {
      expect(words).toContain(name)
      expect(lines.flat().join('\n')).toContain(name)
    }

    // By a column, of fewer figures: the whole stays on top, what is withheld stands last.
    await desk.page.getByLabel('看哪一类').selectOption({ label: '入户走访' })
    const column = desk.page.getByRole('button', { name: `走访户次 ${year}年` })
    await column.click()
    const down = (await table(desk.page)).rows
    expect(down[0]![0]).toBe('永德县（全部）')
    const values = down.slice(1).map((row) => number(row[1]!))
    expect(values).toEqual([...values].sort((a, b) => (b as number) - (a as number)))
    await column.click()
    expect((await table(desk.page)).rows.slice(1).map((row) => row[1])).toEqual(
      down
        .slice(1)
        .map((row) => row[1])
        .reverse(),
    )

    // Without last year and with one figure, the file is so too.
    await desk.page.getByLabel('看哪一类').selectOption({ label: '纠纷调解' })
    await desk.page.getByLabel('和去年比').uncheck()
    const small = await table(desk.page)
    const again = readSheets((await download(desk.page, '存为 Excel 表')).body).get('数据')!
    expect(figuresOf(again.find((row) => row[0] === '单位')!).length).toBe(small.heads.length)
    await desk.page.getByLabel('和去年比').check()

    // Every figure opens, last year's too.
    await desk.page.getByLabel('看哪一类').selectOption({ label: '入户走访' })
    const whole = desk.page.locator('tr.whole')
    const old = await whole.locator('td').nth(1).innerText()
    await whole.locator('td').nth(1).getByRole('link').click()
    await desk.page.getByText(`永德县 · ${year - 1}年 · 走访户次`).waitFor()
    await desk.page.locator('ul.rows li').first().waitFor()
    // Sensitive ones are counted, and told as a number.
    const untold = Number(/另有 (\d+) 条敏感记录/.exec(await desk.page.locator('main').innerText())?.[1] ?? 0)
    await expect.poll(() => desk.page.locator('ul.rows li').count()).toBe(Math.min(50, Number(old) - untold))
  },
)

story(
  'charts with their tables, and the months taken away as a file',
  () => server,
  async (stage) => {
    const desk = await stage.phone(DESK)
    const clerk = new Clerk(desk.page)
    await clerk.login('shi1')
    await clerk.view('图')
    const line = desk.page.getByRole('img', { name: /折线图/ })
    await line.waitFor()
    await desk.page.getByLabel('看哪个数').selectOption({ label: '调解起数' })
    const months = desk.page.getByRole('region', { name: /^逐月/ }).locator('tbody tr')
    await months.nth(11).waitFor()
    await line.waitFor()
    const cells = (await months.allInnerTexts()).map((row) => row.trim().split(/\s+/))
    const known = cells.flatMap((row) => row.slice(1, 3)).filter((text) => /^\d/.test(text)).length
    expect(known).toBeGreaterThan(12)
    await expect.poll(() => line.locator('circle, rect').count()).toBe(known)
    await desk.shot('figures-charts')
    await desk.page.mouse.wheel(0, 700)
    await desk.shot('figures-charts-months')

    const [got] = await Promise.all([
      desk.page.waitForEvent('download'),
      desk.page.getByRole('button', { name: '存为 CSV' }).last().click(),
    ])
    expect(got.suggestedFilename()).toMatch(/^临沧市-\d{4}年-调解起数\.csv$/)
    const rows = readCsv(readFileSync(await got.path(), 'utf8').slice(1))
    const head = rows.findIndex((row) => row[0] === '月份')
    expect(rows.slice(head + 1, head + 13).map((row) => row.map(number))).toEqual(cells.map((row) => row.map(number)))
  },
)

story(
  'on paper: A4 across, with the title, the time and the definitions, without what can be pressed',
  () => server,
  async (stage) => {
    const desk = await stage.phone({ width: 1032, height: 703 })
    await new Clerk(desk.page).login('shi1')
    await desk.page.getByTestId('figures').waitFor()
    await desk.page.waitForFunction(() => document.querySelectorAll('.print-only tbody tr').length > 4)
    for (const view of ['表格', '图'] as const) {
      await new Clerk(desk.page).view(view)
      if (view === '图') await desk.page.getByRole('img', { name: /折线图/ }).waitFor()
      await desk.page.emulateMedia({ media: 'print' })
      const text = await desk.page.locator('body').innerText()
      expect(text).toMatch(/临沧市 \d{4}年\d+月数据/)
      expect(text).toMatch(/算出的数/)
      expect(text).toContain(view === '表格' ? '口径' : '怎么算')
      for (const name of ['打印', '存为', '主菜单', '全部已送达']) expect(text).not.toContain(name)
      expect(await desk.page.getByRole('navigation').filter({ visible: true }).count()).toBe(0)
      expect(await desk.page.locator('button:visible').count()).toBe(0)
      expect(await desk.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1032)
      await desk.shot(`figures-print-${view}`)
      const boxes = (await desk.page.pdf({ preferCSSPageSize: true }))
        .toString('latin1')
        .match(/\/MediaBox \[[^\]]*\]/g)!
      expect(new Set(boxes)).toEqual(new Set(['/MediaBox [0 0 841.91998 594.95996]']))
      expect(boxes.length).toBeLessThan(5)
      await desk.page.emulateMedia({ media: null })
    }
  },
)

story(
  'the figures without a mouse: period, order, a unit further down, its entries, and a chart',
  () => server,
  async (stage) => {
    const desk = await stage.phone(DESK)
    const hand = new Keyboard(desk.page)
    await hand.login('shi1', PASSWORD)
    await desk.page.getByTestId('figures').waitFor()
    await hand.to(desk.page.getByRole('button', { name: '年', exact: true }))
    await hand.press('Enter')
    await desk.page.waitForURL(/period=\d{4}$/)
    await desk.page.getByTestId('figures').waitFor()
    const head = desk.page.locator('thead tr:last-child th').first()
    await hand.to(head.getByRole('button'))
    await hand.press('Enter')
    await expect.poll(() => head.getAttribute('aria-sort')).toBe('descending')
    await hand.press('Space')
    await expect.poll(() => head.getAttribute('aria-sort')).toBe('ascending')
    await hand.to(desk.page.getByRole('rowheader').getByRole('link', { name: '永德县' }))
    await hand.press('Enter')
    await desk.page.getByRole('rowheader', { name: '永德县（全部）' }).waitFor()
    await hand.to(desk.page.locator('tr.whole td a'))
    await desk.shot('figures-keyboard')
    await hand.press('Enter')
    await desk.page.getByRole('heading', { name: '这个数的由来' }).waitFor()
    await desk.page.locator('ul.rows li').first().waitFor()
    await desk.page.goBack()
    await desk.page.getByTestId('figures').waitFor()
    await hand.to(desk.page.getByRole('button', { name: '图', exact: true }))
    await hand.press('Enter')
    const pick = desk.page.getByLabel('看哪个数')
    await pick.waitFor()
    await hand.to(pick)
    await hand.press('ArrowDown')
    await desk.page.getByRole('img', { name: /走访户数，折线图/ }).waitFor()
  },
)

story(
  'any days, from one to another, down to their entries; what may be sensitive is not told by days further down (T13 T14)',
  () => server,
  async (stage) => {
    const desk = await stage.phone(DESK)
    await new Clerk(desk.page).login('shi1')
    await desk.page.getByTestId('figures').waitFor()
    await desk.page.getByRole('button', { name: '自选日期' }).click()
    await desk.page.waitForURL(/period=\d{4}-\d\d-\d\d--\d{4}-\d\d-\d\d$/)
    await desk.goto(`/totals?unit=${COUNTY}&period=${year}-01-05--${year}-06-20`)
    await desk.page.getByTestId('figures').waitFor()
    await desk.page.getByLabel('从哪天').fill(`${year}-07-01`)
    await desk.page.getByText('请改一改').waitFor()
    await sound(desk, 'figures-days-fault')
    await desk.page.getByLabel('从哪天').fill(`${year - 1}-12-20`)
    await desk.page.waitForURL(new RegExp(`period=${year - 1}-12-20--${year}-06-20$`))
    await desk.page.getByText('自选日期时').waitFor()
    await desk.page.locator('tr.whole td a').first().waitFor()
    const rows = (await table(desk.page)).rows
    expect(number(rows[0]![1]!)).toBeGreaterThan(0)
    expect(rows.slice(1).every((row) => row[1] === '不显示')).toBe(true)
    await sound(desk, 'figures-days')
    const [seen] = [number(rows[0]![1]!) as number]
    await desk.page.locator('tr.whole td a').first().click()
    await desk.page.getByText(`${year - 1}年12月20日到${year}年6月20日`).waitFor()
    await desk.page.locator('ul.rows li').first().waitFor()
    const hidden = /另有 (\d+) 条/.exec(await desk.page.locator('main').innerText())?.[1] ?? '0'
    if (seen <= 50) expect((await desk.page.locator('ul.rows li').count()) + Number(hidden)).toBe(seen)
  },
)

story(
  'figures that are being counted anew say how far it is and which they are, until it is over (T16)',
  () => server,
  async (stage) => {
    for (const [name, size] of [
      ['desk', DESK],
      ['phone', { width: 360, height: 800 }],
    ] as const) {
      const phone = await stage.phone(size)
      let done = 0
      // The server counts faster than one looks: what it says meanwhile is put into its answers.
      await phone.altered('**/api/v1/totals?*', (told) => {
        if (done < 1000) told.recount = { done, all: 1000, indicators: ['visits', 'mediations'] }
      })
      await new Clerk(phone.page).login('shi1')
      const note = phone.page.getByTestId('recount')
      await note.waitFor()
      done = 437
      await phone.page.waitForFunction(() =>
        document.querySelector('[data-test=recount]')?.textContent?.includes('43%'),
      )
      await expect.poll(() => note.innerText()).toContain('正在按新口径重新统计（43%）')
      await expect.poll(() => note.getByRole('progressbar').getAttribute('value')).toBe('43')
      await phone.page.getByTestId('undone').first().waitFor()
      await sound(phone, `figures-recount-${name}`)
      if (name === 'phone') {
        await phone.page.setViewportSize({ width: 320, height: 640 })
        await setLanguage(phone.page, 'en')
        await phone.page.reload()
        await note.waitFor()
        await expect.poll(() => note.innerText()).toContain('43%')
        await sound(phone, 'figures-recount-en', ['normal', 'huge'])
        await show(phone.page, { width: 320, height: 640, size: 'huge' })
        await note.evaluate((box) => box.scrollIntoView({ block: 'center' }))
        await phone.shot('figures-recount-en-note')
        // And where it was published.
        await phone.altered('**/api/v1/catalogue/history', (told) => {
          told.recount = { done: 437, all: 1000, indicators: ['visits', 'mediations'] }
        })
        await phone.goto('/catalogue')
        const far = phone.page.getByTestId('recount')
        await far.getByText('43%').waitFor()
        await sound(phone, 'catalogue-recount-en', ['normal', 'huge'])
        await show(phone.page, { width: 320, height: 640, size: 'huge' })
        await far.evaluate((box) => box.scrollIntoView({ block: 'center' }))
        await phone.shot('catalogue-recount-en-note')
        await phone.goto('/totals')
        await setLanguage(phone.page, 'zh')
        await phone.page.reload()
        await note.waitFor()
      }
      await phone.page.emulateMedia({ media: 'print' })
      await expect.poll(() => phone.page.locator('body').innerText()).toContain('正在按新口径重新统计（43%）')
      await phone.page.emulateMedia({ media: 'screen' })
      done = 1000 // the page asks again by itself
      await note.waitFor({ state: 'detached' })
      expect(await phone.page.getByTestId('undone').count()).toBe(0)
    }
  },
)
