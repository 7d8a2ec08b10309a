import { expect } from 'vitest'
import { sound } from '../look'
import { Keyboard } from '../pages/keyboard'
import { Reviewer } from '../pages/reviewer'
import { Pen } from '../pen'
import { DESK } from '../phone'
import { PASSWORD, VILLAGE } from '../server'
import { served, story } from '../story'

const server = served()

type Box = { x: number; y: number; width: number; height: number }
const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10)
const aid = (household: string, yuan: number, at: number) => ({
  household,
  programme: 'emergency',
  groups: ['women_in_need'],
  cash: yuan * 100,
  source: 'public_funds',
  occurred_on: day(at),
})
const visit = (household: string, at: string) => ({ household, purposes: ['policy'], met: 'met', occurred_on: at })

story(
  'forty entries in three minutes, without a mouse: the ordinary in one gesture, the odd one by one (R2 S9)',
  () => server,
  async (stage) => {
    const [her, town] = [await Pen.of(server, 'cun1'), await Pen.of(server, 'zhen1')]
    const homes = await her.households(
      VILLAGE,
      Array.from({ length: 40 }, (_, n) => `合成${String(n + 1).padStart(2, '0')}户`),
    )
    // What is usual here: 200 to 310 yuan.
    const before = await her.entries(
      VILLAGE,
      'aid_distribution',
      homes.slice(0, 12).map((home, n) => aid(home, 200 + n * 10, 40 + n)),
    )
    await town.approve(before)
    // 36 as always, and four that are odd.
    await her.entries(
      VILLAGE,
      'home_visit',
      homes.slice(0, 34).map((home) => visit(home, day(1))),
    )
    await her.entries(VILLAGE, 'aid_distribution', [
      aid(homes[34]!, 260, 1),
      aid(homes[35]!, 300, 1),
      aid(homes[36]!, 30_000, 1),
    ])
    await her.entries(VILLAGE, 'home_visit', [
      visit(homes[37]!, day(2)),
      visit(homes[37]!, day(2)),
      visit(homes[38]!, '2099-01-01'),
    ])

    const desk = await stage.phone(DESK)
    const hand = new Keyboard(desk.page)
    const reviewer = new Reviewer(desk.page)
    await hand.login('zhen1', PASSWORD)
    await desk.page.getByText('全部已送达').first().waitFor()
    const began = Date.now()
    await hand.to(desk.page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '审核' }))
    await hand.press('Enter')
    await reviewer.waitingCount(40)
    const flagged = desk.page.locator('section.group').filter({ has: desk.page.getByText('需要留意') })
    const odd = await flagged.locator('li').allInnerTexts()
    expect(odd).toHaveLength(4)
    for (const [words, n] of [
      ['数目和平常差很多', 1],
      ['同一户同一天两条', 2],
      ['日期不寻常', 1],
    ] as const) {
      expect(odd.filter((line) => line.includes(words)).length, words).toBe(n)
    }
    await sound(desk, 'forty')

    // Keys that are switched off do nothing; switched on again they work although the box still has the focus.
    const keys = desk.page.getByLabel('使用快捷键')
    await hand.to(keys)
    await hand.press('Space')
    await hand.press('Shift+A')
    await hand.press('j')
    expect(new URL(desk.page.url()).search).toBe('')
    await reviewer.waitingCount(40)
    await hand.press('Space')

    // One gesture, and what is odd stays.
    await hand.press('Shift+A')
    await desk.page.getByText('已通过 36 条').waitFor()
    await reviewer.waitingCount(4)

    const shown = desk.page.getByRole('article')
    const heading = () => desk.page.evaluate(() => document.activeElement?.tagName)
    let decided = 0
    for (let left = 4; left > 0; left--) {
      if (left === 4) await hand.press('j')
      await shown.waitFor()
      await desk.page.waitForFunction(() => document.activeElement?.matches('article h2'))
      expect(await heading()).toBe('H2')
      const text = await shown.innerText()
      await desk.shot(`forty-odd-${5 - left}`)
      // The queue and what is open of it stand side by side, neither over the other, both in sight.
      const [list, entry] = (await Promise.all([
        desk.page.locator('.queue').boundingBox(),
        shown.boundingBox(),
      ])) as Box[]
      expect(list!.x + list!.width, 'the queue ends where the entry begins').toBeLessThanOrEqual(entry!.x)
      const [top, foot] = [
        Math.max(list!.y, entry!.y, 0),
        Math.min(list!.y + list!.height, entry!.y + entry!.height, DESK.height),
      ]
      expect(foot - top, 'both are seen at one height').toBeGreaterThan(100)
      if (text.includes('数目和平常差很多')) {
        expect(text).toMatch(/“救助金”是 30,000 元，平常在 200 元 到 310 元 之间（临时救助，近 12 个月已通过的 14 条）/)
      }
      if (text.includes('日期不寻常') || text.includes('数目和平常差很多')) {
        await hand.press('r')
        const dialog = desk.page.getByRole('dialog')
        await dialog.waitFor()
        await hand.to(dialog.locator('textarea'))
        await hand.type('ajr') // letters, and nothing else happens
        await hand.to(dialog.getByRole('button', { name: '退回', exact: true }))
        await hand.press('Enter')
        await dialog.waitFor({ state: 'hidden' })
      } else {
        expect(text).toContain('看另一条')
        await hand.press('a')
        decided++
      }
      await reviewer.waitingCount(left - 1)
    }
    const took = (Date.now() - began) / 1000
    console.log(`forty entries took ${took.toFixed(1)} s`)
    expect(decided).toBe(2)
    expect(took).toBeLessThan(180)
    await reviewer.allSent()
    await desk.shot('forty-done')
    const rows = await reviewer.decided()
    expect(rows.filter((row) => row.includes('已通过')).length).toBe(50)
    expect(rows.filter((row) => row.includes('已退回')).length).toBe(2)
  },
)
