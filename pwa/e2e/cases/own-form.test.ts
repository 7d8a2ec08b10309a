import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect } from 'vitest'
import { Clerk } from '../pages/clerk'
import { Designer } from '../pages/designer'
import { Reviewer } from '../pages/reviewer'
import { DESK } from '../phone'
import { served, story } from '../story'

const both = (zh: string, en: string) => ({ zh, en })
const choice = (key: string, zh: string, en: string) => ({ key, label: both(zh, en) })

/** A form that no release has: a question that hangs on another, a value that is computed, figures in a group of its own. */
const water = {
  id: 'water_saving',
  version: 1,
  name: both('节水行动', 'Saving water'),
  action: both('记节水', 'Record saving water'),
  icon: 'form',
  section: 'visiting',
  order: 90,
  levels: ['village', 'township'],
  summary: ['kind', 'saved'],
  save: both('保存', 'Save'),
  fields: [
    {
      key: 'kind',
      type: 'one',
      label: both('做了什么', 'What was done'),
      required: true,
      choices: [choice('lecture', '节水宣讲', 'Lecture'), choice('repair', '修水龙头', 'Repair')],
    },
    {
      key: 'place',
      type: 'one',
      label: both('在哪里', 'Where'),
      required: true,
      choices: [
        choice('school', '学校', 'School'),
        choice('home', '村民家', 'Home'),
        choice('market', '集市', 'Market'),
      ],
    },
    {
      key: 'taps',
      type: 'integer',
      label: both('修了几个', 'Taps repaired'),
      required: true,
      min: 1,
      max: 1000,
      visible: "kind == 'repair'",
    },
    { key: 'litres', type: 'integer', label: both('每个每天漏几升', 'Litres a day and tap'), min: 0, max: 10000 },
    {
      key: 'saved',
      type: 'computed',
      result: 'integer',
      value: 'taps * litres',
      label: both('每天省水', 'Saved a day'),
      unit: both('升', 'litres'),
    },
    { key: 'occurred_on', type: 'date', label: both('日期', 'Date'), required: true, default: 'today', folded: true },
    { key: 'text', type: 'long_text', label: both('说明', 'Note'), folded: true },
  ],
}
const figures = [
  {
    id: 'water_actions',
    order: 901,
    measure: 'count',
    name: both('节水行动次数', 'Water actions'),
    unit: both('次', 'times'),
    definition: both('做了多少次节水行动。', 'Actions to save water.'),
    sources: [{ form: 'water_saving' }],
    groups: ['place', 'kind+place'],
  },
  {
    id: 'water_saved',
    order: 902,
    measure: 'sum',
    name: both('每天省水量', 'Water saved a day'),
    unit: both('升', 'litres'),
    definition: both('修好以后每天省下的水之和。', 'Litres saved a day, summed up.'),
    sources: [{ form: 'water_saving', where: "kind == 'repair'", value: { field: 'saved' } }],
    groups: ['place'],
  },
]

const folder = mkdtempSync(path.join(tmpdir(), 'niangjia-own-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string, content: object) => {
  const to = path.join(folder, name)
  mkdirSync(path.dirname(to), { recursive: true })
  writeFileSync(to, JSON.stringify(content, undefined, 2))
  return to
}

const server = served()

story(
  'a city adds a form by a file, beside the running server, and changes its choices on the page',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    const { page } = phone

    // A file with a mistake is refused at its line, and nothing has changed.
    const broken = structuredClone(water)
    broken.fields[4]!.value = 'taps * litre'
    const refused = await server.verb('forms', 'import', file('broken/water_saving.json', broken))
    expect(refused.ok).toBe(false)
    expect(refused.said).toMatch(/water_saving\.json:\d+: .*litre/)
    await phone.syncNow()
    await page.getByRole('link', { name: '更多表格' }).click()
    await page.getByRole('link', { name: '记走访', exact: true }).first().waitFor()
    expect(await page.getByRole('link', { name: '记节水', exact: true }).count()).toBe(0)

    const form = file('water_saving.json', water)
    const indicators = file('indicators/water_saving.json', figures)
    const tried = await server.verb('forms', 'import', form, indicators, '--dry-run')
    expect(tried.ok, tried.said).toBe(true)
    await phone.syncNow()
    expect(await page.getByRole('link', { name: '记节水', exact: true }).count()).toBe(0)
    const imported = await server.verb('forms', 'import', form, indicators)
    expect(imported.ok, imported.said).toBe(true)
    await phone.syncNow()
    await page.getByRole('link', { name: '记节水', exact: true }).waitFor()

    await phone.offline(true)
    await her.start('记节水')
    await her.field('kind').getByText('节水宣讲').click()
    expect(await her.field('taps').count()).toBe(0)
    await her.field('kind').getByText('修水龙头').click()
    await her.field('place').getByText('学校').click()
    await her.fill('taps', '4')
    await her.fill('litres', '30')
    await her.field('saved').getByText('120 升').waitFor()
    await phone.shot('own-form')
    await her.save()
    await phone.offline(false)
    await her.waiting(0)

    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.openEntry('节水行动')
    expect((await desk.page.locator('article.entry dl.content').innerText()).replace(/\s+/g, ' ')).toContain(
      '每天省水 120 升',
    )
    await reviewer.approve()
    await reviewer.allSent()

    const city = await stage.phone(DESK)
    const clerk = new Clerk(city.page)
    await clerk.login('shi1')
    expect(await clerk.fresh('节水行动次数', '每天省水量')).toEqual(['1', '120'])
    expect(await clerk.parts('每天省水量')).toEqual(['学校 120 升'])
    expect(await clerk.parts('节水行动次数')).toEqual(['学校 1 次', '修水龙头 · 学校 1 次'])

    // She has begun one in the market when the city decides that the market is asked no more.
    await her.start('记节水')
    await her.field('kind').getByText('节水宣讲').click()
    await her.field('place').getByText('集市').click()
    await page.waitForURL('**/draft/*')
    await phone.offline(true)
    await page.getByRole('button', { name: '返回' }).click()
    await her.start('记节水')
    await her.field('kind').getByText('节水宣讲').click()
    await her.field('place').getByText('集市').click()
    await her.save()

    const designer = new Designer(city.page)
    await designer.forms()
    await designer.form('节水行动')
    expect(await designer.previewed('place')).toEqual(['学校', '村民家', '集市'])
    // The server says why a choice or a question must stay, at its place; the forms in use have not changed.
    await designer.field('litres')
    await city.page.locator('[data-field-editor="litres"]').getByTestId('hide-field').click()
    expect(await designer.refused()).toContain('节水行动：每个每天漏几升')
    await city.shot('own-form-refused')
    await city.page.locator('[data-field-editor="litres"]').getByRole('alert').waitFor()
    await city.page.locator('[data-field-editor="litres"]').getByTestId('hide-field').click()
    await city.page.getByTestId('problems').waitFor({ state: 'detached' })
    await designer.field('place')
    await designer.choice('market').getByTestId('hide-choice').click()
    await designer.addChoice('place', '水库边')
    await designer.choice('own_1').getByRole('button', { name: /^上移/ }).click()
    expect(await designer.previewed('place')).toEqual(['学校', '村民家', '水库边'])
    await city.shot('own-form-designed')
    // What is not published yet outlives a reload.
    await city.page.reload()
    await city.page.getByTestId('publish-bar').waitFor()
    expect(await designer.previewed('place')).toEqual(['学校', '村民家', '水库边'])
    const changes = (await designer.check()).join('\n')
    expect(changes).toContain('“节水行动”的“在哪里”不再有选项“集市”')
    expect(changes).toContain('“节水行动”的“在哪里”加了选项“水库边”')
    await expect.poll(() => city.page.getByTestId('recounts').innerText()).toContain('不用重新统计')
    await city.shot('own-form-publish')
    await designer.publish()
    await city.page.getByRole('button', { name: '返回' }).click()
    await city.page.getByTestId('past').getByText('演示·市甲').waitFor()

    // The phone still has the old form; what it recorded by it arrives, and what is begun is finished.
    await phone.offline(false)
    await her.waiting(0)
    await phone.syncNow()
    await her.start('记节水')
    const offered = her.field('place').locator('label')
    await her.field('place').getByText('水库边').waitFor()
    expect((await offered.allInnerTexts()).map((text) => text.trim())).toEqual(['学校', '村民家', '水库边'])
    await her.field('kind').getByText('修水龙头').click()
    await her.field('place').getByText('水库边').click()
    await her.fill('taps', '2')
    await her.fill('litres', '50')
    await her.save()
    await her.home()
    await page
      .getByRole('link', { name: /^节水行动/ })
      .first()
      .click()
    await page.waitForURL('**/draft/*')
    await expect.poll(() => her.field('place').locator('label:has(:checked)').innerText()).toContain('集市')
    await phone.shot('own-form-draft')
    await her.save()
    await her.waiting(0)
    expect((await her.lines()).filter((line) => line.includes('节水行动') && line.includes('待审核'))).toHaveLength(3)

    await desk.syncNow()
    await reviewer.waitingCount(3)
    await reviewer.approveAll(3)
    await reviewer.allSent()
    expect(await clerk.fresh('节水行动次数', '每天省水量')).toEqual(['4', '220'])
    // The parts stand as the form offers the choices: as the city has put them in order.
    expect(await clerk.parts('每天省水量')).toEqual(['学校 120 升', '水库边 100 升'])
    expect(await clerk.parts('节水行动次数')).toEqual([
      '学校 1 次',
      '水库边 1 次',
      '集市 2 次',
      '节水宣讲 · 集市 2 次',
      '修水龙头 · 学校 1 次',
      '修水龙头 · 水库边 1 次',
    ])
  },
)

story(
  'two managers of the city publish at once: the second sees what the first has changed, and loses nothing',
  () => server,
  async (stage) => {
    const [first, second] = [await stage.phone(DESK), await stage.phone({ width: 360, height: 800 })]
    const [one, two] = [new Designer(first.page), new Designer(second.page)]
    for (const designer of [one, two]) {
      await designer.login('shi1')
      await designer.forms()
      await designer.form('调研建议')
      await designer.field('kind')
    }
    await one.choice('paper').getByTestId('hide-choice').click()
    await one.addChoice('kind', '联合调研')
    await two.addChoice('kind', '问卷调查')
    expect((await two.check()).join('\n')).toBe('“调研建议”的“什么成果”加了选项“问卷调查”')
    await one.check()
    await one.publish()

    await second.page.getByRole('dialog').getByTestId('publish').click()
    const others = second.page.getByTestId('others')
    await others.waitFor()
    await others.getByText('演示·市甲').waitFor()
    const said = await others.innerText()
    expect(said).toContain('“调研建议”的“什么成果”加了选项“联合调研”')
    expect(said).not.toContain('问卷调查')
    await second.shot('own-form-stale')
    // Told until she has read it; what she changed lies on the machine.
    await second.page.reload()
    await others.waitFor()
    await others.getByTestId('saw-others').click()
    await others.waitFor({ state: 'detached' })
    await two.field('kind')
    await two.choice('paper').getByText('已隐藏').waitFor()
    expect((await two.check()).join('\n')).toBe('“调研建议”的“什么成果”加了选项“问卷调查”')
    await two.publish()
    const offered = await two.previewed('kind')
    expect(offered.filter((text) => ['联合调研', '问卷调查'].includes(text))).toHaveLength(2)
  },
)
