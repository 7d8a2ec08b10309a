import { expect } from 'vitest'
import { Reviewer } from '../pages/reviewer'
import { Volunteer } from '../pages/volunteer'
import { DESK } from '../phone'
import { CUN1 } from '../server'
import { served, story } from '../story'

const server = served()

/** What the phone's disk has of all drafts. */
async function drafts(name: string): Promise<string> {
  const wait = <T>(request: IDBRequest<T>) =>
    new Promise<T>((done, fail) => {
      request.onsuccess = () => done(request.result)
      request.onerror = () => fail(request.error)
    })
  const db = await wait(indexedDB.open(name))
  const all = await wait<unknown[]>(db.transaction('drafts').objectStore('drafts').getAll())
  db.close()
  return JSON.stringify(all)
}

story(
  'killed right after "已保存", five times, and nothing is lost or doubled (P1)',
  () => server,
  async (stage) => {
    const { phone, her: first } = await stage.volunteer()
    let her = first
    await phone.installed()
    await phone.offline(true)

    const heads = ['赵一一', '钱二二', '孙三三', '李四四', '周五五']
    for (const [i, head] of heads.entries()) {
      await her.visit(head, '走访慰问')
      await phone.kill()
      await phone.open()
      her = new Volunteer(phone.page)
      await phone.page.getByText(`${i + 1} 条未送达，`).waitFor()
      const lines = await her.lines()
      expect(lines).toHaveLength(i + 1)
      expect(lines.every((line) => line.includes('仅在本机'))).toBe(true)
      expect(lines[0]).toContain(head)
      await her.home()
    }

    // Half an entry, typed and never saved.
    await her.start('记调解')
    await her.toHousehold('孙三三')
    await her.fill('text', '两家为一堵墙，还没说完')
    await phone.page.waitForURL('**/draft/*')
    // A draft is kept a quarter of a second after the last key.
    await expect.poll(() => phone.page.evaluate(`(${drafts})('niangjia-${CUN1}')`)).toContain('还没说完')
    await phone.kill()
    await phone.open()
    her = new Volunteer(phone.page)
    await phone.page.getByRole('heading', { name: '没写完的' }).waitFor()
    await phone.page.locator('main a[href^="/draft/"]').click()
    await expect.poll(() => her.field('text').locator('textarea').inputValue()).toBe('两家为一堵墙，还没说完')
    await her.field('household').getByText('孙三三').waitFor()
    await her.tick('邻里', '继续跟进')
    await her.save()

    await phone.offline(false)
    await her.waiting(0)
    expect(await her.lines()).toHaveLength(6)
    await phone.page.waitForFunction(() => !document.querySelector('main ul')?.textContent?.includes('仅在本机'))

    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.waitingCount(6)
    for (const head of heads) expect((await reviewer.rows()).join('\n')).toContain(head)
  },
)
