import { client, ok } from '@/api/client'
import { mending, question, take, type Finding } from '@/domain/mend'
import { getMeta, setMeta } from '@/db/meta'
import { beginAgain, cameCounted, digestOf, leaveBe, placed, setDigest, storeMended } from '@/db/mend'
import { authorised } from '@/state/session'
import { now, sha256 } from '@/state/edge'
import type { Round } from './exchange'

/** Once a day, and when somebody wants it. */
const daily = 20 * 60 * 60 * 1000

/**
 * After everything is sent and fetched: mends what differs, and where it is time counts anew what is stored. Tells
 * whether there is to be another exchange, which compares.
 */
export async function prove(
  proof: { compare: boolean; mended: boolean },
  differs: readonly string[],
  heard: (round: Round) => Promise<void>,
): Promise<boolean> {
  if (proof.compare) await setMeta('counted', now())
  if (differs.length && !proof.mended) {
    proof.mended = true
    const { touched, again } = await mendAll(differs)
    await heard({ touched, places: false })
    if (!again) return false
  } else if (proof.compare || Math.abs(now() - ((await getMeta('counted')) ?? 0)) < daily) return false
  else await countAll()
  return (proof.compare = true)
}

/** Counts anew what is stored of every feed, so that the next exchange compares it with the server's (P10). */
async function countAll(): Promise<void> {
  for (const [feed, cursor] of Object.entries((await getMeta('cursors')) ?? {})) {
    // What has come from a file within the day was counted as it came.
    if (await cameCounted(feed, cursor)) continue
    await setDigest(feed, cursor, digestOf((await placed(feed, sha256)).values()))
  }
}

/** Beyond this nothing is found any more: it is left to the next comparison. */
const mostQuestions = 200

/**
 * Finds what differs in feeds and puts it right. Gives the records that are touched, and whether a feed is to be
 * fetched anew. What fails is tried again with the next exchange: the feed is remembered.
 */
async function mendAll(feeds: readonly string[]): Promise<{ touched: Set<string>; again: boolean }> {
  const touched = new Set<string>()
  let again = false
  for (const feed of feeds) {
    try {
      again = (await mend(feed, touched)) || again
    } catch {
      continue
    }
  }
  return { touched, again }
}

async function mend(feed: string, touched: Set<string>): Promise<boolean> {
  const cursor = (await getMeta('cursors'))?.[feed] ?? 0
  const serverEpoch = (await getMeta('log'))?.serverEpoch ?? ''
  const stored = await placed(feed, sha256)
  const m = mending(feed)
  const names: Record<string, string> = {}
  for (let asked = 0; asked < mostQuestions; asked++) {
    const q = question(m, serverEpoch)
    const said = (await authorised((headers) =>
      ok(client.POST('/api/v1/sync/digest', { body: q, headers })),
    )) as unknown as Finding
    Object.assign(names, said.names)
    switch (take(m, q, said, { serverEpoch, cursor, stored })) {
      case 'more':
        continue
      case 'moved':
        await leaveBe(feed, cursor)
        return false
      case 'much':
        return beginAgain(feed, cursor, now())
      case 'found':
        if (!(await storeMended(m, cursor, stored, names, sha256, now()))) return false
        for (const entity of m.remove) touched.add(entity)
        for (const row of m.rows) touched.add(row.entity)
        return false
    }
  }
  return false
}
