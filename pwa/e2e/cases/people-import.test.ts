import path from 'node:path'
import { expect } from 'vitest'
import { sound } from '../look'
import { Manager } from '../pages/manager'
import { writeSheet } from '../pages/sheet'
import { Volunteer } from '../pages/volunteer'
import { DESK } from '../phone'
import { served, story } from '../story'

const server = served()

story(
  'people come from a spreadsheet: its faults are told by cell and nothing is taken; the corrected one opens all accounts, with sheets to print',
  () => server,
  async (stage) => {
    const desk = await stage.phone(DESK)
    const manager = new Manager(desk.page)
    await manager.login('zhen1')
    await manager.people()
    await desk.page.getByRole('link', { name: '从表格导入' }).click()
    const file = path.join(server.data, 'people.xlsx')
    const choose = (rows: string[][]) => desk.page.getByTestId('roster-file').setInputFiles(writeSheet(file, rows))
    const head = ['单位', '姓名', '身份', '手机', '备注']
    const right = [
      ['明朗村', '合成一一', '志愿者', '13900000001', ''],
      ['德党镇明信坝村', '合成二二', '', '', ''],
      ['忙岗村民委员会', '演示·村甲', '志愿者', '', ''],
      ['忙海村', '演示·村乙', '志愿者', '', ''],
      ['牛火塘村', '', '志愿者', '', ''],
    ]
    await choose([
      head,
      ...right,
      ['没有的村', '合成三三', '志愿者', '', ''],
      ['忙海村', '合成四四', '村长', '139', ''],
    ])
    await desk.page.getByText('有 2 处要改').waitFor()
    const faults = (await desk.page.getByTestId('faults').locator('li').allInnerTexts()).join('\n')
    expect(faults).toContain('表“人员”第 7 行 A7 格：没有叫“没有的村”的单位')
    expect(faults).toContain('第 8 行 C8 格：没有“村长”这种身份')
    expect(await desk.page.getByTestId('import').count(), 'nothing to press while there are faults').toBe(0)
    await sound(desk, 'import-faults', undefined, true)

    await choose([head, ...right])
    await desk.page.getByTestId('import').waitFor()
    const counts = await desk.page.getByTestId('counts').innerText()
    expect(counts).toContain('新开账号 3 人')
    expect(counts).toContain('已有账号 1 人')
    expect(counts).toContain('1 人和别处的人同名')
    expect(counts).toContain('没有填姓名的 1 行')
    await desk.page.getByText('没有用的列：备注').waitFor()
    await sound(desk, 'import-plan', undefined, true)
    await desk.page.getByTestId('import').click()
    await desk.page.getByRole('heading', { name: '已开 3 个账号' }).waitFor()
    await desk.page.getByTestId('invite').click()
    await desk.page.getByTestId('sheet').nth(2).waitFor()
    const sheet = await manager.sheet('合成一一')
    expect(sheet.login).toBe('13900000001')
    expect((await manager.sheet('合成二二')).login).toMatch(/^23101\d{5}$/)
    await desk.page.emulateMedia({ media: 'print' })
    await desk.shot('codes-print-desk')
    expect(await desk.page.getByTestId('print').isVisible()).toBe(false)
    expect(await desk.page.getByRole('navigation').first().isVisible()).toBe(false)
    await desk.page.emulateMedia({ media: null })

    const phone = await stage.phone()
    await phone.goto(`/enrol${new URL(sheet.link).hash}`)
    await phone.page.getByLabel('设一个密码').fill('wo-de-mima')
    await phone.page.getByRole('button', { name: '开通这部手机' }).click()
    await phone.page.locator('a[data-form]').first().waitFor()
    await new Volunteer(phone.page).waiting(0)

    // Leaving forgets the codes: nobody who comes to this screen later has them.
    await manager.people()
    await desk.goto('/people/codes')
    await desk.page.getByText('开通码只显示一次').waitFor()
    await desk.goto('/people')
    await desk.page.getByText('还没开通的', { exact: true }).click()
    await desk.page.getByRole('link', { name: '合成二二' }).waitFor()
    expect(await desk.page.getByRole('link', { name: '合成一一' }).count()).toBe(0)
    await desk.page.getByText('没有账号的', { exact: true }).click()
    await desk.page.getByRole('heading', { name: '牛火塘村民委员会' }).waitFor()
    expect(await desk.page.getByRole('heading', { name: '明朗村民委员会' }).count()).toBe(0)
  },
)
