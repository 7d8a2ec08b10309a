import { beforeEach, expect, it, vi } from 'vitest'
import type { Catalogue } from '@/domain/catalogue'
import { setMeta } from '@/db/meta'
import { useAccount } from '@/db/open'
import { keptCampaigns, lines } from '@/state/campaigns'
import { freshId, now } from '@/state/edge'
import { catalogue, divisions, type Division } from '@/state/places'
import { entries } from '@/state/records'
import { account } from '@/state/session'
import { freshen } from './campaigns'

const [county, village] = ['530923000000', '530923101201'] as const
/** What the server has, and what it was asked. */
let etag = '"a"'
let list: { id: string; state?: string }[] = []
let line: object = {}
let asked: string[] = []
let broken = false

vi.stubGlobal('fetch', async (request: Request) => {
  const path = new URL(request.url).pathname.replace('/api/v1/campaigns', '') || '/'
  const tag = request.headers.get('If-None-Match')
  asked.push(tag ? `${path} ${tag}` : path)
  if (broken) throw new TypeError('no network')
  const json = { 'content-type': 'application/json', etag }
  if (path !== '/') {
    const unit = new URL(request.url).searchParams.get('unit')
    if (path === '/gone') return new Response('{"code":"not_found"}', { status: 404, headers: json })
    return new Response(JSON.stringify({ as_of: 77, units: [{ unit, ...line }] }), { headers: json })
  }
  if (tag === etag) return new Response(null, { status: 304, headers: json })
  const campaigns = list.map((one) => ({
    version: 1,
    unit: county,
    state: 'running',
    title: '走访',
    text: '',
    counts: { form: 'visit', measure: 'entries' },
    start: '2026-01-01',
    deadline: '2199-01-01',
    targets: [{ unit: village, n: 5 }],
    preset: {},
    ...one,
  }))
  return new Response(JSON.stringify({ campaigns, stamp: 'w', runs: [] }), { headers: json })
})

const said = (word: string, seats = 's', at = now()) => ({ word, seats, at })

beforeEach(async () => {
  const id = freshId()
  useAccount(id)
  const seats = [{ role: 'volunteer', unit: village }]
  account.value = { id, seats, access: 'x', accessUntil: now() + 1e9 } as unknown as typeof account.value
  const form = { id: 'visit', fields: [] }
  catalogue.value = { hash: 'h', forms: [form], registers: [], indicators: [] } as unknown as Catalogue
  const all: Division[] = [
    { code: county, name: '县', level: 'county', parent: '' },
    { code: village, name: '一村', level: 'village', parent: county },
  ]
  divisions.value = new Map(all.map((one) => [one.code, one]))
  await setMeta('cursors', { [`unit:${village}`]: 1 })
  entries.value = []
  etag = '"a"'
  list = [{ id: 'c' }]
  line = { approved: 2, submitted: 1 }
  asked = []
  broken = false
})

it('campaigns are fetched when the word or the seats are others, and only what has changed comes (S29)', async () => {
  await freshen(said('w'), false)
  expect(lines.value).toMatchObject([{ target: 5, gap: 5, exact: true }])
  await freshen(said('w'), true)
  expect(asked).toEqual(['/'])
  await freshen(said('other'), false)
  await freshen(said('other', 'seats'), false)
  expect(asked).toEqual(['/', '/ "a"', '/ "a"'])
  expect(await keptCampaigns()).toMatchObject({ word: 'other', seats: 'seats', list: [{ id: 'c' }] })
  etag = '"b"'
  list = [{ id: 'd' }]
  await freshen(said('third', 'seats'), false)
  expect(lines.value.map((one) => one.campaign.id)).toEqual(['d'])
  expect(asked.at(-1)).toBe('/ "a"')
  // There is none any more: nothing need be asked for that.
  await freshen(said('', 'seats'), false)
  expect(lines.value).toEqual([])
  expect(asked).toHaveLength(4)
})

it('what cannot be had is asked for after the next exchange, and what is kept stays', async () => {
  await freshen(said('w'), false)
  broken = true
  await expect(freshen(said('other'), false)).rejects.toThrow('network')
  expect(lines.value).toHaveLength(1)
  expect(await keptCampaigns()).toMatchObject({ word: 'w' })
  broken = false
  await freshen(said('other'), false)
  expect(await keptCampaigns()).toMatchObject({ word: 'other' })
})

it('the server is asked for a line of which this phone has no rows, when something has moved or it is old', async () => {
  await setMeta('cursors', {})
  list = [{ id: 'gone' }, { id: 'closed', state: 'closed' }, { id: 'c' }]
  const begin = now()
  await freshen(said('w', 's', begin), false)
  expect(asked).toEqual(['/', '/gone', '/c'])
  const mine = () => lines.value.find((one) => one.campaign.id === 'c')
  expect(mine()).toMatchObject({ approved: 2, submitted: 1, gap: 2, asOf: 77, exact: false })
  line = { approved: 3, submitted: 1 }
  asked = []
  await freshen(said('w', 's', 80), false)
  expect(asked).toEqual(['/gone'])
  await freshen(said('w', 's', 80), true)
  expect(mine()).toMatchObject({ approved: 3, gap: 1 })
  await freshen(said('w', 's', begin), false)
  expect(asked).toEqual(['/gone', '/gone', '/c', '/gone', '/c'])
  // What is withheld is not told more often than it grows old, however much moves.
  line = { approved: null, submitted: null, withheld: true }
  await freshen(said('w', 's', 90), true)
  expect(mine()).toMatchObject({ withheld: true })
  asked = []
  await freshen(said('w', 's', 90), true)
  expect(asked).toEqual(['/gone'])
})

it('the clock of the phone is held against the server’s, and a wrong one kept for later', async () => {
  await freshen(said('w', 's', now() - 400 * 86_400_000), false)
  const { server, phone } = (await keptCampaigns())!.clocks!
  expect(Math.round((phone - server) / 86_400_000)).toBe(400)
  const before = lines.value[0]!.left
  await freshen(said('w'), false)
  expect(lines.value[0]!.left).toBe(before - 400)
})
