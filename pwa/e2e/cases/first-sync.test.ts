import { expect } from 'vitest'
import { Volunteer } from '../pages/volunteer'
import { CUN1, VILLAGE } from '../server'
import { served, story } from '../story'
import { fillVillage, packsOnPhone, rowsOnPhone } from '../village'

const server = served()

/** W8 S20 P11: a village comes as a file; the line dies in the middle of it, twice, and she works meanwhile. */
story(
  'a large village comes by a line that breaks off, and goes on from there',
  () => server,
  async (stage) => {
    await fillVillage(server, 1200, 2000)
    server.cutFiles = 2
    server.exchanges.length = 0
    const phone = await stage.phone()
    const her = new Volunteer(phone.page)
    await her.login('cun1')
    const line = phone.page.getByTestId('loading')
    await line.waitFor()
    // As it is at this moment: the page is at rest when all has come.
    const percent = async () => Number(/(\d+)%/.exec((await line.evaluate((one) => one.textContent)) ?? '')?.[1])
    await expect.poll(percent).toBeGreaterThan(20)
    expect(await percent()).toBeLessThan(100)
    await phone.shot('first-sync')
    // What has come is there already, and she need not wait for the rest.
    await her.visit('赵一一', '政策宣传')
    await her.waiting(0)
    expect((await her.lines())[0]).toContain('赵一一')
    await phone.page.reload()
    await line.waitFor({ state: 'detached' })
    await her.waiting(0)
    // All of the file's rows are here, and hers.
    const feed = `unit:${VILLAGE}`
    await expect.poll(() => phone.page.evaluate(`(${rowsOnPhone})('${CUN1}', '${feed}')`)).toBeGreaterThanOrEqual(3201)
    // They are laid out one by one while she does nothing, and none goes with it.
    await expect.poll(() => phone.page.evaluate(`(${packsOnPhone})('${CUN1}')`)).toBe(0)
    expect(await phone.page.evaluate(`(${rowsOnPhone})('${CUN1}', '${feed}')`)).toBeGreaterThanOrEqual(3201)
    const from = server.ranges.map((range) => Number(/=(\d+)-/.exec(range)![1]))
    expect(from[0]).toBe(0)
    expect(from.length).toBeGreaterThanOrEqual(3)
    // Nothing of what had come was asked for again.
    expect(from.slice(1).every((at) => at > 0)).toBe(true)
    expect([...from].sort((a, b) => a - b)).toEqual(from)
    // No row of the village came by a page as well.
    const pages = server.exchanges.filter((one) => one.account === CUN1 && one.answer.includes(`"feed":"${feed}"`))
    const rows = pages.flatMap((one) => (JSON.parse(one.answer).pull.rows as { feed: string }[]) ?? [])
    expect(rows.filter((row) => row.feed === feed).length).toBeLessThan(20)
  },
)
