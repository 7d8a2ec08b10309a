import { expect } from 'vitest'
import { sound } from '../look'
import { Manager } from '../pages/manager'
import { Reviewer } from '../pages/reviewer'
import { DESK, type Phone } from '../phone'
import { served, story } from '../story'

const server = served()

const openSent = async (phone: Phone) => {
  await phone.page.getByTestId('sync-state').click()
  await phone.page.getByTestId('sent-state').waitFor()
}

story(
  'S21 P12 what is only here, under which receipt the server has it, and what is safely copied',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer('cun1')
    await phone.installed()
    await phone.offline(true)
    await her.visit('孔一一', '走访慰问')
    await her.visit('曹二二', '走访慰问')
    await openSent(phone)
    await phone.page.getByTestId('sent-state').getByText('2 条未送达').waitFor()
    await phone.page.getByText('2 条还没有送出').waitFor()
    await phone.page.getByText('不要清除浏览器数据').waitFor()
    await phone.shot('sent-waiting')

    await phone.offline(false)
    await phone.page.getByTestId('sent-state').getByText('全部已送达').waitFor()
    await phone.page.getByText('还没有在另一处备份过').waitFor()
    const receipt = (await phone.page.getByTestId('receipt').innerText()).trim()
    expect(receipt).toMatch(/^[0-9A-F]{6}-4-[0-9A-F]{8}$/) // two households, two visits
    await phone.shot('sent-kept')

    await server.copyOffSite()
    await her.visit('严三三', '走访慰问')
    await her.waiting(0)
    await openSent(phone)
    await phone.page.getByTestId('copied').getByText('后面 2 次改动等下一次备份').waitFor()
    await phone.shot('sent-half-copied')
    await server.copyOffSite()
    await phone.page.getByTestId('sync-now').click()
    await phone.page.getByTestId('copied').getByText('已全部在另一处备份').waitFor()
    await phone.shot('sent-copied')

    // The township looks the receipt up that she reads out.
    const desk = await stage.phone(DESK)
    await new Manager(desk.page).login('zhen1')
    await desk.goto('/stuck')
    await desk.page.getByTestId('none-stuck').waitFor()
    const look = async (typed: string) => {
      await desk.page.getByLabel('收条', { exact: true }).fill(typed)
      await desk.page.getByTestId('look-up').click()
    }
    await look(receipt.toLowerCase().replaceAll('-', ' '))
    await desk.page.getByText('收下了：这是演示·村甲').waitFor()
    await desk.page.getByText('前 4 次改动都在服务器上，一共 4 条记录').waitFor()
    await desk.page.getByText('这些都已在另一处备份').waitFor()
    await desk.page.getByText('看最近 4 次改动').click()
    await desk.page.getByText('第 4 次：入户走访').waitFor()
    await sound(desk, 'receipt-found')
    await look(receipt.slice(0, -8) + '00000000')
    await desk.page.getByText('服务器上没有演示·村甲的这张收条').waitFor()
    await desk.shot('receipt-none')
    await look('57')
    await desk.page.getByText('收条有三段').waitFor()
  },
)

story(
  'S14 P13 her seat is moved to another village while her phone is full and without signal: nothing is lost',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer('cun2')
    await phone.installed()
    await phone.offline(true)
    const heads = ['华四四', '金五五', '魏六六', '陶七七', '姜八八']
    for (const head of heads) await her.visit(head, '走访慰问')

    const desk = await stage.phone(DESK)
    const manager = new Manager(desk.page)
    await manager.login('zhen1')
    await manager.people()
    await manager.person('演示·村丙')
    await manager.giveSeat('忙岗村民委员会', '志愿者')
    await desk.page.getByRole('button', { name: '取消德党镇 忙见田村民委员会 志愿者' }).click()
    await manager.sure()
    await desk.page.getByText('已取消').first().waitFor()

    // The signal is back: her queue goes up whole, waits there, and is on her screen as what it is.
    await phone.offline(false)
    await phone.page.waitForFunction(() => !document.body.innerText.includes('未送达'))
    await openSent(phone)
    await phone.page.getByTestId('parked').getByRole('heading', { name: '10 条已送达，先放着' }).waitFor() // with their households
    for (const head of heads) await phone.page.getByTestId('parked').getByText(head).first().waitFor()
    await phone.page.getByText('您现在不在这个单位').first().waitFor()
    await sound(phone, 'sent-parked')
    await phone.page
      .getByRole('navigation', { name: '主菜单' })
      .getByRole('link', { name: '首页', exact: true })
      .click()
    await her.visit('戚九九', '走访慰问') // at her new village nothing holds her up
    await phone.page.waitForFunction(() => !document.body.innerText.includes('未送达'))

    // Her manager is told, with what to do.
    await desk.page.getByTestId('sync-state').click()
    await desk.page.getByTestId('stuck').click()
    const group = desk.page.getByTestId('parked').getByTestId('stuck-group')
    await group.getByText('10 条', { exact: true }).waitFor()
    await group.getByText('看是哪些').click()
    await expect.poll(() => group.getByText('入户走访').count()).toBe(5)
    await sound(desk, 'stuck-desk')
    await group.getByRole('link', { name: '打开演示·村丙的页面' }).click()
    await manager.giveSeat('忙见田村民委员会', '志愿者')
    await desk.goto('/stuck')
    await desk.page.getByTestId('none-stuck').waitFor()

    await phone.syncNow()
    await her.waiting(0)
    await openSent(phone)
    await phone.page.getByTestId('parked').waitFor({ state: 'detached' })
    for (const head of heads)
      expect(
        (await her.lines()).some((line) => line.includes(head)),
        head,
      ).toBe(true)
    const reviewer = new Reviewer(desk.page)
    await reviewer.queue()
    await desk.syncNow()
    await reviewer.waitingCount(9) // these six, and three of the story before
  },
)
