import { expect } from 'vitest'
import { Volunteer } from '../pages/volunteer'
import type { Phone } from '../phone'
import { served, story, type Stage } from '../story'

const server = served({ entries: 150 })

/**
 * How much of the screen moved by itself, as browsers reckon it: the part of the screen that moved, times how far. From
 * 0.1 on they call it bad. Here it is all that moved, while browsers take the worst five seconds.
 */
const most = 0.05

interface Shift extends PerformanceEntry {
  value: number
  sources: { node?: Node; previousRect: DOMRect; currentRect: DOMRect }[]
}
type Watching = typeof globalThis & { moved: [number, string][] }

/** A slow phone, on which what comes in a turn of its own comes in a frame of its own; each page tells what moves on it. */
async function watch(phone: Phone): Promise<void> {
  const { page } = phone
  await (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await page.addInitScript(() => {
    const moved: Watching['moved'] = ((globalThis as Watching).moved = [])
    new PerformanceObserver((list) => {
      for (const one of list.getEntries() as Shift[]) {
        const what = one.sources.map(({ node, previousRect, currentRect }) => {
          const text = node?.textContent?.trim().slice(0, 20) ?? ''
          return `${node?.nodeName} “${text}” ${Math.round(previousRect.y)} → ${Math.round(currentRect.y)}`
        })
        moved.push([one.value, what.join(', ')])
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
}

/** Opens each address anew, with what stands on it when all of it is there, and tells where too much moved. */
async function still(phone: Phone, pages: Record<string, string>): Promise<void> {
  const faults: string[] = []
  for (const [path, last] of Object.entries(pages)) {
    await phone.goto(path)
    const { page } = phone
    await page.locator(`main ${last}`).first().waitFor()
    await page.locator('header').getByText('全部已送达').waitFor()
    // What is still to be drawn is drawn, and what moved by it is told.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(done)))),
    )
    const moved = await page.evaluate(() => (globalThis as Watching).moved)
    const all = moved.reduce((sum, [value]) => sum + value, 0)
    if (all > most) faults.push(`${path}: ${all.toFixed(3)}`, ...moved.map((one) => `    ${one.join(' ')}`))
  }
  expect(faults.join('\n')).toBe('')
}

async function who(stage: Stage, account: string): Promise<Phone> {
  const { phone } = await stage.volunteer(account)
  await watch(phone)
  return phone
}

const list = 'ul.plain-list > li'
const recent = 'section:has-text("最近记录") li'
const drafts = 'section:has-text("没写完的") li'
const stored = 'section:has-text("本机存储")'

const larger = (phone: Phone, size: string) =>
  phone.page.evaluate((size) => localStorage.setItem('niangjia.size', size), size)

story(
  'nothing moves on a volunteer’s pages while they open, in every size of text',
  () => server,
  async (stage) => {
    const phone = await who(stage, 'cun1')
    const { page } = phone
    const her = new Volunteer(page)
    const others = {
      '/entries': list,
      '/households': list,
      '/forms': 'a[data-form]',
      '/account': stored,
      '/sent': stored,
      '/install': 'h1',
      '/record/home_visit': '[data-field]',
    }
    await still(phone, { '/': recent, ...others })
    // One list more, above the one that was there.
    await phone.goto('/')
    await her.start('记救助')
    await her.fill('cash', '300')
    await page.getByText('草稿已自动保存').waitFor()
    await still(phone, { '/': drafts })
    for (const size of ['large', 'huge']) {
      await larger(phone, size)
      await still(phone, { '/': drafts, '/account': stored, '/sent': stored })
    }
  },
)

story(
  'nor on the pages of whoever reviews or leads',
  () => server,
  async (stage) => {
    const reviewer = await who(stage, 'zhen1')
    await still(reviewer, { '/': recent, '/review': 'li', '/account': stored })
    const leader = await who(stage, 'shi1')
    await still(leader, { '/totals': 'section', '/account': stored, '/people': 'li' })
  },
)
