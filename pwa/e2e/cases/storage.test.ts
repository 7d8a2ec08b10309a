import { expect } from 'vitest'
import { Reviewer } from '../pages/reviewer'
import { Volunteer } from '../pages/volunteer'
import { DESK } from '../phone'
import { served, story } from '../story'

const server = served()

/** Keeps every connection to a database that the page opens, so that it can be taken from it. */
function keepConnections() {
  const all: IDBDatabase[] = []
  const open = IDBFactory.prototype.open
  IDBFactory.prototype.open = function (...args) {
    const request = open.apply(this, args)
    request.addEventListener('success', () => all.push(request.result))
    return request
  }
  Object.assign(window, {
    /** What a browser does that puts its storage away; `silently`: the page is not told. */
    dropConnections(silently: boolean) {
      for (const db of all.splice(0)) {
        db.close()
        if (!silently) db.dispatchEvent(new Event('close'))
      }
    },
  })
}

story(
  'the browser closes the database under the app: it is opened again, and what is saved afterwards is saved',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer('cun2')
    await phone.page.addInitScript(keepConnections)
    await phone.page.reload()
    await her.waiting(0)
    await phone.offline(true)
    const heads = ['何一一', '吕二二', '施三三']
    for (const [i, head] of heads.entries()) {
      await her.start('记走访')
      await her.toHousehold(head)
      await her.field('purposes').locator('input').first().check({ force: true })
      const silently = i === 1
      await phone.page.evaluate(`dropConnections(${silently})`)
      await her.save()
    }
    await her.waiting(3)
    await phone.page.evaluate('dropConnections(true)')
    await phone.offline(false)
    await her.waiting(0)
    await phone.page.reload()
    const lines = await her.lines()
    for (const head of heads) expect(lines.filter((line) => line.includes(head))).toHaveLength(1)
    expect(lines.join()).not.toContain('仅在本机')
  },
)

story(
  'everything that the browser kept is gone: what was sent comes back, and what was not had been said before',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer('cun1')
    await her.visit('孔一一', '走访慰问')
    await her.visit('曹二二', '政策宣传')
    await her.waiting(0)
    await phone.offline(true)
    await her.visit('严三三', '走访慰问')
    await her.start('记调解')
    await her.fill('text', '还没有写完')
    await phone.page.waitForURL('**/draft/*')
    await phone.page.getByRole('button', { name: '返回' }).click()
    await phone.page.getByTestId('sync-state').click()
    await phone.page.getByTestId('sent-state').getByText('1 条未送达').waitFor()
    await phone.page.getByText('1 条还没有送出').waitFor()
    await phone.page.getByText('1 份没有写完的草稿').waitFor()
    await phone.page.getByText('没有送出的和草稿就没有了').waitFor()
    await phone.shot('evicted-before')

    await phone.evict()
    await phone.offline(false)
    await phone.goto('/')
    await phone.page.getByLabel('账号').waitFor()
    const again = new Volunteer(phone.page)
    await again.login('cun1')
    await again.waiting(0)
    const lines = await again.lines()
    expect(lines).toHaveLength(2)
    expect(lines.join('\n')).not.toMatch(/严三三|仅在本机/)
    // Nothing is claimed that is not so: nothing waits, nothing is said to be lost that this phone cannot know of.
    await again.home()
    await phone.page.getByTestId('sync-state').click()
    await phone.page.getByTestId('sent-state').getByText('全部已送达').waitFor()
    await phone.page.getByText('（或清除数据）以后，这部手机还没有送出过记录').waitFor()
    expect(await phone.page.getByTestId('lost').count()).toBe(0)
    expect(await phone.page.getByTestId('receipt').count()).toBe(0)
    await phone.shot('evicted-after')

    // She goes on where she was, in a log of its own.
    await again.visit('严三三', '走访慰问')
    await again.waiting(0)
    expect(await again.lines()).toHaveLength(3)
    const logs = server.exchanges.filter((one) => one.changes.length && one.answer.includes('严三三'))
    expect(new Set(logs.map((one) => one.changes[0]))).toEqual(new Set([1]))
    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.waitingCount(6) // these three, and three of the story before
  },
)
