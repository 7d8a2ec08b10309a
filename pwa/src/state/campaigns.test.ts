import { beforeEach, describe, expect, it } from 'vitest'
import type { Campaign } from '@/domain/campaign'
import type { Catalogue } from '@/domain/catalogue'
import { dayPlus, villageDay } from '@/domain/days'
import type { View } from '@/domain/overlay'
import { setMeta } from '@/db/meta'
import { useAccount } from '@/db/open'
import {
  countEntries,
  keepCampaigns,
  lines,
  loadCampaigns,
  missingOf,
  pressing,
  toAsk,
  uncounted,
  type Kept,
} from './campaigns'
import { freshId, now } from './edge'
import { catalogue, divisions, type Division } from './places'
import { entries, households } from './records'
import { account, type Role } from './session'

const [county, town, mine, next] = ['530923000000', '530923101000', '530923101201', '530923101202']
const today = villageDay(now())
const form = {
  id: 'visit',
  sensitive: "signs == 'yes'",
  fields: [
    { key: 'household', type: 'household' },
    { key: 'signs', type: 'one' },
  ],
}
const campaign = (more: Partial<Campaign> = {}): Campaign => ({
  id: 'a',
  version: 1,
  unit: county!,
  state: 'running',
  title: '走访',
  text: '',
  counts: { form: 'visit', measure: 'households' },
  start: dayPlus(today, -5),
  deadline: dayPlus(today, 2),
  targets: [
    { unit: mine!, n: 3 },
    { unit: next!, n: 4 },
  ],
  preset: {},
  ...more,
})
const visit = (entity: string, household: string, more: Partial<View> = {}) =>
  ({
    type: 'entry',
    entity,
    form: 'visit',
    unit: mine,
    state: 'submitted',
    author: 'her',
    content: { household, occurred_on: today },
    waiting: [],
    problems: [],
    serverVersion: 'v',
    createdAt: 1,
    ...more,
  }) as unknown as View
const stub = (state: string) => visit(`s${state}`, '', { stub: true, content: {}, form: undefined, state } as never)

async function keep(list: Campaign[], more: Partial<Kept> = {}) {
  await keepCampaigns({ word: freshId(), seats: 's', tag: '', list, told: {}, ...more })
}
const seat = (role: Role, unit: string) =>
  (account.value = { ...account.value!, seats: [{ role, unit }] } as typeof account.value)
const hold = async (...list: View[]) => {
  entries.value = list
  await countEntries()
}
const says = () =>
  lines.value.map(({ approved, submitted, unsent, gap, left }) => [approved, submitted, unsent, gap, left])

beforeEach(async () => {
  useAccount('her')
  account.value = { id: 'her', seats: [{ role: 'volunteer', unit: mine }] } as unknown as typeof account.value
  catalogue.value = { hash: 'h', forms: [form], registers: [], indicators: [] } as unknown as Catalogue
  const all: Division[] = [
    { code: county!, name: '县', level: 'county', parent: '' },
    { code: town!, name: '镇', level: 'township', parent: county! },
    { code: mine!, name: '一村', level: 'village', parent: town! },
    { code: next!, name: '二村', level: 'village', parent: town! },
  ]
  divisions.value = new Map(all.map((one) => [one.code, one]))
  await setMeta('cursors', { [`unit:${mine}`]: 5, 'own:her': 1 })
  await setMeta('feeds', {})
  entries.value = []
  households.value = []
})

describe('how far her village is, by what this phone holds', () => {
  it('counts what waits and what is not sent at once, and neither what came back nor what was refused', async () => {
    await keep([campaign()])
    expect(says()).toEqual([[0, 0, 0, 3, 2]])
    await hold(
      visit('1', 'h1', { state: 'approved' }),
      visit('2', 'h2'),
      visit('3', 'h3', { waiting: [7] }),
      visit('4', 'h4', { state: 'returned' }),
      visit('5', 'h5', { serverVersion: '', sent: 'rejected', problems: [{}] } as never),
      visit('6', 'h1', { waiting: [8] }),
    )
    expect(says()).toEqual([[1, 1, 1, 0, 2]])
    expect(uncounted('a')).toBe(2)
    expect(lines.value[0]!.exact).toBe(true)
    expect(toAsk()).toEqual([])
    await hold(...entries.value.filter((one) => one.entity !== '3'))
    expect(lines.value[0]!.gap).toBe(1)
  })

  // Of twenty thousand entries the page that was drawn, the exchange and each save had all of them asked anew: what was
  // just saved stood on a slow phone's screen five seconds later.
  it('asks an entry once, however many count it at the same time and whatever is saved meanwhile', async () => {
    await keep([campaign()])
    let asked = 0
    const counted = (entity: string) => {
      const one = visit(entity, entity)
      const { content } = one
      return Object.defineProperty(one, 'content', { get: () => (asked++, content) })
    }
    const some = ['1', '2', '3'].map(counted)
    await hold(some[0]!)
    const once = asked
    expect(once).toBeGreaterThan(0)
    asked = 0
    entries.value = [...some]
    await Promise.all([countEntries(), loadCampaigns(), countEntries()])
    entries.value = [counted('4'), ...some]
    await countEntries()
    expect(asked).toBe(3 * once)
    expect(lines.value[0]!.submitted).toBe(4)
  })

  it('names the households that nobody has been to', async () => {
    await keep([campaign()])
    const home = (entity: string, unit = mine) => ({ type: 'household', entity, unit, stub: false }) as View
    households.value = [home('h1'), home('h2'), home('h3'), home('x', next)]
    await hold(visit('1', 'h1', { state: 'approved' }), visit('2', 'h2', { waiting: [3] }))
    expect(missingOf('a', mine!).map((one) => one.entity)).toEqual(['h3'])
    expect(missingOf('other', mine!)).toEqual([])
  })

  it('where a colleague’s entry is not for it to read, it goes on from the server’s number', async () => {
    entries.value = [visit('1', 'h1', { state: 'approved' }), stub('submitted')]
    await keep([campaign()])
    // Nobody has told: what is known is shown, and the server is to be asked.
    expect(lines.value[0]).toMatchObject({ exact: false, approved: 1, submitted: 0, gap: 2, unknown: false })
    const [ask] = toAsk()
    expect(ask).toMatchObject({ id: 'a', unit: mine, here: { approved: 1, submitted: 0, unsent: 0 } })
    const told = { asOf: 9, withheld: false, approved: 1, submitted: 1, here: ask!.here }
    await keep([campaign()], { told: { [ask!.key]: told } })
    expect(lines.value[0]).toMatchObject({ approved: 1, submitted: 1, gap: 1, asOf: 9 })
    // What is saved and what is approved since comes on top of it.
    await hold(...entries.value, visit('2', 'h2', { waiting: [4] }))
    expect(says()).toEqual([[1, 1, 1, 0, 2]])
    await hold(visit('1', 'h1', { state: 'approved' }), stub('submitted'), visit('2', 'h2', { state: 'approved' }))
    expect(says()).toEqual([[2, 1, 0, 0, 2]])
    // Where the number would tell of what is not hers to read, it is what she can read.
    await keep([campaign()], { told: { [ask!.key]: { asOf: 9, withheld: true, here: ask!.here } } })
    expect(lines.value[0]).toMatchObject({ approved: 2, submitted: 0, gap: 1, withheld: false, exact: false })
    expect(lines.value[0]!.asOf).toBeUndefined()
    // One that counts for nothing is no reason to ask.
    await hold(stub('voided'), stub('returned'))
    expect(lines.value[0]!.exact).toBe(true)
  })

  it('a feed that is still coming is not counted as all there is', async () => {
    await setMeta('feeds', { [`unit:${mine}`]: { base: 40 } })
    await keep([campaign()])
    expect(lines.value[0]!.exact).toBe(false)
    expect(lines.value[0]!.unknown).toBe(true)
    await setMeta('feeds', {})
    await keep([campaign()])
    expect(lines.value[0]!.exact).toBe(true)
  })

  it('a township has the targets of its villages, and no number until it holds their rows or was told', async () => {
    seat('reviewer', town!)
    await keep([campaign()])
    expect(lines.value).toMatchObject([{ unit: town, target: 7, unknown: true, exact: false }])
    await setMeta('cursors', { [`unit:${town}`]: 1, [`unit:${mine}`]: 1, [`unit:${next}`]: 1 })
    entries.value = [visit('1', 'h1'), visit('2', 'h1', { unit: next })]
    await keep([campaign()])
    expect(lines.value).toMatchObject([{ target: 7, unknown: false, exact: true, submitted: 1, gap: 6 }])
  })

  it('a manager without rows has the server’s number, and what is withheld stays so', async () => {
    seat('manager', county!)
    const key = `a ${county}`
    const here = { approved: 0, submitted: 0, unsent: 0 }
    const told = { asOf: 9, withheld: false, approved: 4, submitted: 1, here }
    await keep([campaign()], { told: { [key]: told } })
    expect(lines.value).toMatchObject([{ unit: county, target: 7, approved: 4, submitted: 1, gap: 2 }])
    await keep([campaign()], { told: { [key]: { ...told, withheld: true } } })
    expect(lines.value).toMatchObject([{ withheld: true }])
    expect(pressing.value).toHaveLength(1)
  })
})

describe('which campaigns stand where', () => {
  const of = (id: string, days: number, more: Partial<Campaign> = {}) =>
    campaign({ id, start: dayPlus(today, -60), deadline: dayPlus(today, days), ...more })

  it('the most urgent first; what is done, old, closed or not begun stands behind and not at home', async () => {
    entries.value = [
      visit('1', 'h1', { state: 'approved', content: { household: 'h1', occurred_on: dayPlus(today, -2) } }),
    ]
    const one = [{ unit: mine!, n: 1 }]
    await keep([
      of('done', 1, { targets: one }),
      of('soon', 1),
      of('closed', 3, { state: 'closed' }),
      of('late', -3),
      of('later', 9),
      of('ancient', -40),
      of('done-over', -1, { targets: one }),
      campaign({ id: 'coming', start: dayPlus(today, 3), deadline: dayPlus(today, 9) }),
      campaign({ id: 'others', targets: [{ unit: next!, n: 5 }] }),
    ])
    expect(lines.value.map((line) => line.campaign.id)).toEqual([
      'late',
      'soon',
      'later',
      'ancient',
      'done',
      'others',
      'coming',
      'done-over',
      'closed',
    ])
    expect(pressing.value.map((line) => line.campaign.id)).toEqual(['late', 'soon', 'later', 'done'])
  })

  it('those of units that she does not work in or under are none of hers, nor are another account’s', async () => {
    await keep([campaign({ unit: next!, targets: [{ unit: next!, n: 5 }] })])
    expect(lines.value).toEqual([])
    await keep([campaign()])
    expect(lines.value).toHaveLength(1)
    account.value = { ...account.value!, id: 'other' }
    expect(lines.value).toEqual([])
  })
})
