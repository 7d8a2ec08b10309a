import { rmSync, writeFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytesOf } from '../bytes'
import { catalogueWith } from '../catalogue'
import { Reviewer } from '../pages/reviewer'
import { Volunteer } from '../pages/volunteer'
import { Pen } from '../pen'
import { DESK, Phone } from '../phone'
import { CUN1, Server, VILLAGE } from '../server'
import { sixty } from '../sixty'
import { fillVillage, rowsOnPhone } from '../village'
import { fillPhone, queueOnPhone } from './fill'
import { Figures } from './table'

/**
 * The app on a slow phone: Chromium with its processor slowed down four times. Every round does everything once, so
 * that what else the machine does meets all figures alike. BENCH_ROUNDS says how many rounds, OUT where to write,
 * BENCH_ONLY what is to be in the name of a part that is measured, several with commas.
 */
const rounds = Number(process.env.BENCH_ROUNDS ?? 5)
const only = (process.env.BENCH_ONLY ?? '').split(',')
const slow = 4
const [households, entries, queued, waiting] = [5_000, 20_000, 5_000, 200]
/** A village that a new phone fetches. */
const village = { households: 5_000, visits: 15_000, rows: 20_000 }
const server = new Server({ entries: 150 })
const full = new Server()
const phones: Phone[] = []
beforeAll(async () => {
  await server.start()
  await full.start()
  await fillVillage(full, village.households, village.visits)
})
afterAll(async () => {
  for (const phone of phones) await phone.dispose()
  await server.stop()
  await full.stop()
})

async function make(of = server): Promise<Phone> {
  const phone = new Phone(of)
  phones.push(phone)
  return phone.open('about:blank')
}

async function away(phone: Phone): Promise<void> {
  await phone.dispose()
  phones.splice(phones.indexOf(phone), 1)
}

async function slowDown(page: Page): Promise<void> {
  await (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: slow })
}

interface Seen {
  selector: string
  text?: string
  path?: string
}

/** Milliseconds from the navigation's begin until `seen` is painted. */
async function load(page: Page, url: string, seen: Seen): Promise<number> {
  await page.goto(url, { waitUntil: 'commit' })
  return painted(page, seen, 0)
}

/** Milliseconds from the next event of this kind, or from `from`, until what it leads to is painted. */
function painted(page: Page, seen: Seen, from?: number, event?: string): Promise<number> {
  return page.evaluate(
    ({ seen, from, event }) =>
      new Promise<number>((resolve, reject) => {
        let start = from
        const late = setTimeout(
          () => reject(new Error(`not on the screen within 20 s: ${JSON.stringify(seen)}`)),
          20_000,
        )
        if (event) document.addEventListener(event, () => (start ??= performance.now()), { capture: true, once: true })
        const there = () =>
          (!seen.path || location.pathname === seen.path) &&
          [...document.querySelectorAll(seen.selector)].some(
            (one) => !seen.text || one.textContent?.includes(seen.text),
          )
        const look = () => {
          if (start === undefined || !there()) requestAnimationFrame(look)
          else {
            clearTimeout(late)
            // What stands when a frame begins is painted with it, and a timer set here runs after that.
            setTimeout(() => resolve(performance.now() - start!))
          }
        }
        look()
      }),
    { seen, from, event },
  )
}

/** Does something and measures from its event in the page. */
async function timed(page: Page, event: string, act: () => Promise<void>, seen: Seen): Promise<number> {
  const measured = painted(page, seen, undefined, event)
  await act()
  return measured
}

const home: Seen = { selector: 'a[data-form]' }

/** A visit, measured from the tap on 保存 until its line stands on the home page. */
async function save(phone: Phone, head: string): Promise<number> {
  const her = new Volunteer(phone.page)
  await her.start('记走访')
  await her.toHousehold(head)
  const ticked = await her.field('purposes').locator('input:checked').count()
  if (!ticked) await her.tick('走访慰问')
  const line = { selector: 'main a[href^="/entries/"]', text: head, path: '/' }
  return timed(phone.page, 'click', () => phone.page.getByTestId('save').click(), line)
}

/** Types two letters into the search for a household, and measures until the list shows what they stand for. */
async function search(phone: Phone, typed: string, found: string): Promise<number> {
  const her = new Volunteer(phone.page)
  await her.start('记走访')
  await phone.page.getByTestId('pick-household').click()
  const box = phone.page.getByRole('dialog').getByRole('searchbox')
  await box.fill(typed.slice(0, -1))
  const seen = { selector: 'dialog li', text: found }
  const took = await timed(phone.page, 'input', () => box.pressSequentially(typed.slice(-1)), seen)
  await phone.page.getByRole('dialog').getByRole('button', { name: '关闭', exact: true }).click()
  await phone.page.getByRole('button', { name: '返回' }).click()
  return took
}

/** Until the header says so; a slow phone may take minutes. */
const allSent = (page: Page) => page.getByText('全部已送达').first().waitFor({ timeout: 300_000 })

/** A new phone of a large village: from the tap on 登录 until all its rows lie on the phone, and everything can be done. */
async function firstSync(phone: Phone): Promise<number> {
  const { page } = phone
  await slowDown(page)
  const her = new Volunteer(page)
  const begin = performance.now()
  await her.login('cun1')
  await allSent(page)
  const took = performance.now() - begin
  const rows = await page.evaluate(`(${rowsOnPhone})('${CUN1}', 'unit:${VILLAGE}')`)
  expect(rows).toBeGreaterThanOrEqual(village.rows)
  return took
}

/** What was recorded without signal for a year: from the signal's return until the server has said of all that it has it. */
async function sendQueued(): Promise<number> {
  const server = await new Server().start()
  const phone = new Phone(server)
  try {
    await phone.open('/')
    const her = new Volunteer(phone.page)
    await her.login('cun1')
    await her.waiting(0)
    await phone.installed()
    await phone.offline(true)
    await her.visit('甲一一', '走访慰问')
    await her.waiting(1)
    await queueOnPhone(phone.page, CUN1, queued)
    await phone.goto('/')
    await her.waiting(queued + 1)
    await slowDown(phone.page)
    server.exchanges.length = 0
    const begin = performance.now()
    await phone.offline(false)
    await allSent(phone.page)
    const took = performance.now() - begin
    const sent = new Set(server.exchanges.flatMap((one) => one.changes))
    expect(sent.size).toBeGreaterThanOrEqual(queued)
    return took
  } finally {
    await phone.dispose()
    await server.stop()
  }
}

/** A form of sixty fields, opened a second time: from the tap until its first screenful can be filled in. */
async function openSixty(): Promise<number> {
  const catalogue = catalogueWith(sixty())
  const server = await new Server({ catalogue }).start()
  const phone = new Phone(server)
  try {
    await phone.open('/')
    const { page } = phone
    const her = new Volunteer(page)
    await her.login('cun1')
    await her.waiting(0)
    await phone.installed()
    await slowDown(page)
    // Three forms have a large button; it is one of the others.
    await page.getByRole('link', { name: '更多表格' }).click()
    const link = page.locator('a[data-form="sixty"]').first()
    await link.click()
    await her.field('occurred_on').waitFor()
    await page.getByRole('button', { name: '返回' }).click()
    await link.waitFor()
    return await timed(page, 'click', () => link.click(), {
      selector: '[data-field="field-f5"]',
      path: '/record/sixty',
    })
  } finally {
    await phone.dispose()
    await server.stop()
    rmSync(catalogue, { recursive: true, force: true })
  }
}

/** Ordinary entries that wait, approved by one tap at a desk: until the queue is empty and says so. */
async function approveAll(): Promise<number> {
  const server = await new Server().start()
  const desk = new Phone(server, DESK)
  try {
    const her = await Pen.of(server, 'cun1')
    const homes = await her.households(
      VILLAGE,
      Array.from({ length: waiting }, (_, n) => `合成${n + 1}户`),
    )
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
    await her.entries(
      VILLAGE,
      'home_visit',
      homes.map((household) => ({ household, purposes: ['policy'], met: 'met', occurred_on: yesterday })),
    )
    await desk.open('/')
    const reviewer = new Reviewer(desk.page)
    await new Volunteer(desk.page).login('zhen1')
    await allSent(desk.page)
    await reviewer.queue()
    await reviewer.waitingCount(waiting)
    // Nothing is approved that does not stand on the page.
    const more = desk.page.getByRole('button', { name: '再显示一些' })
    while (await more.isVisible()) await more.click()
    await slowDown(desk.page)
    const all = desk.page.getByRole('button', { name: `全部通过 ${waiting} 条` })
    return await timed(desk.page, 'click', () => all.click(), { selector: 'body', text: `已通过 ${waiting} 条` })
  } finally {
    await desk.dispose()
    await server.stop()
  }
}

/** What could not be measured, and why: the rest goes on. */
const failures: string[] = []
async function part(name: string, round: number, measure: () => Promise<void>): Promise<void> {
  if (!only.some((one) => name.includes(one))) return
  try {
    await measure()
  } catch (error) {
    const why = String(error instanceof Error ? error.message : error).split('\n')[0]
    failures.push(`Failed: ${name}, round ${round + 1}: ${why}`)
    console.log(failures.at(-1))
  }
}

function report(times: Figures, bytes: { login: number; home: number }, done: number): string {
  const text = [
    `First page, bytes over the line (HTML, script, style; brotli): log-in ${bytes.login.toLocaleString('en-US')}, home ${bytes.home.toLocaleString('en-US')}; wanted 70,000.`,
    '',
    `Chromium slowed down ${slow} times, ${done} interleaved rounds, 360 x 800.`,
    '',
    times.table('ms'),
    ...(failures.length ? ['', ...failures] : []),
  ].join('\n')
  if (process.env.OUT) writeFileSync(process.env.OUT, `${text}\n`)
  return text
}

/** A phone made for one part only, away when that is over. */
async function once(of: Server, measure: (phone: Phone) => Promise<void>): Promise<void> {
  const phone = await make(of)
  try {
    await measure(phone)
  } finally {
    await away(phone)
  }
}

test('the app in Chromium, slowed down four times', async () => {
  const [small, large] = [await make(), await make()]
  for (const phone of [small, large]) {
    await phone.goto('/')
    const her = new Volunteer(phone.page)
    await her.login('cun1')
    await her.waiting(0)
    await phone.installed()
    await her.visit('甲一一', '走访慰问')
    await her.waiting(0)
  }
  await fillPhone(large.page, CUN1, '甲一一', households, entries)

  const bytes = {
    login: (await bytesOf((await make()).page, `${server.url}/login`, '#login')).total,
    home: (await bytesOf(small.page, `${server.url}/`, 'a[data-form]')).total,
  }
  const times = new Figures()
  const count = (n: number) => n.toLocaleString('en-US')
  for (let round = 0; round < rounds; round++) {
    // Whoever waits sees that it goes on; a run that is ended leaves the figures of the rounds before.
    console.log(round ? report(times, bytes, round) : 'Two phones are ready.', `\nround ${round + 1} of ${rounds}…`)
    await part('a new phone', round, () =>
      once(server, async (fresh) => {
        await slowDown(fresh.page)
        times.add('a new phone: the log-in page', await load(fresh.page, `${server.url}/login`, { selector: '#login' }))
      }),
    )
    await part('a first sync', round, () =>
      once(full, async (late) => {
        await late.goto('/')
        const name = `a new phone: ${count(village.rows)} rows of a first sync stored and usable`
        times.add(name, await firstSync(late), '10,000')
      }),
    )
    await part('queued changes', round, async () =>
      times.add(`${count(queued)} queued changes sent`, await sendQueued()),
    )
    await part('approved by one tap', round, async () =>
      times.add(`${waiting} entries approved by one tap`, await approveAll(), '1,000'),
    )
    await part('a long form', round, async () => times.add('a form of 60 fields is open', await openSixty(), '300'))

    for (const [phone, what] of [
      [small, ''],
      [large, `, ${count(entries)} entries on the phone`],
    ] as const) {
      await part(`home${what}`, round, async () => {
        await phone.offline(false)
        await slowDown(phone.page)
        times.add(`home again${what}`, await load(phone.page, `${server.url}/`, home))
        await phone.offline(true)
        times.add(`home offline${what}`, await load(phone.page, `${server.url}/`, home), '1,500')
      })
      await part(`opened from the icon${what}`, round, async () => {
        // The browser starts, and with it the service worker and the database.
        await phone.offline(true)
        await phone.close()
        await phone.open('about:blank')
        await slowDown(phone.page)
        times.add(`opened offline from the icon${what}`, await load(phone.page, `${server.url}/`, home), '1,500')
      })
      await part(`saved${what}`, round, async () => {
        await slowDown(phone.page)
        const head = `新${'甲乙丙丁戊己庚辛壬癸'[round % 10]}${phone === large ? '大' : '小'}`
        times.add(`saved: on the screen${what}`, await save(phone, head), '100')
      })
    }
    const { page } = large
    await part('search for a household', round, async () => {
      await large.goto('/')
      times.add(`search in ${count(households)} households`, await search(large, 'zys', '赵一三'), '100')
    })
    await part('my entries', round, async () => {
      const list = { selector: 'main ul.plain-list > li', path: '/entries' }
      const menu = page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '我的记录' })
      times.add(`my entries of ${count(entries)}: the list`, await timed(page, 'click', () => menu.click(), list))
      const box = page.getByRole('searchbox', { name: '查找记录' })
      await box.fill('钱一')
      const found = { selector: 'main ul.plain-list > li:first-child', text: '钱一三' }
      const letter = () => box.pressSequentially('三')
      times.add(`my entries of ${count(entries)}: search`, await timed(page, 'input', letter, found))
      await new Volunteer(page).home()
    })
  }
  console.log(`\n${report(times, bytes, rounds)}\n`)
  expect(failures).toEqual([])
})
