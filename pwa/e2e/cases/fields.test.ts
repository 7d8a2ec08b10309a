import { rmSync } from 'node:fs'
import { afterAll, expect } from 'vitest'
import { catalogueWith } from '../catalogue'
import { Reviewer } from '../pages/reviewer'
import { faultsOf, show, views } from '../pages/screen'
import { DESK, PHONE } from '../phone'
import { served, story } from '../story'

const both = (zh: string, en: string) => ({ zh, en })
const choice = (key: string, zh: string, en: string) => ({ key, label: both(zh, en) })

/** A form that has every type of field. */
const everything = {
  id: 'everything',
  version: 1,
  name: both('样样都有', 'Everything'),
  action: both('记样样都有', 'Record everything'),
  icon: 'form',
  order: 4,
  levels: ['village'],
  summary: ['title', 'per_hour'],
  save: both('保存', 'Save'),
  fields: [
    {
      key: 'read_me',
      type: 'note',
      label: both('请当面问清楚再填。', 'Ask in person before you fill this in.'),
      hint: both('不清楚的可以空着。', 'What is not clear may stay empty.'),
    },
    { key: 'title', type: 'text', label: both('名称', 'Title'), required: true },
    { key: 'call', type: 'phone', label: both('电话', 'Phone') },
    { key: 'hours', type: 'integer', label: both('用了几小时', 'Hours'), unit: both('小时', 'hours'), min: 0 },
    { key: 'cash', type: 'money', label: both('收入', 'Income') },
    {
      key: 'per_hour',
      type: 'computed',
      result: 'money',
      value: 'cash / hours',
      label: both('每小时收入', 'Income an hour'),
    },
    { key: 'area', type: 'decimal', scale: 1, label: both('面积', 'Area'), unit: both('亩', 'mu'), max: 1000 },
    { key: 'since', type: 'month', label: both('从哪个月开始', 'Since'), preset: 'last' },
    { key: 'closed_on', type: 'date', label: both('办结日期', 'Closed on'), min: 'today-30', max: 'today' },
    {
      key: 'days',
      type: 'computed',
      result: 'integer',
      value: "(timestamp(occurred_on + 'T00:00:00Z') - timestamp(closed_on + 'T00:00:00Z')).getHours() / 24",
      label: both('隔了几天', 'Days between'),
      unit: both('天', 'days'),
    },
    {
      key: 'kind',
      type: 'one',
      label: both('哪一种', 'Kind'),
      choices: [choice('a', '甲种', 'A'), choice('b', '乙种', 'B')],
    },
    {
      key: 'marks',
      type: 'many',
      label: both('有什么', 'Marks'),
      choices: [choice('x', '有水', 'Water'), choice('y', '有电', 'Power')],
    },
    { key: 'consent', type: 'yes_no', label: both('她同意吗', 'Does she agree') },
    { key: 'household', type: 'household', label: both('哪一户', 'Household'), personal: true },
    { key: 'helper', type: 'person', label: both('帮扶人', 'Helper'), personal: true },
    { key: 'present', type: 'people', label: both('在场的人', 'People present'), personal: true },
    { key: 'helped', type: 'unit', level: 'township', label: both('联系的乡镇', 'Township') },
    { key: 'goods', type: 'items', label: both('物资', 'Goods') },
    { key: 'spot', type: 'place', label: both('地点', 'Place') },
    { key: 'photos', type: 'photo', label: both('照片', 'Photos') },
    { key: 'signed', type: 'signature', label: both('签名', 'Signature') },
    { key: 'voices', type: 'voice', label: both('语音', 'Voice notes') },
    { key: 'occurred_on', type: 'date', label: both('日期', 'Date'), required: true, default: 'today' },
    { key: 'text', type: 'long_text', label: both('说明', 'Note') },
  ],
  checks: [
    {
      rule: 'hours == 0 || cash > 0',
      field: 'cash',
      message: both('写了小时，也要写收入', 'Where there are hours there is an income'),
    },
  ],
}

const catalogue = catalogueWith(everything)
const server = served({ catalogue })
afterAll(() => rmSync(catalogue, { recursive: true, force: true }))

const faults = async (page: Parameters<typeof faultsOf>[0]) => {
  const found: string[] = []
  for (const view of views) {
    await show(page, view)
    found.push(...(await faultsOf(page, view)).map((one) => `${view.width} ${view.size}: ${one}`))
  }
  return found
}

story(
  'a form with every type of field is filled in without signal, computed while she types, and read in town',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    const { page } = phone
    await phone.offline(true)
    await her.start('记样样都有')
    await page.getByText('请当面问清楚再填。').waitFor()
    await her.fill('title', '春耕')
    await her.fill('call', '13800000000')
    await her.fill('hours', '4')

    // Told at its field, and only once she saves.
    expect(await her.field('per_hour').getByText('前面填好后').count()).toBe(0)
    await page.getByTestId('save').click()
    await her.field('cash').getByText('写了小时，也要写收入').waitFor()
    await her.fill('cash', '250')
    await her.field('per_hour').getByText('62.50 元').waitFor()
    await her.fill('hours', '')
    await her.field('per_hour').getByText('前面填好后，这里会自动算出。').waitFor()
    await her.fill('hours', '4')

    await her.fill('area', '12.55')
    await page.getByTestId('save').click()
    await her.field('area').getByText('这里填得不对').waitFor()
    await her.fill('area', '12.5')
    await her.field('since').locator('select').first().selectOption('2025')
    await her.field('since').locator('select').last().selectOption('03')
    const daysAgo = (days: number) =>
      new Date(Date.now() - days * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10)
    await her.fill('closed_on', daysAgo(40))
    await page.getByTestId('save').click()
    await her.field('closed_on').getByText('不能早于').waitFor()
    await her.fill('closed_on', daysAgo(3))
    await her.field('days').getByText('3 天').waitFor()
    await her.field('kind').getByText('甲种').click()
    await her.field('marks').getByText('有电').click()
    await her.field('marks').getByText('有水').click()
    await her.field('consent').getByText('否', { exact: true }).click()
    await her.toHousehold('王小红')

    await her.field('helper').getByRole('button', { name: '选人' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('searchbox').fill('李桂芳')
    await dialog.getByRole('button', { name: '新增一人' }).click()
    await dialog.getByRole('button', { name: '保存' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await her.field('helper').getByText('李桂芳').waitFor()
    await her.field('present').locator('input').last().fill('7')
    await her.field('helped').getByRole('button', { name: '选单位' }).click()
    await dialog.getByRole('searchbox').fill('德党')
    await dialog.locator('li').getByText('德党').first().click()
    await dialog.waitFor({ state: 'hidden' })
    await her.field('goods').getByRole('button', { name: '添加一样物品' }).click()
    await her.field('goods').locator('input').first().fill('化肥')

    // Nobody is asked where she is before she taps; a phone that says no does not keep her from saving.
    await her.field('spot').getByText('点一下才定位').waitFor()
    await her.field('spot').getByRole('button', { name: '记下现在的位置' }).click()
    await her.field('spot').getByText('手机不让定位，没有记下').waitFor()
    await phone.shot('place-refused')
    await page.context().grantPermissions(['geolocation'])
    await page.context().setGeolocation({ latitude: 24.0123456, longitude: 99.3456789, accuracy: 11.2 })
    await her.field('spot').getByRole('button', { name: '记下现在的位置' }).click()
    await her.field('spot').getByText('已记下位置（误差约 12 米）').waitFor()

    expect(await faults(page)).toEqual([])
    await show(page, { ...PHONE, size: 'normal' })
    for (const key of ['read_me', 'cash', 'kind', 'helper', 'goods', 'spot']) {
      await her.field(key).scrollIntoViewIfNeeded()
      await her.field(key).evaluate((box) => box.scrollIntoView({ block: 'start' }))
      await phone.shot(`every-type-${key}`)
    }
    await her.save()
    await phone.offline(false)
    await her.waiting(0)

    // The next one begins with the month of the last, and with nothing else of it.
    await her.start('记样样都有')
    await expect.poll(() => her.field('since').locator('select').first().inputValue()).toBe('2025')
    await expect.poll(() => her.field('title').locator('input').inputValue()).toBe('')
    await page.getByRole('button', { name: '返回' }).click()
    expect((await her.lines()).join('\n')).toContain('春耕 · 62.50 元')

    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.openEntry('样样都有')
    const read = (await desk.page.locator('article.entry dl.content').innerText()).replace(/\s+/g, ' ')
    for (const line of [
      '名称 春耕',
      '用了几小时 4 小时',
      '收入 250 元',
      '每小时收入 62.50 元',
      '面积 12.5 亩',
      '从哪个月开始 2025年3月',
      '隔了几天 3 天',
      '哪一种 甲种',
      '有什么 有水、有电',
      '她同意吗 否',
      '哪一户 王小红',
      '帮扶人 李桂芳',
      '联系的乡镇 德党',
      '物资 化肥 ×1',
      '地点 北纬 24.01235°，东经 99.34568°（误差约 12 米）',
    ])
      expect(read).toContain(line)
    expect(read).not.toContain('请当面问清楚')
    expect(await faults(desk.page)).toEqual([])
    await show(desk.page, { ...DESK, size: 'normal' })
    await desk.shot('every-type-read')
    await reviewer.approve()
    await reviewer.allSent()
  },
)
