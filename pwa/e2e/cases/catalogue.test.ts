import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { Clerk } from '../pages/clerk'
import { Reviewer } from '../pages/reviewer'
import { DESK } from '../phone'
import { Server } from '../server'
import { story } from '../story'

const catalogue = mkdtempSync(path.join(tmpdir(), 'niangjia-catalogue-'))
const both = (zh: string, en: string) => ({ zh, en })
const tea = {
  id: 'tea_party',
  version: 1,
  name: both('茶话会', 'Tea party'),
  action: both('记茶话会', 'Record a tea party'),
  icon: 'form',
  section: 'visiting',
  order: 4,
  levels: ['village', 'township', 'county', 'city'],
  summary: ['kind', 'present'],
  save: both('保存', 'Save'),
  fields: [
    {
      key: 'kind',
      type: 'one',
      label: both('什么茶话会', 'Kind'),
      required: true,
      choices: [
        { key: 'lecture', label: both('普法宣传', 'Law lecture') },
        { key: 'training', label: both('技能培训', 'Training') },
      ],
    },
    { key: 'present', type: 'integer', label: both('到场人数', 'People present'), required: true, min: 1, max: 100000 },
    { key: 'occurred_on', type: 'date', label: both('日期', 'Date'), required: true, default: 'today', folded: true },
    { key: 'text', type: 'long_text', label: both('说明', 'Note'), folded: true },
  ],
}
const indicators = [
  {
    id: 'tea_parties',
    order: 401,
    measure: 'count',
    name: both('茶话会场次', 'Tea parties'),
    unit: both('场', 'sessions'),
    definition: both('举办的茶话会场次。', 'Tea parties held.'),
    sources: [{ form: 'tea_party' }],
    groups: ['kind'],
  },
  {
    id: 'tea_guests',
    order: 402,
    measure: 'sum',
    name: both('茶话会人次', 'Guests'),
    unit: both('人次', 'people'),
    definition: both('到场的人次之和。', 'People present, summed up.'),
    sources: [{ form: 'tea_party', value: { field: 'present' } }],
    groups: ['kind'],
  },
]

let server: Server
beforeAll(async () => {
  cpSync(path.resolve('../server/catalogue'), catalogue, { recursive: true, filter: (from) => !from.endsWith('.go') })
  writeFileSync(path.join(catalogue, 'forms/tea_party.json'), JSON.stringify(tea, undefined, 2))
  writeFileSync(path.join(catalogue, 'indicators/tea_party.json'), JSON.stringify(indicators, undefined, 2))
  server = await new Server({ catalogue }).start()
})
afterAll(async () => {
  await server?.stop()
  rmSync(catalogue, { recursive: true, force: true })
})

story(
  'a further form comes by a file alone: recorded offline, approved, counted',
  () => server,
  async (stage) => {
    const { phone, her } = await stage.volunteer()
    await phone.offline(true)
    await her.start('记茶话会')
    await her.tick('普法宣传')
    await her.fill('present', '58')
    await phone.shot('further-form')
    await her.save()
    await her.start('记茶话会')
    await her.tick('技能培训')
    await her.fill('present', '0')
    await phone.page.getByTestId('save').click()
    await her.field('present').getByText('不能小于 1').waitFor()
    await her.fill('present', '20')
    await her.save()
    await phone.offline(false)
    await her.waiting(0)
    expect((await her.lines()).filter((line) => line.includes('茶话会') && line.includes('待审核'))).toHaveLength(2)

    const desk = await stage.phone(DESK)
    const reviewer = new Reviewer(desk.page)
    await reviewer.login('zhen1')
    await reviewer.queue()
    await reviewer.waitingCount(2)
    await reviewer.approveAll(2)
    await reviewer.allSent()

    const city = await stage.phone(DESK)
    const clerk = new Clerk(city.page)
    await clerk.login('shi1')
    expect(await clerk.fresh('茶话会场次', '茶话会人次')).toEqual(['2', '78'])
    expect((await clerk.openFigure('茶话会人次')).join('\n')).toContain('58')
  },
)
