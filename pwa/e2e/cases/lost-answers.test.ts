import { expect } from 'vitest'
import { Clerk } from '../pages/clerk'
import { Reviewer } from '../pages/reviewer'
import { CUN1 } from '../server'
import { DESK } from '../phone'
import { served, story } from '../story'

const server = served()

story(
  'three answers are lost, and everything arrives exactly once (S2 P3 P4)',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    await phone.offline(true)
    await her.visit('吴一一', '矛盾排查')
    await her.visit('郑二二', '政策宣传')
    await her.aid('吴一一', '20000')
    server.loseAnswers = 3
    await phone.offline(false)
    // She looks at her phone again and again, which asks for another try.
    for (let i = 0; i < 20 && server.loseAnswers > 0; i++) {
      await phone.offline(true)
      await phone.offline(false)
      await phone.page.waitForTimeout(500)
    }
    await her.waiting(0)
    expect(server.lost).toBe(3)
    const lines = await her.lines()
    expect(lines).toHaveLength(3)
    expect(lines.every((line) => line.includes('待审核') && line.includes('已送达'))).toBe(true)
    // The same bytes went out again: five changes, sent at least four times.
    const sent = server.exchanges.filter((one) => one.account === CUN1 && one.changes.length)
    expect(sent.length).toBeGreaterThanOrEqual(4)
    expect(new Set(sent.flatMap((one) => one.changes))).toEqual(new Set([1, 2, 3, 4, 5]))

    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.waitingCount(3)
    await reviewer.approveAll(3)
    await reviewer.allSent()
    await reviewer.waitingCount(0)

    const city = await stage.phone(DESK)
    const clerk = new Clerk(city.page)
    await clerk.login('shi1')
    expect(await clerk.fresh('走访户次', '走访户数', '排查户数', '救助金', '救助人次')).toEqual([
      '2',
      '2',
      '1',
      '2.00',
      '1',
    ])
  },
)
