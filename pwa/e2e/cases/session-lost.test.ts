import { expect } from 'vitest'
import { Reviewer } from '../pages/reviewer'
import { DESK } from '../phone'
import { served, story } from '../story'

const server = served()

story(
  'the session ends on the server: she goes on recording and nothing is lost (P4)',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    await phone.installed()
    await phone.offline(true)
    await her.visit('秦一一', '走访慰问')
    await her.start('记调解')
    await her.toHousehold('秦一一')
    await her.fill('text', '正写到一半')
    await server.endSessions('cun1')
    await phone.offline(false)

    // In the middle of a form: only the header says so, and the form is finished and saved.
    await phone.page.getByText('请重新登录后发送').first().waitFor()
    expect(new URL(phone.page.url()).pathname).not.toBe('/login')
    await phone.shot('session-lost')
    await her.tick('邻里', '继续跟进')
    await her.save()
    await her.visit('许二二', '走访慰问')
    await phone.page.getByText('3 条未送达，').waitFor()
    await phone.page.reload()
    await phone.page.getByText('3 条未送达，').waitFor()
    expect(await her.lines()).toHaveLength(3)
    expect((await her.lines()).every((line) => line.includes('仅在本机'))).toBe(true)

    await her.home()
    await phone.page.locator('main').getByRole('link', { name: '登录' }).click()
    await expect.poll(() => phone.page.getByLabel('账号').inputValue()).toBe('cun1')
    await her.login('cun1')
    await her.waiting(0)
    const lines = await her.lines()
    expect(lines).toHaveLength(3)
    expect(lines.every((line) => line.includes('待审核') && line.includes('已送达'))).toBe(true)

    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.waitingCount(3)
  },
)
