import { ApiError, client, ok, problemOf } from '@/api/client'
import type { Campaign } from '@/domain/campaign'
import { expressionsReady } from '@/domain/expressions'
import { keepCampaigns, keptCampaigns, loadCampaigns, toAsk, type Kept, type Told } from '@/state/campaigns'
import { now } from '@/state/edge'
import { recordsReady } from '@/state/records'
import { account, authorised } from '@/state/session'

/** The server's part of a number is asked for again after this long, also where nothing of it has come by. */
const stale = 10 * 60_000
/** A phone's clock is noted where it has moved by more than this against the server's. */
const drift = 60_000
/** So many numbers are asked for after one exchange: the signal is for entries. */
const most = 6

/** Campaigns, where the exchange's word or the seats are others than those by which they were fetched. */
async function fetched(before: Kept | undefined, word: string, seats: string): Promise<Kept> {
  const kept = before ?? { word: '', seats: '', tag: '', list: [], told: {} }
  if (!word) return { ...kept, word, seats, tag: '', list: [], told: {} }
  const got = await authorised(async (headers) => {
    const tag = kept.tag ? { 'If-None-Match': kept.tag } : {}
    const answer = await client.GET('/api/v1/campaigns', { headers: { ...headers, ...tag } })
    if (!answer.response.ok && answer.response.status !== 304) throw problemOf(answer.response, answer.error)
    return answer
  })
  if (got.response.status === 304) return { ...kept, word, seats }
  if (!got.data) throw new ApiError('portal', got.response.status)
  const list = got.data.campaigns as Campaign[]
  const here = new Set(list.map((one) => one.id))
  const told = Object.fromEntries(Object.entries(kept.told).filter(([key]) => here.has(key.split(' ')[0]!)))
  return { ...kept, word, seats, tag: got.response.headers.get('etag') ?? '', list, told }
}

/** What the server says of lines that this phone cannot count alone. */
async function told(at: number, moved: boolean): Promise<Record<string, Told>> {
  const asked = toAsk().filter((one) => (moved && !one.told?.withheld) || !one.told || at - one.told.asOf > stale)
  const out: Record<string, Told> = {}
  for (const { id, unit, key, here } of asked.slice(0, most)) {
    const answer = await authorised((headers) =>
      ok(client.GET('/api/v1/campaigns/{id}', { headers, params: { path: { id }, query: { unit } } })),
    ).catch((error: unknown) => {
      // One that is not hers any more keeps no other from being asked for.
      if (error instanceof ApiError && error.status === 404) return undefined
      throw error
    })
    const line = answer?.units.find((one) => one.unit === unit)
    if (!answer || !line || answer.gone || answer.recount) continue
    const { approved, submitted } = line
    const said = { approved: approved ?? undefined, submitted: submitted ?? undefined }
    out[key] = { asOf: answer.as_of, withheld: !!line.withheld, ...said, here }
  }
  return out
}

/**
 * Brings the campaigns up to date after an exchange that said `word` and `seats` at `at`, by the server's clock. `moved`:
 * it has sent something or brought rows. What cannot be had now is asked for after the next one.
 */
export async function freshen(said: { word: string; seats: string; at: number }, moved: boolean): Promise<void> {
  const owner = account.value?.id
  const before = await keptCampaigns()
  const renew = before ? before.word !== said.word || before.seats !== said.seats : said.word !== ''
  let next = renew ? await fetched(before, said.word, said.seats) : before
  if (!next || account.value?.id !== owner) return
  const clocks = { server: said.at, phone: now() }
  const was = next.clocks
  const ticked = !was || Math.abs(clocks.server - clocks.phone - (was.server - was.phone)) > drift
  if (ticked || renew || clocks.server - was.server > 3_600_000) {
    next = { ...next, clocks }
    await keepCampaigns(next)
  } else await loadCampaigns()
  if (!next.list.length) return
  await Promise.all([recordsReady(), expressionsReady()])
  const more = await told(said.at, moved || renew)
  if (Object.keys(more).length && account.value?.id === owner)
    await keepCampaigns({ ...next, told: { ...next.told, ...more } })
}
