import { rmSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import { Clerk } from '../pages/clerk'
import { Reviewer } from '../pages/reviewer'
import { Volunteer } from '../pages/volunteer'
import { DESK, type Phone } from '../phone'
import { served, story } from '../story'

const server = served()

/** What the list of what she recorded says of each, once everything has gone up and come down. */
async function listed(phone: Phone, n: number): Promise<string> {
  const her = new Volunteer(phone.page)
  await phone.syncNow()
  await her.home()
  await her.waiting(0)
  for (let i = 0; i < 20 && (await her.lines()).length !== n; i++) await phone.syncNow()
  const lines = await her.lines()
  expect(lines).toHaveLength(n)
  expect(lines.some((line) => line.includes('仅在本机'))).toBe(false)
  return lines.join('\n')
}

/** Twenty heads of households: nine that one volunteer visits, eleven that the other does. */
const heads = Array.from('赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许', (name, at) => `${name}合${at + 1}`)
const [hers, theirs] = [heads.slice(0, 9), heads.slice(9)]

async function visits(her: Volunteer, heads: string[], unsent = false) {
  for (const head of heads) await her.visit(head, '走访慰问')
  if (!unsent) await her.waiting(0)
}

story(
  'the server is lost and comes back from a backup: the phones bring everything back, and the township what it had decided (P9 P12 S15 S21)',
  () => server,
  async (stage) => {
    const backup = path.join(server.data, '..', `niangjia-e2e-${process.pid}.backup`)
    try {
      const [{ phone, her }, { phone: other, her: she }, desk, city] = [
        await stage.volunteer(),
        await stage.volunteer('cun1b'),
        await stage.phone(DESK),
        await stage.phone(DESK),
      ]
      const [reviewer, clerk] = [new Reviewer(desk.page), new Clerk(city.page)]
      await reviewer.login('zhen1')
      await clerk.login('shi1')
      await Promise.all([visits(her, hers.slice(0, 3)), visits(she, theirs.slice(0, 3))])
      await server.backup(backup)

      // What comes after it: ten entries, of these and the six before it one returned and all others approved; then one
      // that nobody has looked at, and three that wait for a signal.
      await Promise.all([visits(her, hers.slice(3, 8)), visits(she, theirs.slice(3, 8))])
      await reviewer.queue()
      await desk.syncNow()
      await reviewer.waitingCount(16)
      await reviewer.openEntry(hers[4]!)
      await reviewer.returnFor('请写明聊了什么', '做了什么')
      await reviewer.approveAll(15)
      await reviewer.allSent()
      await visits(her, hers.slice(8))
      await other.offline(true)
      await visits(she, theirs.slice(8), true)
      const counted = await clerk.fresh('走访户次', '走访户数')
      expect(counted).toEqual(['15', '15'])
      await server.lose(backup)
      expect(await clerk.fresh('走访户次')).toEqual(['0'])

      // The decisions come first, before the entries that they are about.
      await desk.syncNow()
      await reviewer.allSent()
      await other.offline(false)
      const lists = [await listed(other, 11), await listed(phone, 9)]
      await phone.shot('healing-after-the-server-was-lost')
      for (const [list, mine] of [
        [lists[0]!, theirs],
        [lists[1]!, hers],
      ] as const) {
        for (const head of mine) expect(list.split(head), head).toHaveLength(2)
      }
      const states = (list: string) => ['已通过', '已退回', '待审核'].map((state) => list.split(state).length - 1)
      expect(lists.map(states)).toEqual([
        [8, 0, 3],
        [7, 1, 1],
      ])
      for (const one of [phone, other, desk]) expect(await one.page.getByTestId('lost').count()).toBe(0)
      await her.openEntry(hers[4]!)
      await phone.page.locator('main').getByText('请写明聊了什么').first().waitFor()
      expect(await clerk.fresh('走访户次', '走访户数')).toEqual(counted)

      await desk.syncNow()
      await reviewer.waitingCount(4)
      const rows = (await reviewer.rows()).join('\n')
      for (const head of [hers[8]!, ...theirs.slice(8)]) expect(rows.split(head)).toHaveLength(2)
      await desk.shot('healing-desk')
      await reviewer.approveAll(4)
      await reviewer.allSent()
      expect(await clerk.fresh('走访户次')).toEqual(['19'])
    } finally {
      rmSync(backup, { force: true })
    }
  },
)

story(
  'a phone is copied to another and both are used; and one goes back to an older copy: nothing is lost or doubled (S2 S17 P9)',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer('cun2')
    await phone.installed()
    await her.visit('吴六六', '走访慰问')
    await her.waiting(0)
    const copy = await phone.copy()
    const clone = await stage.phone()
    await clone.become(copy)

    // Both write on under the same numbers.
    await phone.offline(true)
    await clone.offline(true)
    await new Volunteer(phone.page).visit('郑七七', '走访慰问')
    await new Volunteer(clone.page).visit('王八九', '走访慰问')
    await phone.offline(false)
    await new Volunteer(phone.page).waiting(0)
    await clone.offline(false)
    await new Volunteer(clone.page).waiting(0)
    const [one, two] = [await listed(phone, 3), await listed(clone, 3)]
    for (const head of ['吴六六', '郑七七', '王八九']) {
      expect(one.split(head)).toHaveLength(2)
      expect(two.split(head)).toHaveLength(2)
    }
    await clone.shot('healing-clone')

    // The phone is set back to the copy, and works on.
    await phone.become(copy)
    await new Volunteer(phone.page).visit('冯十一', '走访慰问')
    const after = await listed(phone, 4)
    for (const head of ['吴六六', '郑七七', '王八九', '冯十一']) expect(after.split(head)).toHaveLength(2)
    expect(await listed(clone, 4)).toContain('冯十一')
    rmSync(copy, { recursive: true, force: true })
  },
)
