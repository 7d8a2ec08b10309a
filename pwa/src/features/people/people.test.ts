import jsQR from 'jsqr'
import { beforeEach, describe, expect, it } from 'vitest'
import { divisions, type Division } from '@/state/places'
import { account } from '@/state/session'
import { draw } from './codes'
import { formerOf, linesOf, mayTake, reaches, rolesAt, type Member } from './data'

const unit = (code: string, name: string, level: Division['level'], parent: string): [string, Division] => [
  code,
  { code, name, level, parent },
]
const city = '530900000000'
const county = '530923000000'
const town = '530923101000'
const other = '530923102000'
const village = '530923101201'
const empty = '530923101202'

beforeEach(() => {
  divisions.value = new Map([
    unit(city, '市', 'city', ''),
    unit(county, '县', 'county', city),
    unit(town, '甲镇', 'township', county),
    unit(other, '乙镇', 'township', county),
    unit(village, '东村', 'village', town),
    unit(empty, '西村', 'village', town),
  ])
})

const signIn = (at: string, role = 'manager') =>
  (account.value = {
    id: 'me',
    login: 'me',
    name: '合成',
    seats: [{ role, unit: at }],
    access: '',
    refresh: '',
    accessUntil: 0,
  })

const member = (id: string, name: string, more: Partial<Member> = {}): Member => ({
  id,
  login: id,
  name,
  seats: [{ role: 'volunteer', unit: village }],
  state: 'in_use',
  handle: true,
  ...more,
})

describe('a manager’s reach, as server/auth/authority.go has it', () => {
  it('is below her own unit, and at the city the city itself', () => {
    signIn(town)
    expect([city, county, town, village, other].map(reaches)).toEqual([false, false, false, true, false])
    signIn(city)
    expect([city, county, town, village].every(reaches)).toBe(true)
    signIn(county, 'reviewer')
    expect(reaches(village)).toBe(false)
  })
  it('never takes her own seats', () => {
    signIn(city)
    const seat = { role: 'manager' as const, unit: city }
    expect(mayTake(member('me', '合成', { seats: [seat] }), seat)).toBe(false)
    expect(mayTake(member('b', '合成', { seats: [seat] }), seat)).toBe(true)
  })
  it('knows that nothing is reviewed in a village', () => {
    expect(rolesAt(village)).toEqual(['volunteer', 'auditor'])
    expect(rolesAt(town)).toHaveLength(4)
  })
})

describe('the list of units', () => {
  const all = [
    member('a', '合成甲'),
    member('b', '合成乙', { state: 'invited', seats: [{ role: 'reviewer', unit: other }] }),
    member('c', '合成丙', { seats: [], awaiting: [{ unit: village, records: 3 }] }),
    member('d', '合成丁', { state: 'closed', seats: [{ role: 'volunteer', unit: empty }] }),
  ]
  const units = (filter: Parameters<typeof linesOf>[2], search = '') =>
    linesOf(county, all, filter, search).map((line) => line.unit)

  beforeEach(() => signIn(county))

  it('shows the units right below, with how many below them have an account', () => {
    const lines = linesOf(county, all, 'all', '')
    expect(lines.map((line) => line.unit)).toEqual([town, other])
    expect(lines[0]).toMatchObject({ have: 1, none: 1 })
  })
  it('does not lead from the city to itself', () => {
    signIn(city)
    expect(linesOf(city, all, 'all', '')[0]).toMatchObject({ unit: city, have: 0, none: 0 })
  })
  it('finds units without an account at every level; a closed one is none', () => {
    expect(units('without')).toEqual([town, empty])
  })
  it('finds who has not set up her phone', () => {
    expect(units('not_enrolled')).toEqual([other])
  })
  it('finds people and units by a part of their name', () => {
    expect(units('all', '甲')).toEqual([town, village, empty])
    expect(linesOf(county, all, 'all', '合成甲').map((line) => line.accounts[0]?.id)).toEqual(['a'])
    expect(units('all', '没有')).toEqual([])
  })
  it('keeps those who left, while their work waits', () => {
    expect(formerOf(all, 'all', '').map((one) => one.id)).toEqual(['c'])
    expect(formerOf(all, 'awaiting', '').map((one) => one.id)).toEqual(['c'])
    expect(formerOf(all, 'not_enrolled', '')).toEqual([])
  })
})

it('draws a code that is read back', async () => {
  const text = 'https://niangjia.example.gov.cn/enrol#abcdefghijklmnopqrstuv'
  const { side, path } = await draw(text)
  const scale = 4
  const pixels = new Uint8ClampedArray((side * scale) ** 2 * 4).fill(255)
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    for (let py = Number(y) * scale; py < (Number(y) + 1) * scale; py++) {
      for (let px = Number(x) * scale; px < (Number(x) + Number(run)) * scale; px++) {
        pixels.fill(0, (py * side * scale + px) * 4, (py * side * scale + px) * 4 + 3)
      }
    }
  }
  expect(jsQR(pixels, side * scale, side * scale)?.data).toBe(text)
})
