import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { sound } from '../look'
import { unharmed } from '../office'
import { DESK, type Phone } from '../phone'
import { VILLAGE } from '../server'
import { served, story } from '../story'
import { Volunteer } from '../pages/volunteer'
import { makeXlsx, readSheets } from '../xlsx'

const server = served()

const headings = ['组', '户主', '住址', '联系电话', '姓名', '性别', '身份证号', '与户主关系']
const list = [
  headings,
  ['1', '甄小明', '12号', '13800000001', '甄小明', '男', '530923198503021219', '户主'],
  ['', '', '', '', '甄小红', '女', '', '女儿'],
  ['2', '欧阳合成', '3号', '', '欧阳合成', '女', '', '户主'],
]

async function choose(phone: Phone, rows: string[][], name = '花名册.xlsx') {
  await phone.page
    .getByTestId('register-file')
    .first()
    .setInputFiles({
      name,
      mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      buffer: makeXlsx(rows),
    })
}

async function download(phone: Phone, button: string): Promise<{ name: string; sheets: string[][][] }> {
  const [got] = await Promise.all([phone.page.waitForEvent('download'), phone.page.getByTestId(button).click()])
  const body = readFileSync(await got.path())
  unharmed('xlsx', body)
  return { name: got.suggestedFilename(), sheets: [...readSheets(body).values()] }
}

const all = ['normal', 'large', 'huge'] as const
/** The screen in all sizes of text; what comes of a file stands in either width. */
const look = (phone: Phone, name: string) =>
  sound(phone, `register-${name}`, all, /^(faults|preview|doubts|changes)-phone/.test(name))

story(
  'a register with errors, corrected, imported, found offline by pinyin, taken away and read back',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    await phone.installed()
    const page = phone.page
    await phone.goto('/households')
    await page.getByTestId('register-table').click()
    await page.getByText('选一个 xlsx 表格').waitFor()
    await look(phone, 'begin-phone')
    const template = await download(phone, 'register-template')
    expect(template.name).toMatch(/登记册模板\.xlsx$/)
    expect(template.sheets[1]!.flat()).toContain('性别')

    // Wrong: another kind of file, then cells.
    await page
      .getByTestId('register-file')
      .setInputFiles({ name: '户.csv', mimeType: 'text/csv', buffer: Buffer.from('户主,住址') })
    await page.getByText('这是文字文件，不是 Excel 表格').waitFor()
    const bad = list.map((row) => [...row])
    bad[2]![5] = '中'
    bad[3]![3] = '不知道'
    bad.push(['', '', '', '', '甄小红', '女', '', '女儿'])
    bad.push(['3', '', '', '', '赵合成', '', '123', '户主'])
    await choose(phone, bad)
    await page.getByText('有 3 处要改').waitFor()
    const faults = await page.getByTestId('register-faults').innerText()
    expect(faults).toContain('表“花名册” 第 3 行 F3 格')
    expect(faults).toContain('“性别”里没有“中”这一项')
    expect(faults).toContain('D4 格')
    expect(faults).toContain('G6 格')
    await look(phone, 'faults-phone')
    const [csv] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: '下载要改的清单' }).click(),
    ])
    expect(readFileSync(await csv.path(), 'utf8')).toContain('"花名册","4","D4"')
    expect(await page.getByTestId('register-take').count()).toBe(0)

    // Corrected.
    await choose(phone, list)
    await page.getByText('导入：新增 5 个，改 0 个').waitFor()
    await expect.poll(() => page.getByTestId('register-plan').innerText()).toContain('身份证号没有保存')
    await look(phone, 'preview-phone')
    await page.getByTestId('register-take').click()
    await page.getByText('新增 2 户、3 人，改动 0 个。').waitFor()
    await phone.shot('register-done-phone-normal')
    await page.getByRole('link', { name: '看住户' }).click()
    await page.getByText('欧阳合成').waitFor()

    // Found without a network, after the app was closed.
    await phone.offline(true)
    await page.reload()
    await page.getByRole('searchbox').fill('zxm')
    await page.getByText('甄小明').first().click()
    await page.getByText('13800000001').waitFor()
    await page.getByText('甄小红').waitFor()
    await page.goto(server.url + '/households/table')
    await page.getByText('现在没有网络').waitFor()
    await expect.poll(() => page.getByTestId('register-export').isDisabled()).toBe(true)
    await look(phone, 'offline-phone')
    await phone.offline(false)

    // The same file again doubles nothing; another file changes one value and has one doubt.
    await choose(phone, list)
    await page.getByText('表格和登记册一样，不用导入。').waitFor()
    await page.getByRole('button', { name: '取消' }).click()
    await choose(phone, [
      ['户主', '住址', '电话'],
      ['甄小明', '1组12号', '13900000009'],
      ['欧阳和成', '2组3号', '13700000007'],
      ['甄小明', '8组', ''],
    ])
    await page.getByText('这 2 个可能已经登记过').waitFor()
    await look(phone, 'doubts-phone')
    await expect.poll(() => page.getByTestId('register-next').isDisabled()).toBe(true)
    await page
      .getByRole('group', { name: /欧阳和成/ })
      .getByText('就是：欧阳合成')
      .click()
    await page
      .getByRole('group', { name: /甄小明/ })
      .getByText('是新的一户')
      .click()
    await page.getByTestId('register-next').click()
    await page.getByText('2 个和登记册不一样').waitFor()
    await page.getByLabel(/现在：13800000001/).check()
    await look(phone, 'changes-phone')
    await page.getByText('导入：新增 1 个，改 2 个').click()
    await page.getByText('新增 1 户、0 人，改动 2 个。').waitFor()

    // The township's reviewer takes it away at her desk.
    const desk = await stage.phone(DESK)
    await new Volunteer(desk.page).login('zhen1')
    await desk.page.getByText('全部已送达').first().waitFor()
    await desk.goto('/account')
    await desk.page.getByRole('link', { name: '表格导入和导出' }).click()
    await desk.page.getByLabel('哪个单位').selectOption(VILLAGE)
    await look(desk, 'begin-desk')
    const out = await download(desk, 'register-export')
    expect(out.name).toMatch(/登记册\.xlsx$/)
    const [houses, people] = out.sheets
    const rows = houses!.slice(2).map((row) => row.slice(0, 3).join(' '))
    expect(rows.sort()).toEqual(['欧阳合成 2组3号 13700000007', '甄小明 1组12号 13900000009', '甄小明 8组 '].sort())
    expect(
      people!
        .slice(2)
        .map((row) => row[2]!)
        .sort(),
    ).toEqual(['欧阳合成', '甄小明', '甄小红'].sort())
    const born = people!.find((row) => row[2] === '甄小明' && row[4])
    expect(born?.[4]).toBe('1985')
    expect(JSON.stringify(out.sheets)).not.toContain('530923198503021219')

    // Edited by another hand and read back: one value differs, nothing is new.
    const sheet = people!.slice(1)
    sheet.find((row) => row[2] === '甄小红')![4] = '2011'
    await choose(desk, sheet)
    await desk.page.getByText('1 个和登记册不一样').waitFor()
    await desk.page.getByText('现在：空').waitFor()
    await look(desk, 'changes-desk')
    await desk.page.getByText('导入：新增 0 个，改 1 个').click()
    await desk.page.getByText('新增 0 户、0 人，改动 1 个。').waitFor()
    await desk.page.getByRole('button', { name: '再导入一个' }).click()
    await choose(desk, bad)
    await desk.page.getByText(/处要改/).waitFor()
    await look(desk, 'faults-desk')
    await phone.page.evaluate(() => localStorage.setItem('niangjia.language', 'en'))
    await phone.goto('/households/table')
    await choose(phone, bad)
    await page.getByText('3 to correct').waitFor()
    await look(phone, 'faults-english')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await choose(phone, [
      headings,
      ...list.slice(1).map((row) => row.map((text, at) => (at === 3 ? '13500000005' : text))),
    ])
    await page.getByText('Tick all').waitFor()
    await look(phone, 'changes-english')
    await phone.page.evaluate(() => localStorage.setItem('niangjia.language', 'zh'))
    await phone.goto('/households')
    await phone.syncNow()
    await her.waiting(0)
  },
)
