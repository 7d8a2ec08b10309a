import { ApiError, client, ok } from '@/api/client'
import { protocol } from '@/domain/change'
import { batch, body, receive } from '@/domain/phone'
import { getMeta, setMeta } from '@/db/meta'
import { waiting } from '@/db/outbox'
import { storeAnswer } from '@/db/rows'
import { account, authorised, storeSeats, type Seat } from '@/state/session'
import { catalogue, loadPlaces } from '@/state/places'
import { freshId, now } from '@/state/edge'
import { durable, firstSync, lastSync } from './status'
import { exchange } from './transport'

/** Fetches what a hash says is new: forms, seats, divisions. */
async function fetchPlaces(catalogueHash: string, seatsHash: string): Promise<boolean> {
  let changed = false
  if (!catalogue.value || (await getMeta('catalogueHash')) !== catalogueHash) {
    const got = await authorised((headers) => ok(client.GET('/api/v1/catalogue', { headers })))
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

export interface Round {
  touched: Set<string>
  /** Forms, seats or divisions are new: every record is shown anew. */
  places: boolean
}

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
  for (let rounds = 0; rounds < 1000; rounds++) {
    // Another account may have come in while the network was slow: nothing is sent under its session (P8).
    if (account.value?.id !== owner) return
    let epoch = await getMeta('epoch')
    if (!epoch) {
      epoch = freshId()
      await setMeta('epoch', epoch)
    }
    const through = (await getMeta('through')) ?? 0
    const serverEpoch = (await getMeta('serverEpoch')) ?? ''
    const lines = batch(await waiting(through))
    const head = {
      protocol,
      epoch,
      from: through + 1,
      server_epoch: serverEpoch,
      cursors: (await getMeta('cursors')) ?? {},
    }
    const answer = await authorised((headers) => exchange(body(head, lines), headers))
    if (account.value?.id !== owner) return
    const tail = (await getMeta('tail'))?.n ?? 0
    const receipt = receive({ serverEpoch, tail }, lines, answer)
    const touched = await storeAnswer(answer, receipt, now())
    lastSync.value = now()
    durable.value = answer.push.durable ?? null
    const places = await fetchPlaces(answer.catalogue, answer.seats)
    await heard({ touched, places })
    // No progress and nothing said about it: leave it to the next try rather than ask in a circle.
    const stuck = lines.length > 0 && receipt.through <= through && !receipt.restarted
    if (stuck && !answer.pull.more) {
      if (receipt.through < through) continue
      throw new ApiError('unavailable')
    }
    if (!receipt.more) break
  }
  firstSync.value = false
}
