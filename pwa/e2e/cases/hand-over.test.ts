import { expect } from 'vitest'
import { sound } from '../look'
import { Manager } from '../pages/manager'
import { Reviewer } from '../pages/reviewer'
import { Volunteer } from '../pages/volunteer'
import { DESK } from '../phone'
import { served, story } from '../story'

const server = served()

story(
  'a village is handed over while the phone of the one who leaves is full and without signal: nothing is lost',
  () => server,
  async (stage) => {
    const { phone: old, her } = await stage.volunteer('cun1')
    await her.visit('孔一一', '走访慰问') // before: the successor sees it
    await her.waiting(0)
    await old.installed()
    await old.offline(true)
    for (const head of ['曹二二', '严三三', '华四四']) await her.visit(head, '走访慰问')
    await her.start('记调解')
    await her.fill('text', '没写完的草稿')
    await old.page.waitForURL('**/draft/*')
    await old.page.getByRole('button', { name: '返回' }).click()

    const desk = await stage.phone(DESK)
    const manager = new Manager(desk.page)
    await manager.login('zhen1')
    await manager.people()
    await manager.person('演示·村甲')
    await desk.shot('person-desk')
    await desk.page.getByRole('button', { name: '把德党镇 忙岗村民委员会 志愿者交接给别人' }).click()
    await desk.page.getByRole('dialog').getByLabel('姓名').fill('合成接班')
    await desk.shot('hand-over-desk')
    await desk.page.getByTestId('hand-over').click()
    await desk.page.getByRole('heading', { name: '娘家 手机开通单' }).waitFor()
    const sheet = await manager.sheet('合成接班')

    const fresh = await stage.phone()
    await fresh.goto(`/enrol${new URL(sheet.link).hash}`)
    await fresh.page.getByLabel('设一个密码').fill('jieban-mima')
    await fresh.page.getByRole('button', { name: '开通这部手机' }).click()
    await fresh.page.locator('a[data-form]').first().waitFor()
    const successor = new Volunteer(fresh.page)
    await successor.waiting(0)
    await successor.entries()
    const all = () =>
      fresh.page
        .getByRole('searchbox', { name: '查找记录' })
        .fill('一一')
        .then(() => fresh.page.getByText('孔一一').first().waitFor())
    await all()

    // The signal comes back: her queue goes up, whole, and waits.
    await old.offline(false)
    await old.page.waitForFunction(() => !document.body.innerText.includes('未送达'))
    await old.page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '我的', exact: true }).click()
    await old.page.getByText('全部已送达').first().waitFor()
    await old.shot('left-account-phone')

    await manager.done()
    await manager.people()
    await desk.page.getByText('有待接收的', { exact: true }).click()
    await manager.person('演示·村甲')
    await desk.page.getByText('离任后发上来的 6 条记录').waitFor() // three visits to three new households
    await sound(desk, 'awaiting')
    await desk.page.getByRole('button', { name: '接收 6 条' }).click()
    await desk.page.getByText('已接收 6 条').first().waitFor()
    await desk.page.getByTestId('awaiting').waitFor({ state: 'detached' })

    // Her own phone is told: nothing waits there any more, and who received it.
    await old.syncNow()
    await old.goto('/sent')
    const told = old.page.getByTestId('received')
    await told.getByText(/演示·镇甲接收了您在忙岗村民委员会记的 6 条/).waitFor()
    expect(await old.page.getByTestId('parked').count()).toBe(0)
    await sound(old, 'sent-received')
    await old.offline(true)
    await old.page.reload()
    await told.waitFor()
    await old.offline(false)

    await fresh.syncNow()
    for (const head of ['曹二二', '严三三', '华四四']) {
      await fresh.page.getByRole('searchbox', { name: '查找记录' }).fill(head)
      await fresh.page.locator('main li').getByText(head).first().waitFor()
    }
    await fresh.page.getByRole('searchbox', { name: '查找记录' }).fill('草稿')
    await fresh.page.getByText('没有找到符合的记录').waitFor()

    const reviewer = new Reviewer(desk.page)
    await reviewer.queue()
    await desk.syncNow()
    await reviewer.waitingCount(4)
    expect((await reviewer.rows()).filter((line) => line.includes('演示·村甲')).length).toBeGreaterThan(0)
    await successor.visit('金五五', '走访慰问')
    await successor.waiting(0)
    await desk.syncNow()
    await reviewer.waitingCount(5)
  },
)
