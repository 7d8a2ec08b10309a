import { expect } from 'vitest'
import { Manager, type Sheet } from '../pages/manager'
import { Volunteer } from '../pages/volunteer'
import { DESK, type Phone } from '../phone'
import { PASSWORD } from '../server'
import { served, story } from '../story'

const server = served()
const OWN = 'wojia-lishu'

/** From the page that a code opened to the first screen of an enrolled phone. */
async function setUp(phone: Phone, name: string) {
  await setPassword(phone, name)
  await phone.page.locator('a[data-form]').first().waitFor()
}

async function setPassword(phone: Phone, name: string) {
  await phone.page.getByText(name, { exact: true }).waitFor()
  await phone.page.getByLabel('设一个密码').fill(OWN)
  await phone.page.getByRole('button', { name: '开通这部手机' }).click()
}

async function digits(phone: Phone, sheet: Sheet, typed = sheet.digits) {
  await phone.page.getByLabel('账号').fill(sheet.login)
  await phone.page.getByLabel('六位数字').fill(typed)
  await phone.page.getByRole('button', { name: '下一步' }).click()
}

story(
  'a volunteer scans the code on her sheet, sets a password and records; the code is good once',
  () => server,
  async (stage) => {
    const desk = await stage.phone(DESK)
    const manager = new Manager(desk.page)
    await manager.login('zhen1')
    await manager.people()
    await desk.shot('people-desk')
    const sheet = await manager.open('忙岗村民委员会', '合成新人')
    await desk.shot('codes-desk')
    const link = new URL(sheet.link)
    expect(link.origin + link.pathname).toBe(`${server.url}/enrol`)
    expect(link.search, 'the token is in no address that a server sees').toBe('')
    expect(link.hash).toMatch(/^#[\w-]{22}$/)

    const phone = await stage.phone()
    await phone.goto(`/enrol${link.hash}`)
    await phone.page.getByText('合成新人', { exact: true }).waitFor()
    await phone.shot('enrol-phone')
    await phone.page.getByLabel('设一个密码').fill('短')
    await phone.page.getByRole('button', { name: '开通这部手机' }).click()
    await phone.page.getByText('密码至少 8 位').waitFor()
    await setUp(phone, '合成新人')
    const her = new Volunteer(phone.page)
    await her.waiting(0)
    await her.visit('何一一', '走访慰问')
    await her.waiting(0)

    const thief = await stage.phone()
    await thief.goto(`/enrol${link.hash}`)
    await thief.page.getByText('已经用过了').waitFor()
    await thief.page.getByRole('button', { name: '没有二维码？用六位数字' }).click()
    await digits(thief, sheet)
    await thief.page.getByText('已经用过了').waitFor()

    await manager.done()
    await manager.people()
    await desk.page.getByRole('link', { name: '合成新人' }).getByText('在用').waitFor()
  },
)

story(
  'six digits do where nothing can be scanned; wrong ones die after five tries; one phone serves two accounts',
  () => server,
  async (stage) => {
    const desk = await stage.phone(DESK)
    const manager = new Manager(desk.page)
    await manager.login('zhen1')
    await manager.people()
    const sheet = await manager.open('忙见田村民委员会', '合成第二')

    // The phone is a colleague's, with work that has not been sent.
    const { phone, her } = await stage.volunteer('cun1')
    await phone.installed()
    await phone.offline(true)
    await her.visit('吕二二', '走访慰问')
    await phone.offline(false)
    await her.waiting(0)
    await phone.offline(true)
    await her.visit('施三三', '走访慰问')
    await phone.goto('/enrol')
    await digits(phone, sheet)
    await phone.page.getByText('现在没有网络，开通不了').waitFor()
    server.loseAnswers = 1000 // her queue stays on the phone while the other one enrols
    await phone.offline(false)
    const wrong = sheet.digits === '111111' ? '222222' : '111111'
    await digits(phone, sheet, wrong)
    await phone.page.getByText('开通码不对').waitFor()
    await digits(phone, sheet)
    await phone.page.getByText('这部手机现在是').waitFor()
    await phone.shot('enrol-shared-phone')
    await phone.page.getByLabel('设一个密码').fill(OWN)
    server.loseAnswers = 0
    await phone.page.getByRole('button', { name: '开通这部手机' }).click()
    await phone.page.locator('a[data-form]').first().waitFor()
    const second = new Volunteer(phone.page)
    await second.waiting(0)
    expect(await second.lines(), 'nothing of the colleague is shown').toHaveLength(0)
    await second.visit('张四四', '走访慰问')
    await second.waiting(0)
    await second.logout()
    await her.login('cun1')
    await her.waiting(0)
    const lines = await her.lines()
    expect(lines.filter((line) => line.includes('施三三') && line.includes('待审核'))).toHaveLength(1)
    expect(lines.join('\n')).not.toContain('张四四')

    await manager.done()
    await manager.people()
    const other = await manager.open('忙岗村民委员会', '合成第三')
    const guess = other.digits === '111111' ? '222222' : '111111'
    const guesser = await stage.phone()
    await guesser.goto('/enrol')
    for (let i = 0; i < 5; i++) {
      const answered = guesser.page.waitForResponse((one) => one.url().endsWith('/enrol/check'))
      await digits(guesser, other, guess)
      await answered
    }
    await digits(guesser, other)
    await guesser.page.getByText('开通码不对').waitFor()
    await guesser.goto(`/enrol${new URL(other.link).hash}`)
    await setUp(guesser, '合成第三')
  },
)

story(
  'the city opens a county, the county a township, and that one ends a phone with a full queue and sets the account anew: nothing is lost',
  () => server,
  async (stage) => {
    /** A desk at which a manager has just been enrolled by her sheet. */
    const enrolled = async (sheet: Sheet, name: string) => {
      const desk = await stage.phone(DESK)
      await desk.goto(`/enrol${new URL(sheet.link).hash}`)
      await setPassword(desk, name)
      const manager = new Manager(desk.page)
      await manager.people()
      return { desk, manager }
    }
    const city = new Manager((await stage.phone(DESK)).page)
    await city.login('shi1')
    await city.people()
    const { manager: county } = await enrolled(await city.open('永德县', '合成县管', '管理员'), '合成县管')
    const { desk, manager } = await enrolled(await county.open('德党镇', '合成镇管', '管理员'), '合成镇管')

    // Her first phone is another make than her second, and full.
    const old = await stage.phone(undefined, 'Mozilla/5.0 (Linux; Android 9; V1816A) Chrome/107.0 Mobile')
    const first = new Volunteer(old.page)
    await first.login('cun1')
    await first.waiting(0)
    await old.installed()
    const { phone, her: second } = await stage.volunteer('cun1')
    await old.offline(true)
    for (const head of ['严五五', '华六六']) await first.visit(head, '走访慰问')
    await manager.person('演示·村甲')
    await desk.page.getByRole('button', { name: /^停用.*V1816A/ }).click()
    await manager.sure()
    await desk.page.getByText('已停用这部手机').first().waitFor()
    await old.offline(false)
    await old.page.getByText('请重新登录后发送').first().waitFor()
    await second.visit('金七七', '走访慰问') // goes on
    await second.waiting(0)
    await old.page.getByText('2 条未送达，').waitFor()
    await old.page.locator('main').getByRole('link', { name: '登录' }).click()
    await first.login('cun1')
    await first.waiting(0)
    expect((await first.lines()).filter((line) => /严五五|华六六/.test(line) && line.includes('已送达'))).toHaveLength(
      2,
    )

    // The account is set anew while the second phone has something: by the new sheet it arrives, the old password is worth nothing.
    await phone.offline(true)
    await second.visit('魏八八', '走访慰问')
    await desk.page.getByRole('button', { name: /重设$/ }).click()
    await desk.page.getByText('原来的密码马上作废').waitFor()
    await manager.sure()
    const sheet = await manager.sheet('演示·村甲')
    await phone.offline(false)
    await phone.page.getByText('请重新登录后发送').first().waitFor()
    await phone.goto('/login')
    await phone.page.getByLabel('密码', { exact: true }).fill(PASSWORD)
    await phone.page.getByRole('button', { name: '登录' }).click()
    await phone.page.getByText('账号或密码不对').waitFor()
    await phone.goto(`/enrol${new URL(sheet.link).hash}`)
    await setUp(phone, '演示·村甲')
    await second.waiting(0)
    const lines = await second.lines()
    for (const head of ['严五五', '华六六', '金七七', '魏八八']) {
      expect(
        lines.filter((line) => line.includes(head) && line.includes('已送达')),
        head,
      ).toHaveLength(1)
    }
  },
)
