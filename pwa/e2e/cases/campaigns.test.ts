import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { sound } from '../look'
import { Campaigner } from '../pages/campaigner'
import { Reviewer } from '../pages/reviewer'
import { DESK } from '../phone'
import { served, story } from '../story'
import { makeXlsx, readSheets } from '../xlsx'

const server = served()
const year = new Date().getFullYear()
const TOWN = '530923101000'
const title = '两癌政策宣传到户'

story(
  'a city starts a campaign in a few minutes, the county sees how far it has come, and what was asked is mended (S29 S30 T18)',
  () => server,
  async (stage) => {
    const desk = await stage.phone(DESK)
    const { page } = desk
    const city = new Campaigner(page)
    await city.login('shi1')
    await city.list()
    await city.begin(title)
    await city.countForm('入户走访', '户数（一户只算一次）', '做了什么', '政策宣传')
    await page.getByTestId('preview').getByText('临沧市 0 户').waitFor()

    // Everything that is wrong is said at once, in words, each at its place.
    await city.days('自己选', `${year}-06-10`, `${year}-06-01`)
    await city.targetsFrom(
      makeXlsx([
        ['代码', '单位', '目标'],
        [TOWN, '', '许多'],
        ['530100000000', '', '5'],
      ]),
    )
    const faults = page.getByTestId('target-faults')
    await faults.waitFor()
    expect((await faults.innerText()).replace(/\s+/g, ' ')).toMatch(/表里有 2 处要改.*C2.*A3/)
    const wrong = await city.refused('截止日期要在开始日期当天或以后')
    expect(wrong).toHaveLength(2) // and no target
    await sound(desk, 'campaign-wrong', ['normal', 'large'], true)

    await city.days('自己选', `${year}-01-01`, `${year}-12-30`)
    await page
      .getByTestId('whole-months')
      .getByRole('button', { name: `改成整月：${year}年1月1日到${year}年12月31日` })
      .click()
    await page.getByTestId('span').getByText('今年', { exact: true }).locator('..').locator('input:checked').waitFor()

    // A condition that asks for what is not there, written by hand.
    await page.getByText('自己写条件（CEL）').first().click()
    await page.getByTestId('where').fill("dance == 'tango'")
    await city.refused('dance')
    await page.getByTestId('where').fill("'policy' in purposes")
    await page.getByTestId('condition').waitFor()

    // A table with each township's row comes down, is filled in, and goes up.
    await page.getByTestId('targets').getByText('乡镇', { exact: true }).click()
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('targets-template').click()])
    const [head, ...rows] = [...readSheets(readFileSync(await file.path())).values()][0]!
    expect(head).toEqual(['代码', '单位', '户数', '目标'])
    await city.targetsFrom(makeXlsx([head!, ...rows.map((row) => [...row.slice(0, 3), row[0] === TOWN ? '3' : '2'])]))
    await page.getByText(`${rows.length} 个单位填好了`).waitFor()
    await page.getByText('已存为草稿').waitFor()

    // Closed in the middle, nothing is lost.
    await page.reload()
    await page.getByTestId('target-sum').getByText(`${rows.length} 个单位有目标`).waitFor()
    await expect.poll(() => page.getByTestId('title').locator('input').inputValue()).toBe(title)
    await desk.shot('campaign-editor')
    const said = await city.publish()
    expect(said[0]).toBe(`${rows.length} 个单位，目标合计 ${2 * rows.length + 1} 户`)
    expect(said[1]).toContain('做了什么 = 政策宣传')
    await city.stands('0', '0', String(2 * rows.length + 1), String(2 * rows.length + 1))

    // A village records, its township approves: it counts for all above with the answer.
    const { her } = await stage.volunteer()
    await her.visit('赵春梅', '政策宣传')
    await her.waiting(0)
    const town = await stage.phone(DESK)
    const township = new Campaigner(town.page)
    await township.login('zhen1')
    await township.open(title)
    await township.stands('0', '1', '3', '3')
    const reviewer = new Reviewer(town.page)
    await reviewer.queue()
    await reviewer.openEntry('赵春梅')
    await reviewer.approve()
    await reviewer.allSent()

    const above = await stage.phone(DESK)
    const county = new Campaigner(above.page)
    await county.login('xian1')
    await county.open(title)
    expect(await county.row('below', '德党镇')).toEqual(['33.3%', '1', '3', '2', '0'])
    await above.shot('campaign-county')
    // A number opens down to its entries, as far as they may be read.
    await above.page.getByRole('link', { name: '德党镇已通过 1，看是哪几条' }).click()
    await above.page.getByText(title).first().waitFor()
    // So few of what may be sensitive are listed to the township alone.
    await above.page.getByText('另有 1 条').waitFor()
    await township.open(title)
    await town.page.getByRole('link', { name: '德党镇已通过 1 户，看是哪几条' }).click()
    await town.page.locator('ul.rows').getByText('计 1 户').waitFor()
    // Her township's page has the households that are missing by name; there was one, and it was visited.
    await township.open(title)
    await town.page.getByRole('link', { name: '忙岗村民委员会', exact: true }).click()
    await township.stands('1', '0', '—', '—')
    await town.page.getByTestId('ask-missing').click()
    await town.page.getByText('每一户都走到了').waitFor()

    await city.open(title)
    await city.stands('1', '0', String(2 * rows.length + 1), String(2 * rows.length))
    // Of townships she is told no small number of what may be sensitive, and that they are withheld.
    await page.getByTestId('league').getByText('乡镇', { exact: true }).click()
    await page.getByTestId('league').getByRole('button', { name: '再显示一些' }).click()
    expect(await city.row('league', '德党镇')).toContain('不显示')
    // What stands there is taken away as a file, with what each column says; what is withheld is withheld in it.
    const [taken] = await Promise.all([
      page.waitForEvent('download'),
      page.getByTestId('league').getByRole('button', { name: '存为 Excel 表' }).click(),
    ])
    const sheets = readSheets(readFileSync(await taken.path()))
    const town1 = sheets.get('数据')!.find((row) => row.includes(TOWN))!
    expect([town1.includes('德党镇'), town1.includes('不显示')]).toEqual([true, true])
    expect(JSON.stringify(sheets.get('口径'))).toContain('统计什么')
    await sound(desk, 'campaign-city', ['normal', 'large'], true)

    // What was asked is mended: who works for it sees what it was, and who changed it.
    await page.getByTestId('mend').click()
    await page.getByLabel('找单位').fill('德党镇')
    await page.locator(`#target-${TOWN}`).fill('5')
    await page.getByTestId('title').locator('input').fill('两癌和贷款政策宣传到户')
    await page.getByTestId('mend-save').click()
    await city.stands('1', '0', String(2 * rows.length + 3), String(2 * rows.length + 2))
    await township.open('两癌和贷款政策宣传到户')
    const changes = (await town.page.getByTestId('changes').innerText()).replace(/\s+/g, ' ')
    expect(changes).toContain(`名称：“${title}”改成“两癌和贷款政策宣传到户”`)
    expect(changes).toContain('德党镇的目标：3改成5')
    expect(changes).toContain('演示·市甲')
    // The same as a file, a line for each thing; and all campaigns beside one another, with what stands on their pages.
    const save = async (of: Page, within: string) => {
      const buttons = of.locator(within).getByRole('button', { name: '存为 Excel 表' })
      const [got] = await Promise.all([of.waitForEvent('download'), buttons.click()])
      return readSheets(readFileSync(await got.path()))
    }
    const done = await save(town.page, '[data-test="changes"]')
    expect(
      done
        .get('数据')!
        .find((row) => row.includes('目标'))!
        .slice(1),
    ).toEqual(['演示·市甲', '2', '目标', '德党镇', TOWN, '3', '5'])
    await township.list()
    const listed = await save(town.page, 'main')
    const one = listed.get('数据')!.find((row) => row[0] === '两癌和贷款政策宣传到户')!
    expect(one.slice(7)).toEqual(['进行中', '德党镇', '5', '1', '4', '0'])
    expect(JSON.stringify(listed.get('口径'))).toContain('先截止的在前')

    // Whom to telephone, on paper; a township's own campaigns are not hers to run.
    expect(await town.page.getByTestId('run').count()).toBe(0)
    await page.getByTestId('phones').click()
    const list = page.locator('table[data-test="phones"]')
    await list.waitFor()
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByTestId('print').isVisible()).toBe(false)
    expect(await list.isVisible()).toBe(true)
    await desk.shot('campaign-phones-print')
    await page.emulateMedia({ media: null })
    // On a phone nothing of it lies beyond the edge.
    await page.setViewportSize({ width: 360, height: 800 })
    const beyond = () => list.evaluate(({ parentElement: one }) => one!.scrollWidth - one!.clientWidth)
    await expect.poll(beyond).toBe(0)
    await page.setViewportSize({ width: DESK.width, height: DESK.height })

    // It is put off, copied for the year after, and ended.
    await page.getByRole('button', { name: '返回' }).click()
    await page.getByTestId('extend').click()
    await page
      .getByTestId('extend-to')
      .locator('input')
      .fill(`${year + 1}-01-15`)
    await page.getByTestId('extend-sure').click()
    await page
      .getByText(`到${year + 1}年1月15日`)
      .first()
      .waitFor()
    await page.getByTestId('copy').click()
    await page
      .getByTestId('span')
      .getByText(/自己选/)
      .first()
      .waitFor()
    await expect.poll(() => page.getByTestId('start').locator('input').inputValue()).toBe(`${year + 1}-01-01`)
    await city.list('草稿')
    await page.getByTestId('campaigns').getByText('两癌和贷款政策宣传到户').waitFor()
    await city.open('两癌和贷款政策宣传到户')
    await page.getByTestId('close').click()
    await page.getByTestId('close-sure').click()
    await page.getByTestId('progress').getByText('已结束').waitFor()
    await city.list('已结束')
    await page.getByTestId('campaigns').getByText('两癌和贷款政策宣传到户').waitFor()
  },
)
