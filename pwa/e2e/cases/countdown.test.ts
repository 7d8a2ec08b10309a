import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { sound } from '../look'
import { Countdown, published } from '../pages/countdown'
import { Reviewer } from '../pages/reviewer'
import { Volunteer } from '../pages/volunteer'
import { Pen } from '../pen'
import { DESK } from '../phone'
import { CITY, VILLAGE } from '../server'
import { served, story } from '../story'

const server = served()
const title = '走访困难家庭'
const asked = {
  title,
  text: '天冷以前把困难家庭走一遍，问一问缺什么。',
  unit: CITY,
  counts: { form: 'home_visit', measure: 'households', where: "'hardship_help' in purposes && met == 'met'" },
  days: 2,
  targets: [{ unit: VILLAGE, n: 3 }],
}
const visit = (household: string, more: object = {}) => ({
  household,
  purposes: ['hardship_help'],
  met: 'met',
  occurred_on: new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10),
  ...more,
})

story(
  'the countdown is right without a network, changes with a save, and follows what two phones and a reviewer do (T18)',
  () => server,
  async (stage) => {
    const id = await published(server, 'shi1', asked)
    const pen = await Pen.of(server, 'cun1')
    const [, second] = await pen.households(VILLAGE, ['赵一一', '钱二二', '孙三三', '李四四'])
    const { phone } = await stage.volunteer()
    const mine = new Countdown(phone)
    await mine.home(title, '差 3 户，还有 2 天')

    // The network is off before the app is opened, and stays off.
    await phone.offline(true)
    await phone.close()
    await phone.open()
    const her = new Volunteer(phone.page)
    await mine.home(title, '差 3 户，还有 2 天')
    await phone.shot('countdown-home')
    await mine.open(title)
    expect(new URL(phone.page.url()).pathname).toBe(`/campaign/${id}`)
    expect(await mine.missing()).toEqual(['李四四', '钱二二', '孙三三', '赵一一'])
    await sound(phone, 'countdown-campaign')

    // A name on the list leads into the form, in which all is filled in that the campaign asks for.
    await phone.page.getByTestId('missing').getByRole('button', { name: '赵一一' }).click()
    await phone.page.getByTestId('save').waitFor()
    await her.field('household').getByText('赵一一').waitFor()
    expect(await her.field('purposes').locator('label:has(:checked)').allInnerTexts()).toEqual(['困境帮扶'])
    await her.save()
    await mine.home(title, '差 2 户，还有 2 天')
    await mine.open(title)
    await mine.says({ 任务数: '3 户', 已通过: '0 户', 等审核: '0 户', 还没发送: '1 户', 还差: '2 户' })
    expect(await mine.missing()).toEqual(['李四四', '钱二二', '孙三三'])

    // The deadline for the phone's own calendar, without a word of what it is about.
    const saved = phone.page.waitForEvent('download')
    await phone.page.getByTestId('calendar').click()
    const file = readFileSync((await (await saved).path())!, 'utf8')
    expect(file).toMatch(/^BEGIN:VCALENDAR\r\n[\s\S]*BEGIN:VALARM\r\n[\s\S]*END:VCALENDAR\r\n$/)
    expect(file).toContain(`UID:${id}@niangjia`)
    expect(file).not.toContain('走访')

    await phone.offline(false)
    await her.waiting(0)
    await mine.says({ 任务数: '3 户', 已通过: '0 户', 等审核: '1 户', 还没发送: '0 户', 还差: '2 户' })

    // Her colleague's phone hears of it, and adds a household of its own and one that was visited already.
    const { phone: other, her: colleague } = await stage.volunteer('cun1b')
    const hers = new Countdown(other)
    await hers.home(title, '差 2 户，还有 2 天')
    await other.offline(true)
    await colleague.visit('赵一一', '困境帮扶')
    await hers.home(title, '差 2 户，还有 2 天')
    await colleague.visit('钱二二', '困境帮扶')
    await hers.home(title, '差 1 户，还有 2 天')
    await hers.open(title)
    await hers.says({ 任务数: '3 户', 已通过: '0 户', 等审核: '1 户', 还没发送: '1 户', 还差: '1 户' })
    await other.offline(false)
    await colleague.waiting(0)
    await phone.syncNow()
    await mine.home(title, '差 1 户，还有 2 天')

    // An approval keeps the gap, a return raises it.
    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await new Countdown(desk).home(title, '差 1 户，还有 2 天')
    await desk.shot('countdown-desk')
    await reviewer.queue()
    await reviewer.waitingCount(3)
    await reviewer.openEntry('钱二二')
    await reviewer.returnFor('请写清楚', '做了什么')
    await reviewer.allSent()
    await phone.syncNow()
    await mine.home(title, '差 2 户，还有 2 天')
    await other.syncNow()
    await hers.home(title, '差 2 户，还有 2 天')
    await hers.open(title)
    await other.page.getByText('有 1 条记录被退回').waitFor()
    expect(await hers.missing()).toEqual(['李四四', '钱二二', '孙三三'])
    for (let i = 0; i < 2; i++) {
      await reviewer.openEntry('赵一一')
      await reviewer.approve()
    }
    await reviewer.allSent()
    await phone.syncNow()
    await mine.open(title)
    await mine.says({ 任务数: '3 户', 已通过: '1 户', 等审核: '0 户', 还没发送: '0 户', 还差: '2 户' })

    // What a colleague saw and this phone may not read is in no number here, and in no name that is left out; the number
    // of whoever may read it, or who is told by the server alone, has it.
    await (
      await Pen.of(server, 'cun1b')
    ).entries(VILLAGE, 'home_visit', [visit(second!, { signs: ['domestic_violence'] })])
    await phone.syncNow()
    await phone.page.getByText('这里只算看得到的').waitFor()
    await mine.says({ 任务数: '3 户', 已通过: '1 户', 等审核: '0 户', 还没发送: '0 户', 还差: '2 户' })
    expect(await mine.missing()).toEqual(['李四四', '钱二二', '孙三三'])
    await desk.syncNow()
    await new Countdown(desk).home(title, '差 1 户，还有 2 天')
    const above = await stage.phone(DESK)
    await new Reviewer(above.page).login('xian1')
    await new Countdown(above).home(title, '差 1 户，还有 2 天')
    await new Countdown(above).open(title)
    await above.page.getByText('和服务器对过').waitFor()

    await phone.offline(true)
    await her.visit('孙三三', '困境帮扶')
    await her.visit('李四四', '困境帮扶')
    await mine.home(title, '已完成，等发送')
    await mine.open(title)
    await sound(phone, 'countdown-done', ['normal'])
  },
)

story(
  'a phone whose clock is wrong counts the days by the server’s',
  () => server,
  async (stage) => {
    await published(server, 'shi1', { ...asked, title: '今天要完成', days: 0, counts: { indicator: 'visits' } })
    const { phone } = await stage.volunteer()
    const hers = new Countdown(phone)
    await hers.home('今天要完成', '今天截止')
    const day = 86_400_000
    const clock = (off: number) => phone.page.clock.setFixedTime(new Date(Date.now() + off * day))
    // More than a year ahead, as it was when the server was last heard.
    await clock(400)
    await phone.syncNow()
    await phone.page.locator('header').getByText('全部已送达').waitFor()
    await phone.offline(true)
    await phone.goto('/')
    await hers.home('今天要完成', '今天截止')
    // A battery that died has set it back since.
    await clock(-9000)
    await phone.goto('/')
    await hers.home('今天要完成', '今天截止')
    await phone.page.clock.setFixedTime(new Date())
  },
)
