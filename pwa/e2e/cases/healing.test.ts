import { rmSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
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

story(
  'the server is lost and comes back from a backup: the phones bring everything back (P9 P12 S15)',
  () => server,
  async (stage) => {
    const backup = path.join(server.data, '..', `niangjia-e2e-${process.pid}.backup`)
    try {
      const { phone, her } = await stage.volunteer()
      const { phone: other, her: she } = await stage.volunteer('cun1b')
      await her.visit('赵一一', '走访慰问')
      await she.visit('钱二二', '走访慰问')
      await her.waiting(0)
      await she.waiting(0)
      await server.backup(backup)

      // An hour's work, all of it sent; and something that waits for a signal.
      await her.visit('孙三三', '走访慰问')
      await her.waiting(0)
      await she.visit('李四四', '走访慰问')
      await she.waiting(0)
      await other.offline(true)
      await she.visit('周五五', '走访慰问')
      await server.lose(backup)
      await other.offline(false)

      const lists = [await listed(phone, 2), await listed(other, 3)]
      await phone.shot('healing-after-the-server-was-lost')
      for (const head of ['赵一一', '孙三三']) expect(lists[0]).toContain(head)
      for (const head of ['钱二二', '李四四', '周五五']) expect(lists[1]).toContain(head)
      expect(await phone.page.getByTestId('lost').count()).toBe(0)

      const desk = await stage.phone(DESK)
      const reviewer = new Reviewer(desk.page)
      await reviewer.login('zhen1')
      await reviewer.queue()
      await reviewer.waitingCount(5)
      const rows = (await reviewer.rows()).join('\n')
      for (const head of ['赵一一', '钱二二', '孙三三', '李四四', '周五五']) expect(rows.split(head)).toHaveLength(2)
      await desk.shot('healing-desk')
      await reviewer.approveAll(5)
      await reviewer.allSent()
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
