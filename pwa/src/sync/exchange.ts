import { ApiError, client, ok } from '@/api/client'
import { catalogueFormat } from '@/domain/catalogue'
import { protocol, type Answer, type Row } from '@/domain/change'
import { body } from '@/domain/phone'
import { forkLog, nameLog, nextRequest } from '@/db/log'
import { getMeta, setMeta } from '@/db/meta'
import { storeAnswer } from '@/db/rows'
import { account, authorised, storeSeats, type Seat } from '@/state/session'
import { catalogue, loadPlaces } from '@/state/places'
import { elsewhere, recordsReady, views } from '@/state/records'
import { freshId, now, sha256 } from '@/state/edge'
import { exchangeInbox } from './inbox'
import { durable, firstSync, lastSync, readLost } from './status'
import { exchange } from './transport'

/** Fetches what a hash says is new: forms, seats, divisions. */
async function fetchPlaces(catalogueHash: string, seatsHash: string): Promise<boolean> {
  let changed = false
  if (!catalogue.value || (await getMeta('catalogueHash')) !== catalogueHash) {
    const got = await authorised((headers) =>
      ok(client.GET('/api/v1/catalogue', { headers, params: { query: { format: catalogueFormat } } })),
    )
    await setMeta('catalogue', got)
    await setMeta('catalogueHash', got.hash)
    changed = true
  }
  if ((await getMeta('seatsHash')) !== seatsHash || (await getMeta('divisions')) === undefined) {
    const me = await authorised((headers) => ok(client.GET('/api/v1/me', { headers })))
    await storeSeats(me.seats as Seat[], me.account.name)
    const places = await authorised((headers) => ok(client.GET('/api/v1/divisions', { headers })))
    await setMeta('divisions', places.divisions)
    await setMeta('seatsHash', me.seats_hash)
    changed = true
  }
  if (changed) await loadPlaces()
  return changed
}

/** A log that goes back or forks goes on from what both have; more often in one go is no healing any more. */
const mostHealed = 20

/** One exchange; a log of which the server has another kind says how far the two are the same (S2). */
async function sent(text: string): Promise<Answer | { fork: number }> {
  try {
    return await authorised((headers) => exchange(text, headers))
  } catch (error) {
    if (error instanceof ApiError && error.code === 'fork' && error.through !== undefined)
      return { fork: error.through }
    throw error
  }
}

/** Campaigns come behind the records. Where they cannot be had, the next exchange asks again, and this one has done what it is for. */
async function campaigns(said: Answer, moved: boolean): Promise<void> {
  if (!said.campaigns && !(await getMeta('campaigns'))) return
  const told = { word: said.campaigns ?? '', seats: said.seats, at: said.server_time }
  await import('./campaigns').then((one) => one.freshen(told, moved)).catch(() => undefined)
}

export interface Round {
  touched: Set<string>
  /** Forms, seats or divisions are new: every record is shown anew. */
  places: boolean
  /** Rows of a part of a file, as they were stored, and whether another part comes at once. */
  rows?: readonly Row[]
  more?: boolean
  /** Something came into the inbox. */
  inbox?: boolean
}

/** Files are unpacked and compared by what the browser brings along. */
const canLoad = isSecureContext && 'DecompressionStream' in self

/**
 * Sends what waits and fetches what is new until neither is left. Only the leading tab calls it (P5); it reads
 * the outbox again before each batch, so what is saved meanwhile goes along (P6). `heard` is told of each round.
 */
export async function exchangeAll(heard: (round: Round) => Promise<void>): Promise<void> {
  const owner = account.value?.id
  if (!owner) return
  // Before the first exchange there are no forms to record with: they come first.
  if (!catalogue.value) {
    firstSync.value = true
    const me = await authorised((headers) => ok(client.GET('/api/v1/me', { headers })))
    if (await fetchPlaces('', me.seats_hash)) await heard({ touched: new Set(), places: true })
  }
  const proof = { compare: false, mended: false }
  let snapshots = canLoad
  let moved = false
  for (let rounds = 0, healed = 0; rounds < 1000; rounds++) {
    // Another account may have come in while the network was slow: nothing is sent under its session (P8).
    if (account.value?.id !== owner) return
    const request = await nextRequest()
    if (!request) {
      await nameLog({ freshId })
      continue
    }
    const { asked, lines, serverEpoch, cursors, bases } = request
    const digests = proof.compare
    const from = { epoch: asked.epoch, from: asked.from, server_epoch: serverEpoch }
    const head = { protocol, ...from, cursors, bases, digests, snapshots }
    const answer = await sent(body(head, lines))
    if (account.value?.id !== owner) return
    // Few exchanges have to do with files: what it takes comes when it is needed.
    const loads = ('pull' in answer && answer.pull.snapshots) || (await getMeta('loads'))
    const files = loads ? await import('./load') : undefined
    const stored = 'fork' in answer ? answer : await storeAnswer(answer, asked, now(), files?.noteFiles)
    if (stored === 'late') continue
    if ('fork' in stored) {
      if (++healed > mostHealed) throw new ApiError('fork', 409)
      await heard({ touched: await forkLog(stored.fork, { freshId, sha256 }), places: false })
      await readLost()
      continue
    }
    const { log, touched } = stored
    const said = answer as Answer
    moved ||= touched.size > 0 || lines.length > 0
    lastSync.value = now()
    durable.value = said.push.durable ?? null
    const places = await fetchPlaces(said.catalogue, said.seats)
    await heard({ touched, places })
    if (said.pull.more) continue
    // What was saved while the answer was stored goes along too (P6).
    const { tail, through } = (await getMeta('log')) ?? log
    if (tail.n === through && !log.probe) {
      const loaded = files ? await files.loadFiles(owner, heard) : 'none'
      // A file that will not come whole: its feed comes page by page.
      if (loaded === 'garbled') snapshots = false
      if (loaded !== 'none') continue
      firstSync.value = false
      // What is of units that have left this phone is known once all that is here has been read.
      await recordsReady().catch(() => undefined)
      if (elsewhere.value || [...views.value.values()].some((one) => one.sent === 'parked')) {
        await heard({ touched: await (await import('./outcomes')).askOutcomes(), places: false })
      }
      if (await (await import('./mend')).prove(proof, stored.differs, heard)) continue
      await campaigns(said, moved)
      // Records come first; what is missing of the inbox is asked for again after the next exchange.
      const inbox = exchangeInbox(owner, said.inbox ?? 0, said.server_epoch, said.server_time).catch(() => false)
      if (await inbox) await heard({ touched: new Set(), places: false, inbox: true })
      break
    }
    if (log.through >= asked.from || log.probe) continue
    // No progress and nothing said about it: leave it to the next try rather than ask in a circle.
    if (log.through === asked.from - 1 && lines.length > 0 && !stored.restarted) throw new ApiError('unavailable')
    if (log.through < asked.from - 1 && ++healed > mostHealed) throw new ApiError('unavailable')
  }
  firstSync.value = false
}
