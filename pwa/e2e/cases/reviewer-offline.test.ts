import { expect } from 'vitest'
import { Clerk } from '../pages/clerk'
import { Reviewer } from '../pages/reviewer'
import { DESK } from '../phone'
import { served, story } from '../story'

const server = served()

story(
  'a reviewer decides without a network, and one decision comes too late (R2 P1 P2)',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    const heads = ['赵一一', '钱二二', '孙三三', '李四四', '周五五']
    await phone.offline(true)
    for (const head of heads) await her.visit(head, '走访慰问')
    await phone.offline(false)
    await her.waiting(0)

    const desk = await stage.phone(DESK)
    let reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.waitingCount(5)
    await desk.installed()
    await desk.offline(true)
    await reviewer.openEntry('李四四')
    await reviewer.returnFor('户选错了，请核对', '哪一户')
    await reviewer.waitingCount(4)
    await reviewer.approveAll(4)
    await reviewer.waitingCount(0)
    await desk.close()

    // Meanwhile the volunteer corrects one of those that were approved in the office.
    await her.openEntry('孙三三')
    await her.edit()
    await her.fill('needs', '想找一份活')
    await her.save()
    await her.waiting(0)

    await desk.open('/review')
    reviewer = new Reviewer(desk.page)
    await reviewer.waitingCount(0)
    const decided = await reviewer.decided()
    expect(decided).toHaveLength(5)
    expect(decided.filter((row) => row.includes('已通过，待发送'))).toHaveLength(4)
    expect(decided.filter((row) => row.includes('李四四') && row.includes('已退回，待发送'))).toHaveLength(1)
    await desk.shot('decided-offline')

    await desk.offline(false)
    await reviewer.allSent()
    await desk.page.getByRole('button', { name: '待处理' }).click()
    await reviewer.waitingCount(1)
    const rows = await reviewer.rows()
    expect(rows).toHaveLength(1)
    expect(rows[0]).toContain('孙三三')
    expect(rows[0]).toContain('您的决定没有生效')
    await reviewer.openEntry('孙三三')
    await desk.page.getByText('您通过之前，内容已经被改过').waitFor()
    await desk.page.locator('article').getByText('想找一份活').first().waitFor()
    await desk.shot('stale')
    await reviewer.approve()
    await reviewer.allSent()
    await reviewer.waitingCount(0)

    await phone.syncNow()
    await her.home()
    await phone.page.getByText('户选错了，请核对').first().waitFor()
    const lines = await her.lines()
    expect(lines.filter((line) => line.includes('已通过'))).toHaveLength(4)
    expect(lines.filter((line) => line.includes('已退回') && line.includes('李四四'))).toHaveLength(1)

    const city = await stage.phone(DESK)
    const clerk = new Clerk(city.page)
    await clerk.login('shi1')
    expect(await clerk.fresh('走访户次', '走访户数')).toEqual(['4', '4'])
  },
)
