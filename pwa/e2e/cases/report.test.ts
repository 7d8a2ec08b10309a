import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { makeDocx, wordsOf } from '../docx'
import { sound } from '../look'
import { unharmed } from '../office'
import { Keyboard } from '../pages/keyboard'
import { Reporter } from '../pages/reporter'
import { Pen } from '../pen'
import { DESK, PHONE } from '../phone'
import { binary, PASSWORD, VILLAGE } from '../server'
import { served, story } from '../story'
import { makeXlsx } from '../xlsx'

const server = served({ entries: 150 })
const today = new Date()
const month = `${today.getFullYear()}-${String(today.getMonth() + 1).padStart(2, '0')}`
const fair = {
  part: 'organised',
  kind: 'job_fair',
  title: '春风行动招聘会',
  sessions: 1,
  present: 120,
  women: 80,
  mode: 'on_site',
  scale: 'ordinary',
  text: '帮村里十二名妇女在镇上找到了工作。',
  occurred_on: `${month}-01`,
}
const FAIRS = 'activity_sessions/kind=job_fair'
const SERVED = 'audience/kind=job_fair'

story(
  'a clerk writes the city’s report, opens a figure down to its entry, signs it off, and sees later what has changed (Q3 Q6 Q7)',
  () => server,
  async (stage) => {
    const [village, town] = [await Pen.of(server, 'cun1'), await Pen.of(server, 'zhen1')]
    const made = await village.entries(VILLAGE, 'activity', [fair, { ...fair, kind: 'contest', title: '广场舞比赛' }])
    const approved = await town.approve(made)

    // Its reviewer marks one as a typical case, and sends what is lacking.
    const near = await stage.phone(DESK)
    const reviewer = new Reporter(near.page)
    await reviewer.login('zhen1')
    await near.goto(`/entry/${approved[1]!.entity}`)
    await near.page.getByTestId('case-mark').click()
    expect(await near.page.getByTestId('case-text').inputValue()).toContain('十二名妇女')
    await near.page.getByTestId('case-save').click()
    await near.page.getByText('这一条已选作典型案例').waitFor()
    await reviewer.list('亮点和不足')
    await near.page.getByTestId('send-note').click()
    await near.page.getByText('请写内容').waitFor()
    await near.page.getByText('不足', { exact: true }).last().click()
    await near.page.getByTestId('note-text').fill('山高路远，培训送不到组。')
    await near.page.getByTestId('send-note').click()
    await near.page.getByTestId('notes').getByText('山高路远').waitFor()
    await sound(near, 'report-notes', ['normal', 'large'], true)

    const desk = await stage.phone(DESK)
    const { page } = desk
    const hand = new Keyboard(page)
    const clerk = new Reporter(page)
    await hand.login('shi1', PASSWORD)
    await hand.to(page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '工作报告' }))
    await hand.press('Enter')
    await page.getByTestId('make-report').waitFor()

    // A time that has not come: said where it was chosen, and nothing is made.
    await page.getByRole('button', { name: '全年', exact: true }).click()
    await page.getByTestId('year').selectOption(String(today.getFullYear() + 1))
    await page.getByTestId('make-report').click()
    await page.getByTestId('span').getByText('报告的时间还没有到').waitFor()
    await page.getByRole('button', { name: '几个月', exact: true }).click()
    await page.getByTestId('year').selectOption(String(today.getFullYear()))
    await page.getByTestId('first').selectOption('12')
    await page.getByTestId('last').selectOption('1')
    await page.getByTestId('make-report').click()
    await page.getByTestId('span').getByText('结束要在开始以后').waitFor()
    await page.getByTestId('first').selectOption('1')
    await page.getByTestId('last').selectOption(String(today.getMonth() + 1))
    await hand.to(page.getByTestId('make-report'))
    await hand.press('Enter')
    await page.getByTestId('report').waitFor()

    // A figure opens to what it counts, how many, and its entries.
    expect(await clerk.figure(FAIRS).innerText()).toBe('1场')
    const dialog = await clerk.open(FAIRS)
    expect(await dialog.getByTestId('exact').innerText()).toBe('1 场')
    expect(await dialog.getByTestId('definition').innerText()).not.toBe('')
    await dialog.getByTestId('below').getByText('永德县').waitFor()
    await sound(desk, 'report-figure', ['normal', 'large'], true)
    await dialog.getByTestId('entries').click()
    await page.locator('ul.rows').getByText('春风行动招聘会').click()
    await page.getByRole('heading', { level: 1, name: /活动/ }).waitFor()
    await page.getByRole('button', { name: '返回' }).click()
    await page.locator('ul.rows').waitFor()
    await page.getByRole('button', { name: '返回' }).click()
    await page.getByRole('dialog').getByTestId('exact').waitFor()
    await clerk.close()

    // Another number in the place of one: with its reason, and marked wherever it stands.
    const instead = await clerk.open(SERVED)
    await instead.getByTestId('override').click()
    await instead.getByText('请填一个数').waitFor()
    await instead.getByText('请写明原因', { exact: true }).waitFor()
    await instead.getByTestId('instead').locator('input').fill('130')
    await instead.getByTestId('reason').fill('签到本上还有十人')
    await instead.getByTestId('override').click()
    await instead.getByTestId('overridden').getByText('签到本上还有十人').waitFor()
    await page.waitForFunction(() => {
      const at = document.querySelector('[data-test="overridden"]')!.getBoundingClientRect()
      return at.top >= 0 && at.bottom <= innerHeight
    })
    await clerk.close()
    await page
      .locator('.sentence')
      .getByText('130人次')
      .locator('xpath=following-sibling::sup[1]')
      .getByText('〔改〕')
      .waitFor()
    await page.getByTestId('overrides').getByText('120 人次').waitFor()

    // Words: a mark that names nothing is pointed out; what is typed survives that the page is closed.
    await clerk.mode('修改')
    const sentence = page.getByTestId('sentence').filter({ hasText: '招聘会' }).first()
    await sentence.getByTestId('change').click()
    const words = page.getByTestId('words')
    const was = await words.inputValue()
    expect(was).toContain('{{活动场次（招聘会）}}')
    await words.fill(`${was}办到家门口{{没有的数}}。`)
    await page.getByTestId('unsaved').getByText('改了 1 处').waitFor()
    await page.getByTestId('save').click()
    await page.getByText('没有叫 {{没有的数}} 的数').waitFor()
    await words.fill(`${was}招聘会办到了家门口。`)
    await page.getByTestId('sent-notes').locator('summary').click()
    await page.getByTestId('sent-notes').getByRole('button', { name: '加到报告里' }).click()
    await page.getByTestId('unsaved').getByText('改了 2 处').waitFor()
    await page.waitForTimeout(400)
    await page.reload()
    await page.getByTestId('unsaved').getByText('改了 2 处').waitFor()
    await page.getByTestId('cases').first().locator('summary').click()
    await page.getByTestId('cases').getByText('十二名妇女').first().waitFor()
    await sound(desk, 'report-write', ['normal', 'large'], true)
    await page.getByTestId('save').click()
    await page.getByText('已存成第 3 版').waitFor()
    await clerk.mode('阅读')
    await page.locator('.sentence').getByText('招聘会办到了家门口').waitFor()
    await page.locator('.sentence').getByText('山高路远').waitFor()
    await sound(desk, 'report-draft', ['normal', 'large'], true)

    // What each version changed, and the way back.
    await page.getByTestId('show-versions').click()
    await page.getByTestId('versions').getByRole('button', { name: '看改了什么' }).first().click()
    await page.getByTestId('changes').getByText('招聘会办到了家门口').first().waitFor()
    await page.getByTestId('versions').getByRole('button', { name: '回到这一版' }).last().click()
    await page.getByTestId('back-sure').click()
    await page.getByText('已回到第 1 版的样子').waitFor()
    expect(await clerk.figure(SERVED).innerText()).toBe('120人次')
    // By its name: where it stands changes when the list has heard of the version that has just been made.
    const third = page.getByTestId('versions').getByRole('listitem').filter({ hasText: '第 3 版' }).first()
    await third.getByRole('button', { name: '回到这一版' }).click()
    await page.getByTestId('back-sure').click()
    await page.getByText('已回到第 3 版的样子').waitFor()
    expect(await clerk.figure(SERVED).innerText()).toBe('130人次')

    // Signed off by the keyboard, after it was said what that means.
    await page.reload()
    await page.getByTestId('report').waitFor()
    await hand.to(page.getByTestId('sign'))
    await hand.press('Enter')
    await page.getByTestId('means').getByText('签到本上还有十人').waitFor()
    await sound(desk, 'report-sign')
    await hand.to(page.getByTestId('sign-sure'))
    await hand.press('Enter')
    await page.getByTestId('signed').getByText('演示·市甲').waitFor()
    expect(await page.getByTestId('sign').count()).toBe(0)

    // Three files, and a Word file of her own.
    const docx = await clerk.download('docx')
    expect(docx.subarray(0, 4).toString('latin1')).toBe('PK\x03\x04')
    expect(wordsOf(docx)).toContain('130人次〔改〕')
    expect(wordsOf(docx)).toContain('签到本上还有十人')
    expect((await clerk.download('pdf')).subarray(0, 5).toString('latin1')).toBe('%PDF-')
    expect((await clerk.download('xlsx')).subarray(0, 4).toString('latin1')).toBe('PK\x03\x04')
    const template = page.getByTestId('fill-file')
    const kind = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
    const give = (buffer: Buffer) => template.setInputFiles({ name: '模板.docx', mimeType: kind, buffer })
    await give(docx.subarray(0, 900))
    await page.getByTestId('fill-faults').waitFor()
    // What may be two figures is not guessed: it is told by the place of its mark, with the names that it may have meant.
    await give(makeDocx(['招聘会来了{{人次（招聘会）}}人次。']))
    await page.getByTestId('fill-faults').getByText('“招聘会来了{{人次（招聘会）}}人次。”这一段').waitFor()
    await page.getByTestId('fill-faults').getByText('“受众人次（招聘会）”').waitFor()
    await page.getByTestId('fill-names').locator('summary').click()
    await page.getByTestId('fill-find').locator('input').fill('受众')
    await page.getByTestId('fill-names').getByText('受众人次', { exact: true }).waitFor()
    await sound(desk, 'report-fill')
    const [filled] = await Promise.all([
      page.waitForEvent('download'),
      // As she says it: 场次 for 活动场次.
      give(makeDocx(['今年办招聘会{{场次（招聘会）}}场。'])),
    ])
    const written = readFileSync(await filled.path())
    expect(wordsOf(written)).toContain('今年办招聘会1场')
    unharmed('docx', written)

    // On paper there is nothing to press.
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByTestId('docx').isVisible()).toBe(false)
    expect(await page.getByTestId('report').isVisible()).toBe(true)
    await desk.shot('report-print')
    await page.emulateMedia({ media: null })

    // Afterwards the township voids the entry: the report stays, and says what has changed, by whom and why.
    await town.write([
      {
        entity: approved[0]!.entity,
        type: 'entry',
        kind: 'transition',
        event: 'void',
        trunk: approved[0]!.version,
        reason: { text: '同一场记了两遍' },
      },
    ])
    await page.getByTestId('changes-way').click()
    await clerk.restate()
    await page.getByTestId('holds').getByText('完全一样').waitFor()
    const shift = page.getByTestId('shifts').getByRole('row').filter({ hasText: '活动场次（招聘会）' }).first()
    expect(await shift.locator('td').allInnerTexts()).toEqual(['1场', '0场'])
    // What was put in by hand was never the counted number: it is told as what it is.
    await page.getByTestId('instead-of').getByText('报告里写 130 人次〔改〕，当时按记录算是 120 人次').waitFor()
    await page.getByTestId('shifts').getByText('（报告里写130人次〔改〕）').waitFor()
    const moved = page.getByTestId('moved').getByRole('link').first()
    expect(await moved.innerText()).toMatch(/演示·镇甲.*作废，原因：同一场记了两遍/)
    await sound(desk, 'report-restated', ['normal', 'large'], true)
    await page.getByRole('button', { name: '返回' }).click()
    expect(await clerk.figure(FAIRS).innerText()).toBe('1场')

    // Who audits reads it on a phone: numbers, and nothing behind them.
    const small = await stage.phone(PHONE)
    const auditor = new Reporter(small.page)
    await auditor.login('jiandu')
    await auditor.list()
    await sound(small, 'report-list')
    await small.page.getByTestId('reports').getByRole('link').first().click()
    await small.page.getByTestId('report').waitFor()
    expect(await small.page.getByTestId('sign').count()).toBe(0)
    const seen = await auditor.open(FAIRS)
    expect(await seen.getByTestId('entries').count()).toBe(0)
    await auditor.close()
    await sound(small, 'report-phone')
  },
)

story(
  'a township takes its figures of the year before from a spreadsheet, and they stand beside this year’s, marked',
  () => server,
  async (stage) => {
    const desk = await stage.phone(DESK)
    const { page } = desk
    const clerk = new Reporter(page)
    await clerk.login('zhen1')
    await clerk.list('往年填报数')
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('past-template').click()])
    expect(
      readFileSync(await file.path())
        .subarray(0, 2)
        .toString('latin1'),
    ).toBe('PK')
    const give = (rows: string[][]) =>
      page.getByTestId('past-file').setInputFiles({ name: '往年.xlsx', mimeType: '', buffer: makeXlsx(rows) })
    await give([
      ['指标', '数值'],
      ['走访户次', '很多'],
      ['跳舞次数', '3'],
    ])
    const faults = page.getByTestId('past-faults')
    await faults.waitFor()
    expect((await faults.innerText()).replace(/\s+/g, ' ')).toMatch(/有 2 处要改.*B2.*A3/)
    await sound(desk, 'report-past', ['normal', 'large'], true)
    await give([
      ['指标', '数值'],
      ['走访户次', '400'],
    ])
    await page.getByTestId('past-done').getByText('已存下 1 个数').waitFor()
    await clerk.list('报告')
    await page.getByTestId('make-report').click()
    await page.getByTestId('report').waitFor()
    // A sentence about nothing is not read; where it is written it is told why it stands there.
    await clerk.mode('修改')
    const nought = page
      .getByTestId('sentence')
      .filter({ has: page.getByTestId('nought') })
      .first()
    const stands = await nought.locator('.reads').innerText()
    expect(stands).toMatch(/(?<![\d.])0\D/)
    await sound(desk, 'report-nought', ['normal'], true)
    await clerk.mode('阅读')
    expect(await page.getByTestId('report').innerText()).not.toContain(stands)
    const dialog = await clerk.open('visits')
    await dialog.getByText('400 户次').waitFor()
    await dialog.getByText('是往年填报数').waitFor()
    await clerk.close()
    await page.getByTestId('drop').click()
    await page.getByTestId('drop-sure').click()
    await page.getByText('草稿已删除').waitFor()
  },
)

story(
  'two clerks save one report at once: the second is told, loses nothing, and takes over what the first has changed',
  () => server,
  async (stage) => {
    await promisify(execFile)(binary, [
      'accounts',
      'seats',
      'shi2',
      '--seat',
      'manager@530900000000',
      '--data',
      server.data,
    ])
    const [first, second] = [await stage.phone(DESK), await stage.phone(DESK)]
    const [a, b] = [new Reporter(first.page), new Reporter(second.page)]
    await a.login('shi1')
    await b.login('shi2')
    await a.make()
    await second.page.goto(first.page.url())
    await second.page.getByTestId('report').waitFor()

    /** Writes behind what stands in the nth paragraph that can be changed. */
    const write = async (who: Reporter, nth: number, words: string) => {
      await who.page.getByTestId('sentence').nth(nth).getByTestId('change').click()
      const area = who.page.getByTestId('words')
      await area.fill(`${await area.inputValue()}${words}`)
      await who.page.getByTestId('close').click()
    }
    await a.mode('修改')
    await b.mode('修改')
    await write(a, 0, '这一句是甲写的。')
    await write(a, 1, '这一段甲也改了。')
    await write(b, 1, '这一段乙也改了。')
    await write(b, 2, '这一句是乙写的。')
    await first.page.getByTestId('save').click()
    await first.page.getByText('已存成第 2 版').waitFor()

    await second.page.getByTestId('save').click()
    const clash = second.page.getByTestId('clash')
    await clash.getByText('别人刚刚存了新的一版（第 2 版）').waitFor()
    // Closing the page loses nothing of it either.
    await second.page.waitForTimeout(400)
    await second.page.reload()
    await clash.waitFor()
    await second.page.getByTestId('write').getByText('这一句是乙写的。').waitFor()
    await sound(second, 'report-clash', ['normal', 'large'], true)
    await clash.getByTestId('take').click()

    // What the first alone has changed is there; of what both have changed hers stands, and the other's is shown.
    const taken = second.page.getByTestId('taken')
    await taken.getByText('那边的改动已经收进来').waitFor()
    const words = second.page.getByTestId('write')
    await words.getByText('这一句是甲写的。').waitFor()
    await words.getByText('这一段乙也改了。').waitFor()
    await words.getByText('这一句是乙写的。').waitFor()
    expect(await taken.getByTestId('both').count()).toBe(1)
    await taken.getByTestId('both').getByText('这一段甲也改了。').waitFor()
    // What is not decided on is asked after the page was closed, too.
    await second.page.waitForTimeout(400)
    await second.page.reload()
    await words.getByText('这一句是甲写的。').waitFor()
    await taken.getByTestId('both').getByText('这一段甲也改了。').waitFor()
    await sound(second, 'report-taken', ['normal', 'large'], true)
    await taken.getByTestId('use-theirs').click()
    await words.getByText('这一段甲也改了。').waitFor()
    expect(await taken.getByTestId('both').count()).toBe(0)
    await second.page.getByTestId('unsaved').getByText('改了 1 处').waitFor()
    await second.page.getByTestId('save').click()
    await second.page.getByText('已存成第 3 版').waitFor()
    await b.mode('阅读')
    for (const each of ['这一句是甲写的。', '这一段甲也改了。', '这一句是乙写的。'])
      await second.page.getByTestId('report').getByText(each).waitFor()

    // A number that the first puts in meanwhile is in the second's version too, and her saving takes nothing of it away.
    await first.page.reload()
    await first.page.getByTestId('report').getByText('这一句是乙写的。').waitFor()
    const dialog = await a.open('visits')
    await dialog.getByTestId('instead').locator('input').fill('77')
    await dialog.getByTestId('reason').fill('台账上另有')
    await dialog.getByTestId('override').click()
    await dialog.getByTestId('overridden').waitFor()
    await a.close()
    await b.mode('修改')
    await write(b, 0, '乙又写一句。')
    await second.page.getByTestId('save').click()
    await clash.getByTestId('take').click()
    await taken.waitFor()
    expect(await taken.getByTestId('both').count()).toBe(0)
    await second.page.getByTestId('save').click()
    await second.page.getByText('已存成第 5 版').waitFor()
    await b.mode('阅读')
    await second.page.getByTestId('report').getByText('乙又写一句。').waitFor()
    expect(await b.figure('visits').innerText()).toBe('77户次')

    // A report that the first has signed off is said to be so.
    await b.mode('修改')
    await write(b, 0, '签发以后写的。')
    await first.page.reload()
    await first.page.getByTestId('sign').click()
    await first.page.getByTestId('sign-sure').click()
    await first.page.getByTestId('signed').waitFor()
    await second.page.getByTestId('save').click()
    await second.page.getByTestId('problem').waitFor()
    await second.page.getByTestId('signed').waitFor()
  },
)

story(
  'figures are renewed from what was approved since; words and a number put in by hand stay, and the keyboard walks by headings',
  () => server,
  async (stage) => {
    const [village, town] = [await Pen.of(server, 'cun1'), await Pen.of(server, 'zhen1')]
    const desk = await stage.phone(DESK)
    const { page } = desk
    const clerk = new Reporter(page)
    const hand = new Keyboard(page)
    await clerk.login('zhen1')
    await clerk.make()
    const number = async (id: string) => Number(/\d+/.exec(await clerk.figure(id).innerText())?.[0])
    const before = await number('visits')

    const instead = await clerk.open('households_visited')
    await instead.getByTestId('instead').locator('input').fill('66')
    await instead.getByTestId('reason').fill('按户口册核过')
    await instead.getByTestId('override').click()
    await instead.getByTestId('overridden').waitFor()
    await clerk.close()
    await clerk.mode('修改')
    const sentence = page.getByTestId('sentence').filter({ hasText: '入户走访' }).first()
    await sentence.getByTestId('change').click()
    await page.getByTestId('words').fill(`${await page.getByTestId('words').inputValue()}门门都进。`)
    await page.getByTestId('save').click()
    await page.getByText('已存成第 3 版').waitFor()
    await clerk.mode('阅读')

    const [home] = await village.households(VILLAGE, ['更新户'])
    const visit = { household: home, purposes: ['policy'], met: 'met', occurred_on: `${month}-01` }
    await town.approve(await village.entries(VILLAGE, 'home_visit', [visit, { ...visit, purposes: ['condolence'] }]))
    await page.reload()
    await page.getByTestId('report').waitFor()
    // A report that was made stays what it was until its figures are renewed.
    expect(await number('visits')).toBe(before)
    await page.getByTestId('renew').click()
    await page.getByRole('dialog').getByText('文字和手工改写的数不变').waitFor()
    await page.getByTestId('renew-sure').click()
    await page.getByText('数字已更新，是第 4 版').waitFor()
    expect(await number('visits')).toBe(before + 2)
    expect(await clerk.figure('households_visited').innerText()).toContain('66')
    await page.getByTestId('report').getByText('门门都进。').waitFor()
    await page.getByTestId('overrides').getByText('按户口册核过').waitFor()

    // What is typed and not saved goes into the version before, and is not lost by the renewal.
    await clerk.mode('修改')
    await sentence.getByTestId('change').click()
    await page.getByTestId('words').fill(`${await page.getByTestId('words').inputValue()}户户都记。`)
    await page.getByTestId('renew').click()
    await page.getByTestId('renew-sure').click()
    await page.getByText('数字已更新，是第 6 版').waitFor()
    await page.getByTestId('write').getByText('门门都进。户户都记。').waitFor()
    await clerk.mode('阅读')

    // Past two hundred figures: to a heading, from there to the next, and to what follows the report.
    await page.reload()
    await page.getByTestId('report').waitFor()
    const jumps = page.getByTestId('jumps').getByRole('button')
    await hand.to(jumps.filter({ hasText: '维护合法权益' }))
    await hand.press('Enter')
    const at = () => page.evaluate(() => document.activeElement?.textContent?.trim())
    expect(await at()).toBe('维护合法权益，建设平安家庭')
    await hand.press('Tab')
    expect(await at()).toBe('跳过“维护合法权益，建设平安家庭”')
    await desk.shot('report-skip')
    await hand.press('Enter')
    expect(await at()).not.toBe('维护合法权益，建设平安家庭')
    let steps = 0
    for (; steps < 30 && (await page.evaluate(() => document.activeElement?.id)) !== 'report-end'; steps++) {
      await hand.press('Tab')
      await hand.press('Enter')
    }
    expect(steps).toBeLessThan(10)
    await hand.press('Tab')
    expect(await page.evaluate(() => !!document.activeElement?.closest('[data-test="report"]'))).toBe(false)

    // While it is written a part without anything says that it leaves, and its place is jumped to, too.
    await clerk.mode('修改')
    const next = page.locator('#report-next')
    await next.getByTestId('change').click()
    await next.getByTestId('drop-sentence').click()
    await page.getByTestId('part-empty').getByText('不会出现这个标题').waitFor()
    await hand.to(jumps.filter({ hasText: '下一年重点工作' }))
    await hand.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('report-next')
    await sound(desk, 'report-jumps', ['normal', 'large'], true)
    await page.getByTestId('drop').click()
    await page.getByTestId('drop-sure').click()
    await page.getByText('草稿已删除').waitFor()
  },
)

story(
  'without a network nothing typed is lost and she is told where she looks; a report that is not hers to read says so',
  () => server,
  async (stage) => {
    const desk = await stage.phone(DESK)
    const { page } = desk
    const clerk = new Reporter(page)
    await clerk.login('zhen1')
    await clerk.make()
    await desk.installed()
    const at = page.url()
    await clerk.mode('修改')
    await page.getByTestId('sentence').nth(2).getByTestId('change').click()
    await page.getByTestId('words').fill(`${await page.getByTestId('words').inputValue()}断网也写。`)
    await page.waitForTimeout(400)
    await desk.offline(true)
    await page.getByTestId('save').click()
    const why = page.getByTestId('unsaved-why')
    await why.getByText('没有网络，还没存上').waitFor()
    await sound(desk, 'report-offline', ['normal', 'large'], true)
    await page.reload()
    await page.getByTestId('kept').getByText('还在这台设备上').waitFor()
    await desk.offline(false)
    await page.getByRole('button', { name: '再试一次' }).click()
    await page.getByTestId('write').getByText('断网也写。').waitFor()
    await page.getByTestId('save').click()
    await page.getByText('已存成第 2 版').waitFor()

    // Who has its address and may not read drafts, and anybody once it is deleted.
    const other = await stage.phone(DESK)
    await new Reporter(other.page).login('jiandu')
    await other.page.goto(at)
    await other.page.getByText('没有这份报告').waitFor()
    await sound(other, 'report-gone')
    await other.page.getByRole('link', { name: '看全部报告' }).click()
    await other.page.getByRole('heading', { level: 1, name: '工作报告' }).waitFor()
    await page.getByTestId('drop').click()
    await page.getByTestId('drop-sure').click()
    await page.getByText('草稿已删除').waitFor()
    await page.goto(at)
    await page.getByText('没有这份报告').waitFor()
  },
)
